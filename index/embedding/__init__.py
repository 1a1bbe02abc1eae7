"""Texts to unit vectors: the bundled model, any sentence-transformers model, or feature hashing."""

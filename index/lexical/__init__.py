"""The word leg: tokens and BM25."""

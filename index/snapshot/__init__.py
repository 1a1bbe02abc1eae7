"""A published index: folder layout, manifest, verification, publishing by one pointer."""

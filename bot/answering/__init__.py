"""Questions answered off the event loop, over a snapshot that may be replaced while it serves.

`service` is what handlers talk to: `line` lets questions in one after the other, `serving` holds
the snapshot, `reloading` opens the next one, `reindex` runs the indexer as a process of its own.
"""

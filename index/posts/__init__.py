"""Post files to `Post` records.

Reading order: `walk` (which files), `hashes` (which of them changed), `parse` (one file to one
`Post`), which goes through `decode`, `front_matter`, `body` and `tail`. What a post needs to be
searched (passages, tokens, vectors) is left to others.
"""

"""Drawing by hash: no random source, so the same on every machine, version and day."""

from __future__ import annotations

import hashlib


def unit_hash(name: str, salt: str) -> float:
    """A number in [0, 1) that depends on `name` and `salt` only, spread evenly over names.

    It is the first 8 bytes of SHA-256 of `salt`, a line break and `name`, read big-endian.
    """
    digest = hashlib.sha256(f"{salt}\n{name}".encode()).digest()
    # Subtle: 53 bits, not 64; rounding 64 bits to a float could give 1.0.
    return (int.from_bytes(digest[:8], "big") >> 11) / 2**53

"""Primary keys drawn in Python, before the insert: encryption binds a value to its row's key."""

import os
import time
import uuid

_RANDOM_BITS = 74


def uuid7() -> uuid.UUID:
    """A time-ordered UUID, version 7 (RFC 9562, 5.7): 48 bits of milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big") & ((1 << _RANDOM_BITS) - 1)
    high, low = random >> 62, random & ((1 << 62) - 1)
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)

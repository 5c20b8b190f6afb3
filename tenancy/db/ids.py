"""Primary keys drawn in Python, before the insert: encryption binds a value to its row's key."""

import os
import threading
import time
import uuid

_FRACTION, _RANDOM_BITS = 4096, 62
_NANOSECONDS = 1_000_000
_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """A time-ordered UUID, version 7 (RFC 9562, 5.7): 48 bits of milliseconds, 12 of their fraction, 62 at random.

    Of two that one process draws the later is the greater (6.2, method 3): rows made within a millisecond are listed in
    the order in which they were made.
    """
    ticks = _next_ticks()
    milliseconds, fraction = divmod(ticks, _FRACTION)
    random = int.from_bytes(os.urandom(8), "big") >> (64 - _RANDOM_BITS)
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | random)


def _next_ticks() -> int:
    """The time in 4,096ths of a millisecond, later than any answered before: a clock set back changes no order."""
    global _last
    with _lock:
        _last = max(time.time_ns() * _FRACTION // _NANOSECONDS, _last + 1)
        return _last

"""Preparing the next batch in a thread while PostgreSQL works on this one: psycopg2 lets go of the interpreter meanwhile."""

import gc
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any, TypeVar

Item = TypeVar("Item")
_SWITCH_INTERVAL = 0.0005
# The values of a batch are many containers and no cycles: every 700 new ones, as is the default, the collector would look
# through them and at last through the whole program, which takes a tenth of the time of an import and finds nothing.
_THRESHOLD = (20_000, 20, 50)


class Helper:
    """One thread. What it runs touches no database connection, and sees the context that was in force when asked."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool

    def start(self, work: Callable[..., Item], *args: Any) -> "Future[Item]":
        return self._pool.submit(copy_context().run, work, *args)

    def ahead(self, items: Iterator[Item]) -> Iterator[Item]:
        """The items, each made while the one before is being used."""
        end: Any = object()
        waiting = self.start(next, items, end)
        while (item := waiting.result()) is not end:
            waiting = self.start(next, items, end)
            yield item


@contextmanager
def helper() -> Iterator[Helper]:
    before, threshold = sys.getswitchinterval(), gc.get_threshold()
    # An answer of the database must not wait 5 ms for the interpreter.
    sys.setswitchinterval(_SWITCH_INTERVAL)
    gc.set_threshold(*_THRESHOLD)
    pool = ThreadPoolExecutor(1, thread_name_prefix="import")
    try:
        yield Helper(pool)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        gc.set_threshold(*threshold)
        sys.setswitchinterval(before)

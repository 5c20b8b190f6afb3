"""Batches written side by side, each on a database connection of its own, and committed in their order.

PostgreSQL works on one batch for a connection at a time, most of it on the checks behind foreign keys. With two at once it
keeps two processors busy. A batch ends only when the one before it has: a checkpoint says what it always says, that
everything up to there is done.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import cycle

from django.db import DatabaseError, connection, connections

LANES = 2
_PATIENCE = "5s"

Turn = Callable[[], None]
Work = Callable[[Turn], None]
"""Writes a batch in a transaction of its own; calls what it is given when all but its checkpoint is written."""


class Lanes:
    """`threads`: one for each lane. Without any, everything happens one after the other, on the caller's connection."""

    def __init__(self, threads: Sequence[ThreadPoolExecutor]) -> None:
        self._threads = cycle(threads)
        self._width = len(threads)
        self._running: deque[tuple[Work, Future[None]]] = deque()

    def add(self, work: Work, *, alone: bool = False) -> None:
        """Write a batch; `alone`: not before all earlier ones are committed, and before any later one begins.

        Raises what an earlier batch has raised.
        """
        if alone or not self._width:
            self.finish()
            work(_at_once)
            return
        while len(self._running) >= self._width:
            self._end_first()
        earlier = self._running[-1][1] if self._running else None
        self._running.append((work, next(self._threads).submit(_in_lane, work, earlier)))

    def finish(self) -> None:
        """Wait until everything is committed."""
        while self._running:
            self._end_first()

    def _end_first(self) -> None:
        try:
            self._running[0][1].result()
        except DatabaseError:
            self._again()
        else:
            self._running.popleft()

    def _again(self) -> None:
        """Two batches stood in each other's way. Neither they nor what followed them are stored: one by one, then."""
        works = [work for work, _ in self._running]
        wait([future for _, future in self._running])
        self._running.clear()
        for work in works:
            work(_at_once)


@contextmanager
def lanes() -> Iterator[Lanes]:
    """Inside a transaction there is one lane: other connections would not see what it has written."""
    if connection.in_atomic_block:
        yield Lanes(())
        return
    threads = [ThreadPoolExecutor(1, thread_name_prefix=f"lane-{place}") for place in range(LANES)]
    try:
        yield Lanes(threads)
    finally:
        for thread in threads:
            thread.submit(connections.close_all)
            thread.shutdown(wait=True)


def _at_once() -> None:
    return None


def _in_lane(work: Work, earlier: "Future[None] | None") -> None:
    def turn() -> None:
        with connection.cursor() as cursor:
            # The checks of this batch run while the one before is still being checked.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if earlier is not None:
            earlier.result()

    with connection.cursor() as cursor:
        # Who waits here for a row of the batch behind would wait for ever: that one waits for us.
        cursor.execute("SET lock_timeout = %s", [_PATIENCE])
    work(turn)

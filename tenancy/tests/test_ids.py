"""Primary keys: version 7, in the order in which they are drawn."""

import threading
import time

import pytest

from tenancy.db import ids


def test_keys_are_of_version_7_and_tell_the_millisecond():
    before = time.time_ns() // 1_000_000
    key = ids.uuid7()
    assert key.version == 7
    assert before <= key.int >> 80 <= time.time_ns() // 1_000_000 + 1


def test_rows_made_within_a_millisecond_stand_in_their_order():
    drawn = [ids.uuid7() for _number in range(20_000)]
    assert drawn == sorted(drawn)
    assert len({key.int >> 80 for key in drawn}) < len(drawn)


def test_a_clock_set_back_changes_no_order(monkeypatch):
    first = ids.uuid7()
    monkeypatch.setattr(ids.time, "time_ns", lambda: time.monotonic_ns() % 1_000_000)
    assert ids.uuid7() > first


def test_threads_draw_no_key_twice():
    drawn: list[object] = []
    threads = [
        threading.Thread(target=lambda: drawn.extend(ids.uuid7() for _number in range(2_000)))
        for _thread in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({key.int >> 64 for key in drawn}) == 8_000


@pytest.fixture(autouse=True)
def _clock_as_it_was(monkeypatch):
    monkeypatch.setattr(ids, "_last", ids._last)

"""Batches of an import that are written side by side: the same rows, in the same order, as one after the other."""

import threading
from itertools import count

import pytest
from django.db import IntegrityError

from customers.importing import applying
from customers.importing.lanes import Lanes, lanes
from customers.models import ContactPoint, Customer, ImportBatch
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.import_files import Walk, csv_bytes
from customers.tests.test_import_revert import Killed, revive
from tenancy.context import organization_context
from tenancy.tests.factories import OrganizationFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def walk(monkeypatch):
    monkeypatch.setattr(applying, "AT_ONCE", 2)
    organization = OrganizationFactory()
    with organization_context(organization):
        member = member_with(*RIGHTS, "customers.import_customer")
    return Walk(organization, member)


def written(walk) -> tuple[list[str], ImportBatch]:
    with organization_context(walk.organization):
        batch = ImportBatch.objects.select_related("job").get(pk=walk.pk)
        assert ContactPoint.objects.count() == Customer.objects.count()
        return list(Customer.objects.order_by("code").values_list("code", flat=True)), batch


def rows(count: int) -> list[str]:
    return [f"K{n:02},客户{n},1380013{n:04d}" for n in range(count)]


def test_every_row_is_written_once_and_two_at_once(walk, monkeypatch):
    threads, write = set(), applying.write
    monkeypatch.setattr(
        applying, "write", lambda *args: threads.add(threading.current_thread().name) or write(*args)
    )
    walk.upload(csv_bytes("编号,姓名,手机", *rows(25))).check().apply()
    codes, batch = written(walk)
    assert codes == [f"K{n:02}" for n in range(25)]
    assert (batch.status, batch.new, batch.job.state["done"]) == ("applied", 25, 25)
    assert len(threads) == 3  # the worker's own, and the lanes


@pytest.mark.parametrize("at", [1, 3, 5, 6, 7, 10])
def test_who_is_killed_in_a_lane_leaves_whole_batches(walk, monkeypatch, at):
    walk.upload(csv_bytes("编号,姓名,手机", *rows(25))).check()
    write, calls = applying.write, count(1)

    def dying(*args):
        write(*args)
        if next(calls) == at:
            raise Killed

    monkeypatch.setattr(applying, "write", dying)
    with pytest.raises(Killed):
        walk.apply()
    codes, batch = written(walk)
    assert len(codes) == batch.job.state.get("done", 0)
    assert codes == [f"K{n:02}" for n in range(len(codes))]
    revive(walk)
    assert written(walk)[0] == [f"K{n:02}" for n in range(25)]


def test_a_code_that_a_later_batch_brings_is_drawn_for_none_before(walk):
    lines = [f"{f'C{n - 1:06}' if n in (10, 11) else ''},客户{n},1380013{n:04d}" for n in range(14)]
    walk.upload(csv_bytes("编号,姓名,手机", *lines)).check().apply()
    codes, batch = written(walk)
    assert codes == [f"C{n:06}" for n in range(1, 15)]
    assert (batch.status, batch.new, batch.skipped + batch.errors) == ("applied", 14, 0)
    with organization_context(walk.organization):
        assert Customer.objects.get(name="客户10").code == "C000009"


def test_a_collision_in_either_lane_is_tried_again_alone():
    seen, collided = [], threading.Event()

    def work(name, fails):
        def run(turn):
            if fails and not collided.is_set():
                collided.set()
                raise IntegrityError
            turn()
            seen.append(name)

        return run

    with lanes() as side_by_side:
        for number in range(6):
            side_by_side.add(work(number, fails=number == 3))
        side_by_side.finish()
    assert seen == [0, 1, 2, 3, 4, 5]


def test_an_error_that_is_no_collision_ends_it():
    def broken(turn):
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"), lanes() as side_by_side:
        side_by_side.add(broken)
        side_by_side.finish()
    with pytest.raises(ValueError, match="broken"):
        Lanes(()).add(broken)

"""Sealing: settled entries only, no writer waits, two sealers never fork the chain."""

import threading
import uuid

import psycopg2
import pytest
from django.db import DatabaseError, connection, transaction

from tenancy.audit import seal
from tenancy.audit.chain import PLATFORM
from tenancy.audit.seal import seal_organization, seal_platform
from tenancy.audit.verify import verify_chain
from tenancy.context import organization_context
from tenancy.models import AuditBlock, AuditEntry, AuditHead, Department
from tenancy.tests.factories import DepartmentFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.tenancy]


@pytest.fixture(autouse=True)
def anchors(settings, tmp_path):
    settings.AUDIT_ANCHOR_DIR = tmp_path


def blocks(organization) -> list[tuple]:
    with organization_context(organization):
        return list(AuditBlock.objects.order_by("number").values_list("number", "entries"))


def add_departments(organization, count: int) -> None:
    with organization_context(organization):
        for _ in range(count):
            DepartmentFactory()


def write_and_hold(owner, organization):
    """A row written by a transaction that stays open."""
    cursor = owner.cursor()
    owner.autocommit = False
    cursor.execute("SET LOCAL lock_timeout = '2s'")
    cursor.execute(
        "INSERT INTO tenancy_department (organization_id, id, name, version) VALUES (%s, %s, '未提交', 1)",
        [organization.pk, str(uuid.uuid4())],
    )
    return cursor


def test_everything_committed_is_sealed_once(ours):
    add_departments(ours, 3)
    assert seal_organization(ours.pk) == 4  # the organisation's own row is the first
    assert seal_organization(ours.pk) == 0
    add_departments(ours, 2)
    assert seal_organization(ours.pk) == 2
    assert blocks(ours) == [(1, 4), (2, 2)]
    report = verify_chain(ours.pk)
    assert (report.is_intact, report.entries, report.unsealed) == (True, 6, 0)


def test_many_entries_are_sealed_in_bounded_blocks(ours, monkeypatch):
    monkeypatch.setattr(seal, "BLOCK_ENTRIES", 10)
    with organization_context(ours):
        Department.objects.bulk_create(Department(name=f"{n}") for n in range(34))
    assert seal_organization(ours.pk) == 35
    assert blocks(ours) == [(1, 10), (2, 10), (3, 10), (4, 5)]
    assert verify_chain(ours.pk).is_intact


def test_an_open_writer_is_not_waited_for_and_not_sealed(ours, owner_cursor_factory):
    seal_organization(ours.pk)
    owner = owner_cursor_factory()
    write_and_hold(owner, ours)
    add_departments(ours, 2)  # younger than the open transaction: they wait with it, nobody waits for them
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
    assert seal_organization(ours.pk) == 0
    assert verify_chain(ours.pk).is_intact
    owner.commit()
    owner.close()
    assert seal_organization(ours.pk) == 3
    assert verify_chain(ours.pk).is_intact


@pytest.fixture
def elsewhere(settings):
    """Makes connections to another database of the same server, whose statements commit at once."""
    owner = settings.DATABASES["owner"]
    opened = []

    def connect():
        keys = {
            "user": owner["USER"],
            "password": owner["PASSWORD"],
            "host": owner["HOST"],
            "port": owner["PORT"],
        }
        opened.append(psycopg2.connect(dbname="postgres", **keys))
        opened[-1].autocommit = True
        return opened[-1].cursor()

    yield connect
    for one in opened:
        one.close()


def test_writers_of_other_databases_hold_nothing_up(ours, elsewhere):
    elsewhere().execute("BEGIN; SELECT pg_current_xact_id()")
    add_departments(ours, 2)
    assert seal_organization(ours.pk) == 3


# Transactions one after the other, as fast as the server can.
MANY = "DO $$ BEGIN FOR n IN 1..2000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"


def test_nor_do_those_that_begin_and_end_while_it_looks(ours, elsewhere):
    stopped = threading.Event()

    def write():
        cursor = elsewhere()
        while not stopped.is_set():
            cursor.execute(MANY)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        assert seal_organization(ours.pk) == 1
        for _ in range(100):
            add_departments(ours, 1)
            assert seal_organization(ours.pk) == 1
    finally:
        stopped.set()
        for writer in writers:
            writer.join(30)


def test_a_writer_does_not_wait_for_the_sealer(ours, owner_cursor_factory):
    add_departments(ours, 1)
    with organization_context(ours), connection.cursor() as cursor:
        cursor.execute("SELECT number FROM tenancy_audit_next_block(10)")
        assert cursor.fetchone() == (1,)
        owner = owner_cursor_factory()
        write_and_hold(owner, ours)
        owner.commit()
        owner.close()


def test_what_was_rolled_back_leaves_no_hole(ours, owner_cursor_factory):
    owner = owner_cursor_factory()
    write_and_hold(owner, ours)
    add_departments(ours, 1)
    owner.rollback()
    owner.close()
    assert seal_organization(ours.pk) == 2
    assert verify_chain(ours.pk).is_intact


def test_sealers_at_once_do_not_fork_the_chain(ours, monkeypatch):
    monkeypatch.setattr(seal, "BLOCK_ENTRIES", 5)
    add_departments(ours, 40)
    sealed, errors = [], []

    def run():
        try:
            sealed.append(seal_organization(ours.pk))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert sum(sealed) == 41
    assert [number for number, _ in blocks(ours)] == list(range(1, len(blocks(ours)) + 1))
    report = verify_chain(ours.pk)
    assert (report.is_intact, report.entries, report.unsealed) == (True, 41, 0)


def test_each_organisation_has_its_own_chain(ours, theirs):
    add_departments(ours, 2)
    add_departments(theirs, 1)
    assert (seal_organization(ours.pk), seal_organization(theirs.pk)) == (3, 2)
    with organization_context(theirs):
        assert AuditHead.objects.get().number == 1
        assert AuditEntry.objects.filter(organization_id=ours.pk).count() == 0
    assert verify_chain(theirs.pk).is_intact


def test_the_platform_has_a_chain_too():
    UserFactory()
    assert seal_platform() >= 1
    assert verify_chain(PLATFORM).is_intact


def test_entries_of_another_cluster_are_sealed_as_complete(ours, owner_cursor_factory):
    # A dump restored elsewhere: its transaction ids mean nothing in the new cluster.
    add_departments(ours, 3)
    seal_organization(ours.pk)
    with owner_cursor_factory() as owner, owner.cursor() as cursor:
        cursor.execute(
            "UPDATE tenancy_auditentry SET cluster = 77, xid = 1 << 40 WHERE organization_id = %s", [ours.pk]
        )
        cursor.execute("DELETE FROM tenancy_auditblock; DELETE FROM tenancy_audithead")
    add_departments(ours, 1)
    assert seal_organization(ours.pk) == 5
    assert blocks(ours) == [(1, 4), (2, 1)]


@pytest.mark.parametrize(
    "change",
    [
        {"number": 3},
        {"number": 1},
        {"from_xid": 5},
        {"upto_xid": 2**62},
        {"digest": b"x" * 32},
        {"previous": b"x" * 32},
    ],
)
def test_a_block_that_does_not_continue_the_chain_is_refused(ours, change):
    add_departments(ours, 1)
    seal_organization(ours.pk)
    add_departments(ours, 1)
    with organization_context(ours), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM tenancy_audit_next_block(10)")
        number, cluster, from_xid, from_id, upto_xid, upto_id, _n, _m, digest, previous = cursor.fetchone()
        given = {
            "number": number,
            "cluster": cluster,
            "from_xid": from_xid,
            "from_id": from_id,
            "upto_xid": upto_xid,
            "upto_id": upto_id,
            "digest": digest,
            "previous": previous,
        }
        call = "SELECT tenancy_audit_append_block(%s, %s, %s, %s, %s, %s, %s, %s, now(), 'k', %s, %s)"
        with pytest.raises(DatabaseError, match="does not continue the chain"), transaction.atomic():
            cursor.execute(call, [*(given | change).values(), b"m" * 32, b"s" * 32])
        cursor.execute(call, [*given.values(), b"m" * 32, b"s" * 32])
    assert blocks(ours) == [(1, 2), (2, 1)]

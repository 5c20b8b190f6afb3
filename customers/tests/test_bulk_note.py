"""What is said in free words about a change to many: encrypted, in no audit, gone when nothing can be undone any more."""

import json
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection

from customers.actions.bulk import UNDO_WITHIN, Selection, purge_old_runs, start_bulk
from customers.models import BulkRun, Collaborator, PoolEntry
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory, PoolFactory
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.models import AuditEntry
from tenancy.tests.pages import browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
URL = "/o/ours/customers/"
SECRET = "王女士要离婚 🙂"


@pytest.fixture
def boss(inside_ours):
    return member_with(*RIGHTS, "customers.share_customer", "customers.pool_customer")


def audited(key) -> str:
    rows = AuditEntry.objects.filter(object_id=key).values_list("before", "after")
    return json.dumps(list(rows), ensure_ascii=False, default=str)


def stored(column: str, key) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column}::text FROM customers_bulkrun WHERE id = %s", [key])
        return cursor.fetchone()[0]


def test_sharing_many_asks_why_and_the_card_says_it(boss, colleague):
    ids = [CustomerFactory(owner=boss).pk for _ in range(2)]
    web, data = browser(boss), {"ids": ids, "answered": "1", "member": colleague.pk, "level": "1"}
    question = web.post(f"{URL}bulk/share/", {"ids": ids})
    assert question.context["form"].fields["reason"].required is False
    assert web.post(f"{URL}bulk/share/", {**data, "reason": "x" * 201}).status_code == 422
    assert web.post(f"{URL}bulk/share/", {**data, "reason": f" {SECRET} "}).status_code == 302
    assert set(Collaborator.objects.values_list("customer", "reason")) == {(pk, SECRET) for pk in ids}
    assert SECRET in web.get(f"{URL}{ids[0]}/").content.decode()
    run = BulkRun.objects.get()
    assert (run.note, "reason" in run.params, SECRET in audited(run.pk)) == (SECRET, False, False)
    web.post(f"{URL}undo/{run.pk}/")
    assert not Collaborator.objects.exists()


def test_moving_many_to_a_pool_keeps_why_encrypted(boss):
    pool, customer = PoolFactory(), CustomerFactory(owner=boss)
    data = {"ids": [customer.pk], "answered": "1", "pool": pool.pk, "note": SECRET}
    assert browser(boss).post(f"{URL}bulk/pool/", data).status_code == 302
    run = BulkRun.objects.get()
    assert (run.note, run.params, PoolEntry.objects.get().note) == (SECRET, {"pool": str(pool.pk)}, SECRET)
    assert SECRET not in audited(run.pk) + stored("note", run.pk) + stored("params", run.pk)


def test_the_note_goes_when_nothing_can_be_undone_any_more(ours, boss):
    pool = PoolFactory()
    runs = [
        start_bulk(
            "pool",
            Selection([CustomerFactory(owner=boss).pk]),
            {"pool": str(pool.pk)},
            viewer=viewer_for(boss),
            note=SECRET,
        )
        for _ in range(2)
    ]
    BulkRun.objects.filter(pk=runs[0].pk).update(
        created_at=runs[0].created_at - 2 * UNDO_WITHIN - timedelta(hours=1)
    )
    purge_old_runs(ours.pk)
    assert [BulkRun.objects.get(pk=run.pk).note for run in runs] == ["", SECRET]


def test_notes_that_stood_plain_are_moved_and_forgotten(ours, theirs, boss):
    pool = PoolFactory()
    old = BulkRun.objects.create(change="pool", params={"pool": str(pool.pk), "note": SECRET}, actor=boss)
    empty = BulkRun.objects.create(change="pool", params={"pool": str(pool.pk), "note": ""}, actor=boss)
    other = BulkRun.objects.create(change="tag", params={"tags": []}, actor=boss)
    assert SECRET in audited(old.pk)
    move = import_module("customers.migrations.0037_notes_out_of_parameters").move_notes
    for _ in range(2):
        move(None, SimpleNamespace(connection=connection))
    with organization_context(ours.pk):
        rows = {run.pk: (run.note, run.params) for run in BulkRun.objects.all()}
        assert rows == {
            old.pk: (SECRET, {"pool": str(pool.pk)}),
            empty.pk: ("", {"pool": str(pool.pk)}),
            other.pk: ("", {"tags": []}),
        }
        assert SECRET not in audited(old.pk)

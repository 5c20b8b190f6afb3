"""Changes to many customers at once: reach, size, what is skipped and why, and the way back."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from customers.actions import bulk
from customers.actions.bulk import Selection, start_bulk, undo_bulk
from customers.actions.tags import link_tags
from customers.models import BulkRow, BulkRun, Customer, CustomerTag
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory, TagFactory
from customers.tests.test_customer_list import URL, browser
from tenancy.access import viewer_for
from tenancy.models import MembershipRole
from workspace.models import Job
from workspace.progress import Progress

pytestmark = pytest.mark.django_db


def holding(**fields) -> int:
    return Customer.objects.filter(**fields).count()


def run_here(run: BulkRun, work=bulk.run_bulk) -> dict:
    """The job of `run`, here and now, as a worker would."""
    job = run.job if work is bulk.run_bulk else run.undo_job
    Job.objects.filter(pk=job.pk).update(status="running", heartbeat_at=timezone.now())
    job.refresh_from_db()
    return work(job, Progress(job, job.organization, job.requested_by))


@pytest.fixture
def small(monkeypatch):
    """So that a job is made of what a test can count."""
    monkeypatch.setattr(bulk, "AT_ONCE", 3)
    monkeypatch.setattr(bulk, "BATCH", 2)


def test_fields_of_the_ticked_are_set_and_what_could_not_be_is_said(manager, rep, colleague):
    mine = [CustomerFactory(owner=rep, city="杭州"), CustomerFactory(owner=rep, city="北京", tier="key")]
    foreign = CustomerFactory(owner=colleague, city="北京")
    data = {"ids": [str(one.pk) for one in (*mine, foreign)], "answered": "1",
            "set_city": "on", "city": " 杭州 ", "set_tier": "on", "tier": "key"}  # fmt: skip
    assert browser(manager).post(f"{URL}bulk/edit/", data).status_code == 302
    assert holding(city="杭州", tier="key") == 2
    assert Customer.objects.get(pk=foreign.pk).city == "北京"
    run = BulkRun.objects.get()
    assert (run.changed, run.reasons) == (2, {})
    assert dict(run.rows.values_list("customer_id", "before")) == {
        mine[0].pk: {"tier": "ordinary"}, mine[1].pk: {"city": "北京"},
    }  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"set_tier": "on", "tier": ""},
        {"set_tier": "on", "tier": "nonsense"},
        {"set_city": "on", "city": "x" * 61},
        {"set_city": "on", "city": "a\x00b"},
        {"tier": "key"},
    ],
)
def test_what_cannot_be_set_is_refused_beside_its_field(rep, fields):
    customer = CustomerFactory(owner=rep)
    answer = browser(rep).post(f"{URL}bulk/edit/", {"ids": str(customer.pk), "answered": "1", **fields})
    assert (answer.status_code, BulkRun.objects.count()) == (422, 0)


def test_a_ticked_field_left_empty_is_emptied(rep):
    customer = CustomerFactory(owner=rep, city="杭州")
    browser(rep).post(f"{URL}bulk/edit/", {"ids": str(customer.pk), "answered": "1", "set_city": "on"})
    assert Customer.objects.get(pk=customer.pk).city == ""


def test_undo_puts_back_what_nobody_has_changed_since(rep):
    ids = [CustomerFactory(owner=rep, city=city).pk for city in ("甲市", "乙市", "丙市")]
    run = start_bulk(
        "fields", Selection(ids), {"values": {"city": "杭州", "tier": "key"}}, viewer=viewer_for(rep)
    )
    Customer.objects.filter(pk=ids[0]).update(city="苏州", tier="potential")
    Customer.objects.filter(pk=ids[1]).update(city="无锡")
    answer = browser(rep).post(f"{URL}undo/{run.pk}/", follow=True)
    assert "1 was changed since and keeps that change." in answer.content.decode()
    rows = dict(Customer.objects.values_list("pk", "city"))
    assert [rows[pk] for pk in ids] == ["苏州", "无锡", "丙市"]
    assert dict(Customer.objects.values_list("pk", "tier"))[ids[1]] == "ordinary"
    run.refresh_from_db()
    assert (run.undone, run.kept) == (2, 1)
    again = browser(rep).post(f"{URL}undo/{run.pk}/", follow=True)
    assert "nothing left to undo" in again.content.decode()


def test_tags_are_added_removed_and_both_undone_exactly(rep):
    tag, other = TagFactory(), TagFactory()
    first, second = CustomerFactory(owner=rep), CustomerFactory(owner=rep)
    link_tags([first.pk], [tag.pk], actor=rep)
    data = {"ids": [str(first.pk), str(second.pk)], "answered": "1", "tags": [str(tag.pk), str(other.pk)]}
    browser(rep).post(f"{URL}bulk/tag/", data)
    assert CustomerTag.objects.count() == 4
    run = BulkRun.objects.get()
    browser(rep).post(f"{URL}undo/{run.pk}/")
    assert list(CustomerTag.objects.values_list("customer_id", "tag_id")) == [(first.pk, tag.pk)]
    browser(rep).post(f"{URL}bulk/untag/", data)
    assert CustomerTag.objects.count() == 0
    assert BulkRun.objects.latest("pk").reasons == {"same": 1}
    browser(rep).post(f"{URL}undo/{BulkRun.objects.latest('pk').pk}/")
    assert list(CustomerTag.objects.values_list("customer_id", "tag_id")) == [(first.pk, tag.pk)]


def test_the_question_names_how_many_and_keeps_the_selection(rep):
    for number in range(3):
        CustomerFactory(owner=rep, tier="key" if number else "ordinary")
    asked = browser(rep).post(f"{URL}bulk/edit/", {"all": "1", "query": "tier=key"})
    assert (asked.status_code, asked.context["count"], asked.context["ids"]) == (200, 2, [])
    assert b'name="query" value="tier=key"' in asked.content


def test_all_that_match_become_a_job_beyond_the_limit_and_newer_rows_are_left(small, manager, rep, colleague):
    inside = [CustomerFactory(owner=rep, tier="key").pk for _ in range(5)]
    CustomerFactory(owner=rep, tier="ordinary")
    CustomerFactory(owner=colleague, tier="key")
    answer = browser(manager).post(
        f"{URL}bulk/edit/",
        {"all": "1", "query": "tier=key&sort=-updated", "answered": "1", "set_city": "on", "city": "杭州"},
    )
    run = BulkRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{URL}bulk/{run.pk}/")
    late = CustomerFactory(owner=rep, tier="key")
    assert run_here(run) == {"changed": 5, "skipped": 0}
    assert set(Customer.objects.filter(city="杭州").values_list("pk", flat=True)) == set(inside)
    assert late.pk not in inside
    assert browser(manager).get(f"{URL}bulk/{run.pk}/").context["run"].changed == 5


def test_a_killed_job_goes_on_where_it_was_and_changes_each_once(small, rep):
    for _ in range(5):
        CustomerFactory(owner=rep)
    run = start_bulk("fields", Selection(query=""), {"values": {"city": "杭州"}}, viewer=viewer_for(rep))
    Job.objects.filter(pk=run.job_id).update(status="running", heartbeat_at=timezone.now())
    real, calls = bulk._step, []

    def dies(*args):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return real(*args)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(bulk, "_step", dies)
        run_here(run)
    assert holding(city="杭州") == 2
    assert run_here(run) == {"changed": 5, "skipped": 0}
    assert BulkRow.objects.filter(run=run).count() == 5
    assert set(Customer.objects.values_list("version", flat=True)) == {2}


def test_rights_are_asked_again_in_each_batch(small, rep):
    for _ in range(4):
        CustomerFactory(owner=rep)
    run = start_bulk("fields", Selection(query=""), {"values": {"city": "杭州"}}, viewer=viewer_for(rep))
    role = MembershipRole.objects.get(membership=rep).role
    role.grants.filter(permission__codename="change_customer").delete()
    assert run_here(run) == {"changed": 0, "skipped": 4}
    run.refresh_from_db()
    assert (run.reasons, holding(city="杭州")) == ({"no_right": 4}, 0)


def test_a_large_undo_is_a_job_too(small, rep):
    ids = [CustomerFactory(owner=rep, city="旧").pk for _ in range(5)]
    run = start_bulk("fields", Selection(query=""), {"values": {"city": "新"}}, viewer=viewer_for(rep))
    run_here(run)
    Job.objects.filter(pk=run.job_id).update(status="succeeded", finished_at=timezone.now())
    Customer.objects.filter(pk=ids[2]).update(city="更新")
    assert browser(rep).post(f"{URL}undo/{run.pk}/")["Location"] == f"{URL}bulk/{run.pk}/"
    run = BulkRun.objects.get()
    assert run_here(run, bulk.run_undo) == {"undone": 4, "kept": 1}
    assert (holding(city="旧"), holding(city="更新")) == (4, 1)


def test_nobody_but_its_person_sees_or_undoes_a_run_and_not_without_the_right(rep, colleague, theirs):
    customer = CustomerFactory(owner=rep)
    run = start_bulk("archive", Selection([customer.pk]), {}, viewer=viewer_for(rep))
    assert browser(colleague).get(f"{URL}bulk/{run.pk}/").status_code == 404
    assert browser(colleague).post(f"{URL}undo/{run.pk}/").status_code == 404
    role = MembershipRole.objects.get(membership=rep).role
    role.grants.filter(permission__codename="change_customer").delete()
    assert browser(rep).post(f"{URL}undo/{run.pk}/").status_code == 403
    with pytest.raises(PermissionDenied):
        start_bulk("archive", Selection([customer.pk]), {}, viewer=viewer_for(rep))


def test_an_old_run_cannot_be_undone(rep):
    run = start_bulk("archive", Selection([CustomerFactory(owner=rep).pk]), {}, viewer=viewer_for(rep))
    BulkRun.objects.update(created_at=timezone.now() - timedelta(days=8))
    undo_bulk(run, viewer=viewer_for(rep))
    assert Customer.objects.active().count() == 0


def test_the_bar_offers_what_the_viewer_may_do(rep):
    CustomerFactory(owner=rep)
    looker = member_with("customers.view_customer")
    keys = [one.key for one in browser(rep).get(URL).context["bulk_actions"]]
    assert {"fields", "tag", "untag", "archive"} <= set(keys) and "restore" not in keys
    assert browser(looker).get(URL).context["bulk_actions"] == []
    archived = browser(rep).get(URL, {"archived": "1"}).context["bulk_actions"]
    assert "restore" in [one.key for one in archived]


def test_nothing_and_unknown_ids_change_nothing(rep):
    answer = browser(rep).post(f"{URL}bulk/archive/", {"ids": [str(uuid.uuid4()), "x", "\x00"]}, follow=True)
    assert "Select at least one customer" in answer.content.decode()
    assert BulkRun.objects.count() == 0

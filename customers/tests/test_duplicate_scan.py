"""The scan and its queue: found with reasons, decided once, and never a name to those who may not know it."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from customers.actions import duplicates
from customers.actions.customer import edit_customer
from customers.actions.merge import merge_customers
from customers.actions.points import PointInput
from customers.actions.unmerge import undo_merge
from customers.models import Customer, DuplicatePair, NotDuplicate
from customers.queries.pairs import REASONS, in_words, pairs_for
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_list import browser
from tenancy.access import viewer_for
from tenancy.context import current_organization, organization_context
from tenancy.enums import Scope
from workspace.enums import JobStatus
from workspace.models import Job
from workspace.progress import Progress

pytestmark = pytest.mark.django_db
MERGE = "customers.merge_customer"
ALL = (*RIGHTS, MERGE)
URL = "/o/ours/customers/duplicates/queue/"


@pytest.fixture
def rep(inside_ours):
    return member_with(*ALL, scope=Scope.OWN, name="李销售")


@pytest.fixture
def colleague(inside_ours):
    return member_with(*ALL, scope=Scope.OWN, name="赵同事")


@pytest.fixture
def boss(inside_ours):
    return member_with(*ALL, name="管理员")


def two(rep, other_owner=None):
    one = CustomerFactory(owner=rep, name="晨光科技有限公司", phones=["13812345678"])
    other = CustomerFactory(owner=other_owner or rep, name="晨光科技公司", phones=["13812345678"])
    CustomerFactory(owner=rep, name="完全不同的商行", phones=["13999999999"])
    return one, other


class Now(Progress):
    """A job's progress within the test's own transaction."""

    def __init__(self, state=None):
        self.organization, self.actor, self.state = current_organization(), None, dict(state or {})
        self.stages = []

    def batch(self):
        return transaction.atomic()

    def checkpoint(self, state=None, *, stage=None, **_figures):
        self.stages.append(stage)
        self.state = dict(state) if state is not None else self.state


def scan(full=True, state=None):
    job = Job(kind=duplicates.SCAN, params={"full": full})
    return duplicates.run_scan(job, Now(state))


def found():
    return [
        {row.first.name, row.second.name} for row in DuplicatePair.objects.select_related("first", "second")
    ]


def test_a_full_scan_finds_the_pair_with_its_reasons_and_forgets_what_is_no_more(rep):
    one, other = two(rep)
    assert scan() == {"customers": 3, "pairs": 1}
    assert found() == [{one.name, other.name}]
    pair = DuplicatePair.objects.get()
    assert pair.first_id < pair.second_id
    assert pair.reasons == [["phone", {}], ["name_form", {}]]
    with override("en"):
        words = [reason["text"] for reason in in_words(pair.reasons)]
    assert words == ["same phone", "same name but for legal form or region"]
    other = Customer.objects.get(pk=other.pk)
    other.name, other.version = "毫不相干贸易行", other.version + 1
    edit_customer(other, actor=rep)
    scan()
    assert found() == []


def test_a_scan_run_twice_or_resumed_finds_the_same(rep):
    two(rep)
    scan()
    before = list(DuplicatePair.objects.values_list("pk", "percent"))
    scan(state={"after": str(DuplicatePair.objects.get().first_id), "done": 1, "found": 1})
    assert list(DuplicatePair.objects.values_list("pk", "percent")) == before


def test_nobody_compares_across_organisations(rep, theirs):
    CustomerFactory(owner=rep, name="晨光科技有限公司", phones=["13812345678"])
    with organization_context(theirs):
        CustomerFactory(name="晨光科技公司", phones=["13812345678"])
    scan()
    assert not DuplicatePair.objects.exists()


def test_not_the_same_is_remembered_until_taken_back(rep):
    two(rep)
    scan()
    client = browser(rep)
    pair = DuplicatePair.objects.get()
    assert client.post(f"{URL}{pair.pk}/not-the-same/").status_code == 302
    scan()
    assert not DuplicatePair.objects.exists()
    row = NotDuplicate.objects.get()
    assert row.by == rep
    client.post(f"{URL}{row.pk}/same-after-all/")
    assert DuplicatePair.objects.count() == 1
    assert client.post(f"{URL}{pair.pk}/not-the-same/").status_code == 404


def test_later_waits_and_comes_back(rep):
    two(rep)
    scan()
    client = browser(rep)
    pair = DuplicatePair.objects.get()
    client.post(f"{URL}{pair.pk}/later/")
    assert client.get(URL).context["rows"] == []
    assert len(client.get(URL, {"later": "1"}).context["rows"]) == 1
    scan()
    assert client.get(URL).context["rows"] == []
    client.post(f"{URL}{pair.pk}/now/")
    assert len(client.get(URL).context["rows"]) == 1


def test_a_pair_is_listed_for_those_who_reach_both(rep, colleague, boss):
    one, other = two(rep, other_owner=colleague)
    scan()
    pair = DuplicatePair.objects.get()
    assert pairs_for(viewer_for(boss), MERGE).count() == 1
    for member in (rep, colleague):
        assert pairs_for(viewer_for(member), MERGE).count() == 0
        page = browser(member).get(URL).content.decode()
        assert one.name not in page
        assert other.name not in page
        assert browser(member).post(f"{URL}{pair.pk}/not-the-same/").status_code == 404


def test_a_merge_settles_the_pair_and_undoing_it_asks_again(rep):
    one, other = two(rep)
    scan()
    merge = merge_customers(one, [other], actor=rep)
    assert not DuplicatePair.objects.exists()
    scan()
    assert not DuplicatePair.objects.exists()
    undo_merge(merge, actor=rep)
    scan()
    assert DuplicatePair.objects.count() == 1


def test_the_queue_filters_and_survives_nonsense(rep):
    two(rep)
    scan()
    client = browser(rep)
    assert len(client.get(URL, {"reason": "phone"}).context["rows"]) == 1
    assert client.get(URL, {"reason": "email"}).context["rows"] == []
    for bad in ({"reason": "\x00"}, {"after": "😀"}, {"sure": "１"}, {"later": "<x>"}):
        assert client.get(URL, bad).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_for_one_and_three(rep, count, django_assert_num_queries):
    for place in range(count):
        for name in (f"第{place}号商贸有限公司", f"第{place}号商贸公司"):
            CustomerFactory(owner=rep, name=name, phones=[f"1381234{place:04d}"])
    scan()
    client = browser(rep)
    assert len(client.get(URL).context["rows"]) == count
    with django_assert_num_queries(13):
        client.get(URL)


def test_one_scan_at_a_time_and_only_for_the_whole_organisation(rep, boss):
    assert browser(rep).post("/o/ours/customers/duplicates/scan/").status_code == 403
    for _ in range(2):
        assert browser(boss).post("/o/ours/customers/duplicates/scan/").status_code == 302
    assert Job.objects.filter(kind=duplicates.SCAN).count() == 1


def test_every_reason_has_words(rep):
    assert all(str(text) % {"percent": 90} for text in REASONS.values())


class TestEveryNight:
    """The scan of those that were created or changed since the last one."""

    @pytest.fixture(autouse=True)
    def last_night(self, rep):
        self.rep = rep
        self.one, self.other = two(rep)
        self.run()

    def run(self):
        """What the night does: answers what its job has found, or None when it had nothing to do."""
        jobs = Job.objects.filter(kind=duplicates.SCAN)
        known = set(jobs.values_list("pk", flat=True))
        duplicates.scan_tonight(current_organization().pk)
        job = jobs.exclude(pk__in=known).first()
        if job is None:
            return None
        job.started_at = timezone.now()
        result = duplicates.run_scan(job, Now())
        job.status, job.finished_at = JobStatus.SUCCEEDED, timezone.now()
        job.save()
        Customer.objects.update(updated_at=job.started_at - timedelta(days=1))
        return result

    def test_the_first_night_compares_all_and_a_quiet_one_nothing(self):
        assert Job.objects.get(kind=duplicates.SCAN).params == {"full": True}
        assert found() == [{"晨光科技有限公司", "晨光科技公司"}]
        assert self.run() is None

    def test_a_new_customer_is_compared_with_all_and_older_pairs_stay(self):
        CustomerFactory(owner=self.rep, name="完全不同的商行", phones=["13999999999"])
        self.run()
        assert Job.objects.filter(kind=duplicates.SCAN).latest("pk").params == {"full": False}
        assert sorted(map(sorted, found())) == [
            ["完全不同的商行"],
            ["晨光科技公司", "晨光科技有限公司"],
        ]

    def test_a_changed_customer_is_looked_at_again_and_a_pair_that_is_none_goes(self):
        row = Customer.objects.get(pk=self.other.pk)
        row.name, row.version = "红日贸易商行", row.version + 1
        edit_customer(row, actor=self.rep, points=[PointInput("phone", "+8613700001111")])
        self.run()
        assert found() == []

    def test_what_nobody_touched_is_not_compared_again(self):
        DuplicatePair.objects.all().delete()
        CustomerFactory(owner=self.rep, name="新来的")
        self.run()
        assert found() == []

    def test_not_the_same_stays_so_when_one_is_changed(self):
        duplicates.not_the_same(DuplicatePair.objects.get(), actor=self.rep)
        Customer.objects.filter(pk=self.one.pk).update(updated_at=timezone.now())
        self.run()
        assert found() == []

"""The way back, and the way on after a worker was killed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actions import timeline
from customers.actions.customer import edit_customer
from customers.actions.pool_claim import claim
from customers.actions.pool_night import run_pools
from customers.enums import ImportStatus
from customers.importing import applying, reverting, staging
from customers.models import ContactPoint, Customer, CustomerSearch, ImportBatch, PoolEntry, TimelineEntry
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory, PoolFactory
from customers.tests.import_files import Walk, csv_bytes
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.tests.factories import OrganizationFactory
from workspace.runner import drain

IMPORTER = (*RIGHTS, "customers.import_customer")


@pytest.fixture
def importer(inside_ours):
    return member_with(*IMPORTER, name="管理员")


@pytest.fixture
def walk(ours, importer):
    return Walk(ours, importer)


def edited(customer, member, **fields):
    customer.refresh_from_db()
    for name, value in fields.items():
        setattr(customer, name, value)
    customer.version += 1
    return edit_customer(customer, actor=member)


def test_created_customers_disappear_with_everything_that_came_with_them(walk):
    walk.upload(
        csv_bytes("姓名,手机,联系人", "甲,13800138000,李雷", "乙,13900139000,")
    ).check().apply().revert()
    assert walk.batch.status == ImportStatus.REVERTED
    for model in (Customer, ContactPoint, CustomerSearch, TimelineEntry):
        assert model.objects.count() == 0, model


def test_what_the_night_put_into_a_pool_disappears_too_and_what_was_claimed_from_it_stays(
    ours, walk, importer
):
    pool = PoolFactory()
    walk.upload(csv_bytes("姓名,手机", "甲,13800138000", "乙,13900139000")).check(owner="").apply()
    run_pools(ours.pk)
    assert PoolEntry.objects.count() == 2
    claim([Customer.objects.get(name="乙").pk], pool, viewer=viewer_for(importer))
    walk.revert()
    assert [(one.name, one.owner) for one in Customer.objects.all()] == [("乙", importer)]
    assert not PoolEntry.objects.exists()


def test_updated_customers_get_back_what_stood_there(walk, importer):
    there = CustomerFactory(
        name="老张", phones=["13800138000"], owner=importer, city="北京", identity_number="11010519491231002X"
    )
    heading = "手机,姓名,城市,邮箱,身份证号"
    walk.upload(csv_bytes(heading, "13800138000,张三,上海,a@example.com,440305199001011232")).check(
        policy="update", any_name=True
    ).apply()
    there.refresh_from_db()
    assert (there.name, there.identity_number, there.points.count()) == ("张三", "440305199001011232", 2)
    walk.revert()
    there = Customer.objects.get()
    assert (there.name, there.city, there.identity_number) == ("老张", "北京", "11010519491231002X")
    assert [point.value for point in there.points.all()] == ["+8613800138000"]
    assert there.name_key == "laozhang"


def test_an_edit_made_since_wins_and_is_reported(walk, importer):
    there = CustomerFactory(name="老张", phones=["13800138000"], owner=importer, city="北京")
    walk.upload(csv_bytes("手机,姓名,城市", "13800138000,张三,上海")).check(
        policy="update", any_name=True
    ).apply()
    edited(there, importer, city="深圳")
    walk.revert()
    there.refresh_from_db()
    assert (there.name, there.city) == ("老张", "深圳")
    row = walk.batch.staged.get()
    assert (row.result, row.problems) == ("partly", [["edited_since", None, "city"]])
    assert walk.batch.kept == 1


def test_created_customers_that_were_edited_or_used_stay(walk, importer):
    walk.upload(csv_bytes("编号,姓名", "K1,甲", "K2,乙", "K3,丙")).check().apply()
    edited(Customer.objects.get(code="K1"), importer, city="上海")
    timeline.record(Customer.objects.get(code="K2").pk, "customer.people_changed", actor=importer)
    walk.revert()
    assert sorted(Customer.objects.values_list("code", flat=True)) == ["K1", "K2"]
    found = {row.number: (row.result, row.problems) for row in walk.batch.staged.all()}
    assert found == {
        2: ("kept", [["edited_since", None, "*"]]),
        3: ("kept", [["activity_since", None, None]]),
        4: ("", None),
    }


FIELDS = ("name", "city", "industry", "tier")
EDITS = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["甲", "乙", "丙"]), max_size=4)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS, brought=EDITS)
def test_whatever_is_edited_between_stays_and_all_else_comes_back(db, edits, brought):
    edits.pop("tier", None)
    brought.pop("tier", None)
    organization = OrganizationFactory()
    with organization_context(organization):
        member = member_with(*IMPORTER)
        there = CustomerFactory(name="原", phones=["13800138000"], owner=member, city="原", industry="原")
    headings = {"name": "姓名", "city": "城市", "industry": "行业"}
    row = ["13800138000", brought.get("name", "原"), brought.get("city", ""), brought.get("industry", "")]
    data = csv_bytes(",".join(["手机", *headings.values()]), ",".join(row))
    with organization_context(organization):
        walk = Walk(organization, member).upload(data).check(policy="update", any_name=True).apply()
        after_import = {name: getattr(Customer.objects.get(), name) for name in headings}
        if edits:
            edited(there, member, **edits)
        before_revert = {name: getattr(Customer.objects.get(), name) for name in headings}
        walk.revert()
        customer = Customer.objects.get()
    for name in headings:
        changed_since = before_revert[name] != after_import[name]
        assert getattr(customer, name) == (before_revert[name] if changed_since else "原"), name


class Killed(BaseException):
    """Not an Exception: nothing catches it, as nothing catches kill -9."""


def interrupt(monkeypatch, module, name, at):
    """Make the `at`th call of module.name die half-way, once."""
    calls = {"n": 0}
    original = getattr(module, name)

    def dying(*args, **kwargs):
        calls["n"] += 1
        result = original(*args, **kwargs)
        if calls["n"] == at:
            raise Killed
        return result

    monkeypatch.setattr(module, name, dying)


@pytest.mark.parametrize("at", [1, 3, 5])
@pytest.mark.parametrize("stage", ["check", "apply", "revert"])
def test_a_killed_worker_s_successor_does_every_row_once(walk, monkeypatch, stage, at):
    lines = [f"K{n},客户{n},1380013{n:04d}" for n in range(50)]
    for module in (staging, applying, reverting):
        monkeypatch.setattr(module, "AT_ONCE", 10)
    places = {
        "check": (staging, "_store"),
        "apply": (applying, "write"),
        "revert": (reverting, "_revert_created"),
    }
    walk.upload(csv_bytes("编号,姓名,手机", *lines))
    for step in ("check", "apply", "revert"):
        if step == stage:
            interrupt(monkeypatch, *places[stage], at)
            with pytest.raises(Killed):
                getattr(walk, step)()
            revive(walk)
        else:
            getattr(walk, step)()
        if step == "apply":
            assert (Customer.objects.count(), ContactPoint.objects.count()) == (50, 50)
            assert walk.counts() == (50, 0, 0, 0)
    assert Customer.objects.count() == 0
    assert walk.batch.status == ImportStatus.REVERTED


def revive(walk):
    """What the sweeper does once the heartbeat has fallen silent."""
    from datetime import timedelta

    from django.utils import timezone

    from workspace.models import Job
    from workspace.runner import look_after_jobs

    with organization_context(walk.organization):
        Job.objects.filter(status="running").update(heartbeat_at=timezone.now() - timedelta(minutes=5))
    look_after_jobs(walk.organization.pk)
    with organization_context(walk.organization):
        Job.objects.filter(status="queued").update(due_at=timezone.now())
    drain(walk.organization)


def test_discarding_destroys_file_and_rows(walk, django_capture_on_commit_callbacks):
    from customers.actions.import_batch import discard_import
    from workspace.files import path_of

    walk.upload(csv_bytes("姓名", "甲")).check()
    path = path_of(walk.batch.file)
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        discard_import(walk.batch)
    assert (walk.batch.status, walk.batch.staged.count(), walk.batch.file) == ("discarded", 0, None)
    assert not path.exists()


def test_after_the_retention_file_and_rows_are_destroyed(walk, ours):
    from datetime import timedelta

    from django.utils import timezone

    from customers.actions.import_batch import purge_old

    walk.upload(csv_bytes("姓名", "甲")).check().apply()
    ImportBatch.objects.update(created_at=timezone.now() - timedelta(days=31))
    purge_old(ours.pk)
    batch = walk.batch
    assert (batch.file, batch.staged.count(), batch.new, batch.can_revert) == (None, 0, 1, False)
    assert Customer.objects.count() == 1

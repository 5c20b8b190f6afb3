"""Retention: counted before, warned of before, done once, and never to whom a law keeps."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.actions.import_batch import upload_import
from customers.actions.merge import merge_customers
from customers.actions.relation import relate
from customers.enums import RelationKind, Tier
from customers.models import Customer, CustomerExport, ImportBatch, Relation
from customers.relations import role_of
from customers.tests.factories import CustomerFactory
from customers.tests.import_files import csv_bytes, stream
from governance.actions.legal_hold import place_hold
from governance.actions.retention import due_count, run_every_night, save_rule, start_run
from governance.enums import RetentionAct, RetentionMode
from governance.models import DataRequest, RetentionRule, RetentionRun
from governance.retention import retention_kinds
from governance.tests.dumps import dumped
from governance.tests.privacy_rows import identified, packaged, rule_of
from interactions.tests.factories import contact_with, person_of, plan_for
from tenancy.audit.seal import seal_organization
from tenancy.audit.verify import verify_chain
from tenancy.context import organization_context
from tenancy.models import AuditEntry
from tenancy.tests.conftest import ours, theirs  # noqa: F401
from tenancy.tests.factories import MembershipFactory, grant
from workspace.models import Job, Notification
from workspace.runner import drain, run_job
from workspace.tests.conftest import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
ON, DRY, OFF = RetentionMode.ON, RetentionMode.DRY, RetentionMode.OFF


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def admin(ours):  # noqa: F811
    with organization_context(ours):
        member = MembershipFactory(name="管理员", language="en")
        grant(member)
    return member


def archived(days: int, **fields) -> Customer:
    customer = CustomerFactory(**fields)
    Customer.objects.filter(pk=customer.pk).update(archived_at=timezone.now() - timedelta(days=days))
    return customer


def in_force(kind="archived_customers", **fields) -> RetentionRule:
    """A rule whose days of warning are over."""
    rule = rule_of(None, kind, mode=ON, **fields)
    RetentionRule.objects.filter(pk=rule.pk).update(starts_on=timezone.localdate())
    return RetentionRule.objects.get(pk=rule.pk)


def night(ours):  # noqa: F811
    run_every_night(ours.pk)
    drain(ours)
    with organization_context(ours):
        return [(run.dry, run.found, run.done, run.held) for run in RetentionRun.objects.order_by("pk")]


def test_a_dry_run_counts_and_changes_nothing(ours, admin):  # noqa: F811
    with organization_context(ours):
        archived(400), archived(300)
        rule_of(days=365)
    assert night(ours) == [(True, 1, 0, 0)]
    with organization_context(ours):
        assert Customer.objects.count() == 2
        assert Notification.objects.filter(kind="governance.retention_warning").count() == 0


def test_customers_go_through_the_one_door_and_a_hold_keeps_them(ours, admin):  # noqa: F811
    with organization_context(ours, actor=admin):
        gone, held, young = archived(400, name="欧阳去"), archived(400), archived(300)
        place_hold(held, reason="诉讼", actor=admin)
        in_force(days=365)
    assert night(ours) == [(False, 2, 1, 1)]
    with organization_context(ours):
        assert {row.pk for row in Customer.objects.all()} == {held.pk, young.pk}
        erased = AuditEntry.objects.get(operation="erase", table_name="customers_customer")
        assert (erased.after["reason"], erased.after["objects"]) == (
            "retention archived_customers",
            [str(gone.pk)],
        )
    assert night(ours) == [(False, 2, 1, 1), (False, 1, 0, 1)], "a second night finds only what is held"


def test_many_are_erased_with_one_reading_of_the_audit(ours, admin):  # noqa: F811
    """As thoroughly as one by one: what hangs on each, and what each one's past has left in the audit."""
    with organization_context(ours, actor=admin):
        partner = role_of(RelationKind.PARTNER, names_source=True)
        known = {"owner": admin, "phones": ["13987654321"], "aliases": ["去老师"]}
        gone = [archived(400, name=f"欧阳去{number}", **known) for number in range(3)]
        held, stays = archived(400, name="留下的", owner=admin), CustomerFactory(name="长青的", owner=admin)
        place_hold(held, reason="诉讼", actor=admin)
        for customer in gone:
            former = person_of(customer, "欧阳夫人")
            former.delete()
            contact_with(customer, admin, summary="欧阳来电")
            relate(Relation(), customer=stays, other=customer, role=partner, actor=admin)
        answered = identified(admin, customer=gone[0])
        packaged(admin)
        in_force(days=365)
    with CaptureQueriesContext(connection) as asked:
        assert night(ours) == [(False, 4, 3, 1)]
    passes = [one for one in asked if one["sql"].startswith("\nSELECT DISTINCT table_name, object_id")]
    assert 1 <= len(passes) <= 4, "so many steps away from the customers, not one a customer"
    left = dumped()
    assert [trace for trace in ("欧阳", "去老师", "13987654321") if trace in left] == []
    with organization_context(ours):
        told = AuditEntry.objects.filter(operation="erase", table_name="customers_customer")
        assert {entry.object_id for entry in told} == {customer.pk for customer in gone}
        assert Customer.objects.filter(pk__in=[held.pk, stays.pk]).count() == 2
        answered.refresh_from_db()
        assert answered.customer_id is None
    seal_organization(ours.pk)
    assert verify_chain(ours.pk).is_intact


def test_a_merged_customer_goes_with_its_survivor_alone(ours, admin):  # noqa: F811
    with organization_context(ours, actor=admin):
        one, two = CustomerFactory(owner=admin), CustomerFactory(owner=admin)
        merge_customers(one, [two], actor=admin)
        Customer.objects.filter(pk=two.pk).update(archived_at=timezone.now() - timedelta(days=900))
        rule = in_force(days=365)
        assert due_count(rule) == 0
        Customer.objects.filter(pk=one.pk).update(archived_at=timezone.now() - timedelta(days=400))
        assert due_count(rule) == 1
    assert night(ours) == [(False, 1, 1, 0)]
    with organization_context(ours):
        assert Customer.objects.count() == 0, "the erasure of a survivor follows whom it has taken over"


def test_idle_prospects_are_archived_unless_something_is_planned(ours, admin):  # noqa: F811
    old = timezone.now() - timedelta(days=800)
    with organization_context(ours, actor=admin):
        idle, planned, spoken, ordinary = (
            CustomerFactory(owner=admin, tier=tier)
            for tier in (Tier.POTENTIAL, Tier.POTENTIAL, Tier.POTENTIAL, Tier.ORDINARY)
        )
        Customer.objects.update(created_at=old)
        plan_for(planned, admin)
        contact_with(spoken, admin)
        in_force("idle_prospects", days=730, act=RetentionAct.ARCHIVE)
    assert night(ours) == [(False, 1, 1, 0)]
    with organization_context(ours):
        assert [row.pk for row in Customer.objects.exclude(archived_at=None)] == [idle.pk]
        assert ordinary.pk not in Customer.objects.exclude(archived_at=None).values_list("pk", flat=True)


def test_files_of_imports_packages_and_exports(ours, admin):  # noqa: F811
    old = timezone.now() - timedelta(days=20)
    with organization_context(ours, actor=admin):
        upload_import(stream(csv_bytes("姓名", "甲")), "a.csv", actor=admin)
        ImportBatch.objects.update(created_at=old)
        packaged(admin)
        DataRequest.objects.update(closed_at=old)
        later = timezone.now() + timedelta(days=5)
        export = CustomerExport.objects.create(requested_by=admin, format="csv", expires_at=later)
        CustomerExport.objects.filter(pk=export.pk).update(
            created_at=old, file=DataRequest.objects.get().package
        )
        DataRequest.objects.update(package=None)
        packaged(admin)
        DataRequest.objects.filter(package__isnull=False).update(closed_at=old)
        for kind in ("import_files", "access_packages", "export_files"):
            in_force(kind, days=14)
    assert night(ours) == [(False, 1, 1, 0)] * 3
    with organization_context(ours):
        assert ImportBatch.objects.get().purged_at is not None
        assert DataRequest.objects.filter(package__isnull=False).count() == 0
        export.refresh_from_db()
        assert (export.file, export.was_withdrawn) == (None, False), "its time was over"


def test_a_rule_switched_on_or_made_stricter_waits_and_warns(ours, admin):  # noqa: F811
    today = timezone.localdate()
    with organization_context(ours):
        archived(400), archived(360)
        rule = rule_of(days=365, mode=ON, warn_days=10)
        assert rule.starts_on == today + timedelta(days=10)
    for _night in range(2):
        assert night(ours)[-1] == (True, 1, 0, 0), "before its day it only counts"
    with organization_context(ours):
        [told] = Notification.objects.filter(kind="governance.retention_warning")
        assert (told.recipient_id, told.params["count"]) == (admin.pk, 2)
        RetentionRule.objects.filter(pk=rule.pk).update(starts_on=today)
        rule.refresh_from_db()
        rule.days = 400
        assert save_rule(rule).starts_on == today, "more time is no reason to wait"
        rule.days = 399
        assert save_rule(rule).starts_on == today + timedelta(days=10)
        rule.mode = DRY
        assert save_rule(rule).starts_on is None


def test_killed_it_goes_on_with_the_next(ours, admin):  # noqa: F811
    with organization_context(ours):
        archived(400), archived(400)
        rule = in_force(days=365)
        job = start_run(rule, dry=False, actor=None)
        first = Customer.objects.order_by("pk").first()
        RetentionRun.objects.create(
            pk=job.pk, rule=rule, act=rule.act, before=timezone.now() - timedelta(days=365), found=1, held=1
        )
        Job.objects.filter(pk=job.pk).update(state={"after": str(first.pk)})
    assert run_job(ours.pk, job.pk).result == {"found": 2, "done": 1, "held": 1}
    with organization_context(ours):
        assert [row.pk for row in Customer.objects.all()] == [first.pk]


def test_a_rule_changed_meanwhile_stops_the_run(ours, admin):  # noqa: F811
    with organization_context(ours):
        archived(400)
        rule = in_force(days=365)
        job = start_run(rule, dry=False, actor=None)
        rule.version += 1
        rule.days = 9999
        save_rule(rule)
    assert run_job(ours.pk, job.pk).result == {"found": 0, "done": 0, "held": 0}
    with organization_context(ours):
        assert Customer.objects.count() == 1


def test_in_the_browser(ours, admin):  # noqa: F811
    browser, base = signed_in(admin), "/o/ours/governance/privacy/retention/"
    with organization_context(ours):
        customer = archived(400, name="久远公司")
    assert browser.get(base).content.decode().count("No rule: kept") == len(retention_kinds)
    url = f"{base}new/?kind=archived_customers"
    data = {"days": "365", "act": "destroy", "mode": "dry", "warn_days": "7"}
    for wrong, field in (({"days": "29"}, "days"), ({"days": "x"}, "days"), ({"days": "99999999"}, "days"),
                         ({"act": "archive"}, "act"), ({"mode": ""}, "mode"), ({"warn_days": "-1"}, "warn_days")):  # fmt: skip
        response = browser.post(url, {**data, **wrong})
        assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    page = browser.post(url, data).url
    assert browser.get(url).status_code == 404, "one rule for a kind"
    text = browser.get(page).content.decode()
    assert "1 is due now." in text and f"{customer.code} · 久远公司" in text
    assert browser.post(f"{page}dry/").url == page
    drain(ours)
    assert "dry run" in browser.get(f"{base}runs/").content.decode()
    stale = {**data, "mode": "on", "version": "1"}
    assert browser.post(page, stale).status_code == 302
    assert browser.post(page, {**stale, "days": "366"}).status_code == 409
    assert browser.post(f"{page}off/").url == page
    with organization_context(ours):
        assert (RetentionRule.objects.get().mode, RetentionRule.objects.get().starts_on) == (OFF, None)


def test_another_organisation_is_left_alone(ours, theirs, admin):  # noqa: F811
    with organization_context(theirs):
        archived(900)
    with organization_context(ours):
        in_force(days=365)
    assert night(ours) == [(False, 0, 0, 0)]
    with organization_context(theirs):
        assert Customer.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_pages(ours, admin, rows, django_assert_num_queries):  # noqa: F811
    with organization_context(ours):
        for _row in range(rows):
            archived(400)
        rule = rule_of(days=365)
    for _row in range(rows):
        night(ours)
    browser, base = signed_in(admin), "/o/ours/governance/privacy/retention/"
    browser.get(base)
    with django_assert_num_queries(LIST):
        browser.get(base)
    with django_assert_num_queries(RULE):
        browser.get(f"{base}{rule.pk}/")
    with django_assert_num_queries(RUNS):
        browser.get(f"{base}runs/")


LIST, RULE, RUNS = 11, 17, 10

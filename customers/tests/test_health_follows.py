"""Whatever changes what counts, the stored completeness of every customer follows."""

import pytest

from customers.actions.anew import save_policy
from customers.actions.custom_field import archive_custom_field, destroy_custom_field, save_custom_field
from customers.actions.field_policy import Decision, decide_fields
from customers.actions.health import refresh_health
from customers.actions.health_count import follow_the_calendar
from customers.actions.quality_policy import REBUILD, quality_policy
from customers.completeness import COMPANY
from customers.enums import FieldUse
from customers.models import Customer, CustomerHealth, CustomField
from customers.tests.conftest import define
from customers.tests.factories import CustomerFactory
from tenancy.context import organization_context
from workspace.enums import JobStatus
from workspace.models import Job
from workspace.runner import drain

pytestmark = pytest.mark.django_db(transaction=True)


def weigh(keeper, **weights):
    policy = quality_policy()
    policy.weights = {COMPANY: weights}
    policy.version += 1
    save_policy(policy, REBUILD, actor=keeper)


def collect(use):
    return lambda keeper: decide_fields([Decision("source", use), Decision("city", use)], actor=keeper)


def own(**values):
    def change(keeper):
        field = CustomField.objects.get()
        for name, value in {**values, "version": field.version + 1}.items():
            setattr(field, name, value)
        save_custom_field(field, actor=keeper)

    return change


def archived(value):
    return lambda keeper: archive_custom_field(CustomField.objects.get(), archived=value, actor=keeper)


CHANGES = (
    lambda keeper: weigh(keeper, phone=9, city=0),
    lambda keeper: weigh(keeper),
    collect(FieldUse.HIDDEN),
    collect(FieldUse.REQUIRED),
    collect(FieldUse.COLLECTED),
    lambda keeper: define(keeper, "text", "Licence", required=True),
    own(required=False),
    own(weight=8),
    own(only="person"),
    own(only="", required=True, weight=0),
    archived(True),
    archived(False),
    own(required=False, weight=0),
    own(weight=3),
    archived(True),
    lambda keeper: destroy_custom_field(CustomField.objects.get(), actor=keeper),
)


def figures() -> list[dict]:
    return list(CustomerHealth.objects.order_by("customer").values())


def test_the_figures_follow_everything_that_is_decided_about_fields(keeper, rep, ours):
    CustomerFactory(owner=rep, phones=["13812345678"], city="上海")
    CustomerFactory(owner=rep, kind="person", source="visit")
    seen = set()
    for change in CHANGES:
        with organization_context(ours, actor=keeper):
            change(keeper)
        drain(ours)
        with organization_context(ours):
            stored = figures()
            refresh_health(Customer.objects.values_list("pk", flat=True))
            assert figures() == stored
            seen.add(tuple(row["completeness"] for row in stored))
    assert len(seen) > 5, "the changes above do change something"


@pytest.mark.parametrize("status", [JobStatus.FAILED, JobStatus.CANCELLED])
def test_the_night_takes_up_a_count_that_was_not_ended(keeper, rep, ours, status):
    customer = CustomerFactory(owner=rep, phones=["13812345678"])
    before = CustomerHealth.objects.get(customer=customer).completeness
    weigh(keeper, city=0, industry=0)
    error = "crashed" if status == JobStatus.FAILED else ""
    Job.objects.update(status=status, finished_at="2026-01-01T00:00Z", error=error)
    for _night in range(2):
        follow_the_calendar(ours.pk)
        assert Job.objects.filter(kind=REBUILD).count() == 2, "asked for once more, and only once"
    drain(ours)
    with organization_context(ours):
        assert CustomerHealth.objects.get(customer=customer).completeness > before
    follow_the_calendar(ours.pk)
    assert Job.objects.filter(kind=REBUILD).count() == 2

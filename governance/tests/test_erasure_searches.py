"""An erasure reaches what people have typed to find the customer: saved views, filters and notes of bulk changes."""

import pytest

from customers.actions.bulk import Selection, start_bulk
from customers.actions.privacy_searches import count_bulk_filters
from customers.models import BulkRun, Customer, CustomerAlias
from customers.tests.factories import CustomerFactory
from governance.enums import RequestKind
from governance.tests.dumps import dumped
from governance.tests.test_erasure import NAME, asked, house  # noqa: F401
from tenancy.access import viewer_for
from tenancy.audit.seal import seal_organization
from tenancy.audit.verify import verify_chain
from tenancy.context import organization_context
from tenancy.tests.factories import MembershipFactory
from workspace.actions.job import enqueue
from workspace.models import SavedView
from workspace.tests.factories import SavedViewFactory

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "+862161234567;ext=802"


def archived(admin, query: str, note: str = "") -> BulkRun:
    run = start_bulk("archive", Selection(query=query), {}, viewer=viewer_for(admin), note=note)
    assert run
    return run


def left(model) -> dict:
    return {row.pk: row.query for row in model.objects.all()}


def test_views_that_search_for_the_customer_go_with_it_and_no_others(house):  # noqa: F811
    ours, admin = house
    with organization_context(ours, actor=admin):
        customer = CustomerFactory(
            name=NAME, kind="person", owner=admin, phones=[PHONE], emails=["o@example.com"]
        )
        CustomerAlias.objects.create(customer=customer, name="Ouyang Evergreen")
        colleague = MembershipFactory(name="同事")
        for typed in (
            NAME,
            f"{NAME} 杭州",
            "ouyang  evergreen",
            "021-61234567",
            "021-61234567-802",
            "O@Example.com",
        ):
            SavedViewFactory(owner=colleague, query=f"q={typed.replace(' ', '+')}&city=杭州")
        others = [
            SavedViewFactory(owner=colleague, query=query)
            for query in ("q=欧阳", f"q={NAME}科技", "q=4567", "q=o@example.org", "city=杭州", "q=")
        ]
    asked(ours, admin, customer, RequestKind.ERASURE)
    with organization_context(ours):
        assert set(left(SavedView)) == {view.pk for view in others}
    assert NAME not in dumped()
    seal_organization(ours.pk)
    assert verify_chain(ours.pk).is_intact


def test_filters_and_notes_of_bulk_changes_go_and_their_undo_stays_for_the_others(house):  # noqa: F811
    ours, admin = house
    with organization_context(ours, actor=admin):
        customer = CustomerFactory(name=NAME, owner=admin, city="北京")
        other = CustomerFactory(name="同城的人", owner=admin, city="北京")
        alone = archived(admin, f"q={NAME}", f"{NAME}不再来")
        Customer.objects.update(archived_at=None)
        several = archived(admin, "city=北京", "撤店")
        assert count_bulk_filters([customer.pk]) == 1
    asked(ours, admin, customer, RequestKind.ERASURE)
    with organization_context(ours):
        assert left(BulkRun) == {alone.pk: "", several.pk: "city=北京"}
        assert {run.pk: run.note for run in BulkRun.objects.all()} == {alone.pk: "", several.pk: "撤店"}
        assert list(several.rows.values_list("customer", flat=True)) == [other.pk]
    assert NAME not in dumped()


def test_a_change_that_may_still_run_keeps_its_filters(house):  # noqa: F811
    """Without them it would be about everybody."""
    ours, admin = house
    with organization_context(ours, actor=admin):
        customer = CustomerFactory(name=NAME, owner=admin)
        run = archived(admin, f"q={NAME}")
        run.job = enqueue("customers.bulk_change", {"run": str(run.pk)}, actor=admin)
        run.save()
        assert count_bulk_filters([customer.pk]) == 0

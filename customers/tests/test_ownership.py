"""The one door for a change of owner: each way through it leaves the same trace."""

import uuid

import pytest

from customers.actions import book
from customers.actions.bulk import Selection, start_bulk, undo_bulk
from customers.actions.customer import edit_customer
from customers.actions.merge import merge_customers
from customers.actions.ownership import change_owner, change_owners
from customers.actions.unmerge import undo_merge
from customers.enums import OwnershipKind
from customers.leaving import hand_over
from customers.models import Customer, CustomerSearch, OwnershipChange, TimelineEntry
from customers.signals import customers_changed
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory
from customers.tests.import_files import Walk, csv_bytes
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.models import Membership
from tenancy.tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
ASSIGNED, UNDONE = OwnershipKind.ASSIGNED, OwnershipKind.UNDONE


def history(customer) -> list[tuple]:
    """(kind, owner before, new owner) of each change, the earliest first."""
    rows = OwnershipChange.objects.filter(customer=customer).order_by("at", "pk")
    return list(rows.values_list("kind", "from_owner__name", "to_owner__name"))


def adds_up(first_owner, customer) -> bool:
    """Each change begins where the one before ended, and the last ends with who owns the customer now."""
    owner = first_owner.pk if first_owner else None
    rows = OwnershipChange.objects.filter(customer=customer).order_by("at", "pk")
    for before, after in rows.values_list("from_owner_id", "to_owner_id"):
        if before != owner or before == after:
            return False
        owner = after
    return Customer.objects.get(pk=customer.pk).owner_id == owner


@pytest.fixture
def heard():
    """Keys of customers that `customers_changed` has named, one list for each time."""
    found: list[set[uuid.UUID]] = []

    def listen(ids, **_kwargs):
        found.append(set(ids))

    customers_changed.connect(listen)
    yield found
    customers_changed.disconnect(listen)


def test_a_change_of_owner_has_all_that_follows(rep, colleague, heard):
    mine, theirs = CustomerFactory(owner=rep), CustomerFactory(owner=colleague)
    before = change_owner([mine.pk, theirs.pk], colleague, kind=ASSIGNED, actor=rep, reason="搬家")
    assert before == {mine.pk: rep.pk}
    mine.refresh_from_db()
    assert (mine.owner, mine.version) == (colleague, 2)
    [row] = OwnershipChange.objects.all()
    assert (row.customer, row.from_owner, row.to_owner, row.kind, row.reason, row.by) == (
        mine, rep, colleague, "assigned", "搬家", rep,
    )  # fmt: skip
    assert heard == [{mine.pk}]
    assert colleague.pk.hex in CustomerSearch.objects.get(customer=mine).document.replace("-", "")
    entry = TimelineEntry.objects.get(customer=mine, kind="customer.owner_changed")
    assert entry.params == {"from": str(rep.pk), "to": str(colleague.pk), "name": "赵同事"}


def test_many_owners_at_once_and_nobody(rep, colleague):
    one, two, three = (CustomerFactory(owner=owner) for owner in (rep, colleague, None))
    before = change_owners({one.pk: colleague.pk, two.pk: None, three.pk: rep.pk}, kind=ASSIGNED, actor=None)
    assert before == {one.pk: rep.pk, two.pk: colleague.pk, three.pk: None}
    assert history(one) == [("assigned", "李销售", "赵同事")]
    assert history(two) == [("assigned", "赵同事", None)]
    assert history(three) == [("assigned", None, "李销售")]


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_the_customers(rep, colleague, count, django_assert_num_queries):
    ids = [CustomerFactory(owner=rep).pk for _ in range(count)]
    with django_assert_num_queries(30):
        change_owner(ids, colleague, kind=ASSIGNED, actor=rep)


def test_the_page_of_editing_leaves_its_trace(rep, colleague):
    customer = CustomerFactory(owner=rep)
    customer.owner, customer.version = colleague, 2
    edit_customer(customer, actor=rep)
    assert (Customer.objects.get().owner, Customer.objects.get().version) == (colleague, 2)
    assert history(customer) == [("assigned", "李销售", "赵同事")]
    assert list(
        TimelineEntry.objects.filter(kind="customer.owner_changed").values_list("customer", flat=True)
    ) == [customer.pk]


def test_assigning_and_its_undo(rep, colleague, admin):
    customer = CustomerFactory(owner=rep)
    batch, count = book.assign_owner([customer.pk], colleague, actor=admin)
    assert count == 1
    assert book.undo(batch, viewer=viewer_for(admin)) == 1
    assert history(customer) == [("assigned", "李销售", "赵同事"), ("undone", "赵同事", "李销售")]
    assert adds_up(rep, customer)


def test_assigning_in_bulk_and_its_undo(rep, colleague, admin):
    rows = [CustomerFactory(owner=rep), CustomerFactory(owner=None)]
    selection = Selection([row.pk for row in rows])
    run = start_bulk("assign", selection, {"owner": str(colleague.pk), "name": "x"}, viewer=viewer_for(admin))
    assert set(OwnershipChange.objects.values_list("part_of", "by")) == {(run.pk, admin.pk)}
    undo_bulk(run, viewer=viewer_for(admin))
    assert history(rows[0]) == [("assigned", "李销售", "赵同事"), ("undone", "赵同事", "李销售")]
    assert history(rows[1]) == [("assigned", None, "赵同事"), ("undone", "赵同事", None)]


def test_who_leaves_hands_everything_over(rep, colleague, admin):
    present, archived = CustomerFactory(owner=rep), CustomerFactory(owner=rep)
    book.archive([archived.pk], actor=rep)
    assert hand_over(rep, colleague, admin) == 2
    for customer in (present, archived):
        assert history(customer) == [("left", "李销售", "赵同事")]


def test_an_import_and_its_revert(ours, inside_ours, rep):
    importer = member_with(*RIGHTS, "customers.import_customer", name="导入员")
    customers = [
        CustomerFactory(name=f"客户{n}", phones=[f"1380013800{n}"], owner=importer) for n in range(3)
    ]
    walk = Walk(ours, importer).upload(csv_bytes("手机,姓名,负责人", *(
        f"1380013800{n},客户{n},{owner}" for n, owner in enumerate(("李销售", "李销售", "导入员"))
    )))  # fmt: skip
    walk.check(policy="update").apply()
    assert [row.name for row in Membership.objects.filter(customers__in=customers).distinct().order_by("name")] == [
        "导入员", "李销售",
    ]  # fmt: skip
    walk.revert()
    for customer in customers[:2]:
        assert history(customer) == [("imported", "导入员", "李销售"), ("undone", "李销售", "导入员")]
        assert adds_up(importer, customer)
    assert history(customers[2]) == []


def test_a_merge_and_its_undo(rep, colleague):
    one, other = CustomerFactory(owner=rep), CustomerFactory(owner=colleague)
    merge = merge_customers(one, [other], actor=rep, wanted={"owner": str(other.pk)})
    one.refresh_from_db()
    assert (one.owner, one.version) == (colleague, 2)
    undo_merge(merge, actor=rep)
    assert history(one) == [("merged", "李销售", "赵同事"), ("undone", "赵同事", "李销售")]
    assert history(other) == []
    assert adds_up(rep, one)


def test_a_merge_that_keeps_the_owner_is_no_change_of_owner(rep, colleague):
    one, other = CustomerFactory(owner=rep), CustomerFactory(owner=colleague)
    merge_customers(one, [other], actor=rep)
    assert OwnershipChange.objects.count() == 0


def test_the_history_of_another_organisation_is_out_of_reach(rep, colleague, theirs):
    customer = CustomerFactory(owner=rep)
    change_owner([customer.pk], colleague, kind=ASSIGNED, actor=rep)
    with organization_context(theirs.pk):
        foreign = CustomerFactory(owner=MembershipFactory())
        assert OwnershipChange.objects.count() == 0
        assert change_owners({customer.pk: None}, kind=ASSIGNED, actor=None) == {}
        assert foreign.owner is not None
    assert Customer.objects.get(pk=customer.pk).owner == colleague


def test_history_is_seen_by_who_sees_the_customer(viewers, rep, colleague):
    customer = CustomerFactory(owner=colleague)
    change_owner([customer.pk], rep, kind=ASSIGNED, actor=None)
    seen = {
        name: OwnershipChange.objects.visible_to(viewer, "customers.view_customer").count()
        for name, viewer in viewers.items()
    }
    assert seen == {"admin": 1, "rep": 1, "manager": 1, "colleague": 0}

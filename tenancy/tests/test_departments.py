"""The tree of departments: no rings, whoever writes and however, and nothing deleted with people in it."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tenancy.actions.department import (
    DepartmentBelowItself,
    DepartmentInUse,
    delete_department,
    save_department,
)
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.models import Department, Membership
from tenancy.queries.department import department_tree, departments_within
from tenancy.tests.factories import DepartmentFactory, InvitationFactory, MembershipFactory, grant, viewer_of
from tenancy.tests.pages import browser, count_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(inside_ours) -> list[Department]:
    """总部 ← 销售部 ← 华东组."""
    top = DepartmentFactory(name="总部")
    sales = DepartmentFactory(name="销售部", parent=top)
    return [top, sales, DepartmentFactory(name="华东组", parent=sales)]


@pytest.fixture
def admin(inside_ours) -> Membership:
    member = MembershipFactory()
    grant(member)
    return member


def url(name: str, **kwargs) -> str:
    return reverse(f"tenancy:{name}", kwargs={"organization": "ours", **kwargs})


@pytest.mark.parametrize("below", [0, 1, 2])
def test_a_department_does_not_lie_below_itself(chain, below):
    chain[0].parent = chain[below]
    with pytest.raises(DepartmentBelowItself):
        save_department(chain[0])


def test_raw_changes_cannot_close_a_ring_either(chain):
    with pytest.raises(IntegrityError), transaction.atomic():
        Department.objects.filter(pk=chain[0].pk).update(parent=chain[2])


def test_a_move_across_the_tree(chain):
    chain[2].parent = chain[0]
    save_department(chain[2])
    assert [(node.department.name, node.depth) for node in department_tree()] == [
        ("总部", 0),
        ("华东组", 1),
        ("销售部", 1),
    ]


def test_the_form_offers_no_parent_from_below(chain, admin):
    form = browser(admin).get(url("department_edit", pk=chain[1].pk)).context["form"]
    assert {key for key, _label in form.fields["parent"].choices} == {"", chain[0].pk}


def test_the_tree_counts_active_members(chain):
    MembershipFactory.create_batch(2, department=chain[1])
    MembershipFactory(department=chain[1], ended_at="2026-01-01T00:00:00Z")
    assert [node.people for node in department_tree()] == [0, 2, 0]


def test_only_an_empty_department_is_deleted(chain):
    MembershipFactory(department=chain[2])
    for department in chain:
        with pytest.raises(DepartmentInUse):
            delete_department(department)
    lonely = DepartmentFactory()
    delete_department(lonely)
    assert not Department.objects.filter(pk=lonely.pk).exists()


def test_an_open_invitation_holds_its_department(inside_ours):
    department = DepartmentFactory()
    InvitationFactory(department=department)
    with pytest.raises(DepartmentInUse):
        delete_department(department)


@pytest.mark.parametrize(
    "scope, names",
    [
        (Scope.OWN, {"销售部"}),
        (Scope.DEPARTMENT, {"销售部"}),
        (Scope.DEPARTMENT_BELOW, {"销售部", "华东组"}),
        (Scope.ORGANIZATION, {"总部", "销售部", "华东组"}),
    ],
)
def test_how_far_a_right_reaches_into_the_tree(chain, scope, names):
    viewer = viewer_of(MembershipFactory(department=chain[1]), "tenancy.manage_members", scope=scope)
    assert {row.name for row in departments_within(viewer, "tenancy.manage_members")} == names


def test_the_tree_of_another_organisation_is_not_seen(chain, theirs, admin):
    with organization_context(theirs):
        DepartmentFactory(name="Secret")
    assert "Secret" not in browser(admin).get(url("departments")).content.decode()


def test_a_refused_deletion_is_told(chain, admin):
    answer = browser(admin).post(url("department_delete", pk=chain[0].pk), follow=True)
    assert str(DepartmentInUse.reason) in answer.content.decode()


def test_changing_the_tree_needs_the_whole_organisation(chain):
    manager = MembershipFactory(department=chain[1])
    grant(manager, "tenancy.change_department", scope=Scope.DEPARTMENT_BELOW)
    answer = browser(manager).post(url("department_edit", pk=chain[1].pk), {"name": "x", "version": 1})
    assert answer.status_code == 403


@pytest.mark.parametrize("size", [1, 3])
def test_the_tree_asks_as_much_for_three_as_for_one(admin, size):
    for _number in range(size):
        DepartmentFactory(manager=MembershipFactory())
    client = browser(admin)
    assert count_queries(lambda: client.get(url("departments"))) == 7

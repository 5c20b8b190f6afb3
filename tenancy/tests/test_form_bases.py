"""Double submits, stale writes, and constraints that lead with the organisation, in forms."""

import pytest
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext

from tenancy.context import organization_context
from tenancy.forms.base import IdempotentCreateForm, TenantForm, TenantModelForm
from tenancy.forms.stale import StaleWriteForm
from tenancy.models import Department, Membership
from tenancy.tests.factories import DepartmentFactory, MembershipFactory

pytestmark = pytest.mark.django_db


class NewDepartment(IdempotentCreateForm):
    class Meta:
        model = Department
        fields = ["name", "parent"]


class EditMember(StaleWriteForm, TenantModelForm):
    class Meta:
        model = Membership
        fields = ["name", "title", "phone", "department"]


def posted(form: forms.Form, **changed) -> QueryDict:
    """What a browser would send from the form as it was shown."""
    data = QueryDict(mutable=True)
    for field in form:
        value = changed.pop(field.name, field.value())
        data[field.name] = "" if value is None else str(getattr(value, "pk", value))
    return data


def test_a_name_taken_in_the_organisation_is_an_error_of_the_form(inside_ours, theirs):
    DepartmentFactory(name="销售部")
    form = NewDepartment({"name": "销售部"})
    assert not form.is_valid()
    assert form.errors == {"__all__": [gettext("There is already a department of this name here.")]}


def test_a_name_taken_elsewhere_is_free(ours, theirs):
    with organization_context(theirs):
        DepartmentFactory(name="Sales")
    with organization_context(ours):
        assert NewDepartment({"name": "Sales"}).is_valid()


def test_only_rows_of_the_organisation_can_be_chosen(ours, theirs):
    with organization_context(theirs):
        foreign = DepartmentFactory()
    with organization_context(ours):
        mine = DepartmentFactory()
        form = NewDepartment({"name": "A", "parent": foreign.pk})
        assert list(form.errors) == ["parent"]
        assert list(form.fields["parent"].queryset) == [mine]


def test_a_form_sent_twice_makes_one_row(inside_ours):
    data = posted(NewDepartment(), name="市场部")
    first = NewDepartment(data)
    assert first.already_saved() is None
    assert first.is_valid()
    saved = first.save()
    assert str(saved.pk) == data["id"]
    assert NewDepartment(data).already_saved() == saved


@pytest.mark.parametrize("nonsense", ["", "x", "0"])
def test_a_spoilt_id_is_no_row(inside_ours, nonsense):
    assert NewDepartment({"name": "A", "id": nonsense}).already_saved() is None


def test_an_edit_from_the_current_row_is_saved_with_the_next_version(inside_ours):
    member = MembershipFactory(name="王芳", phone="13800138000")
    form = EditMember(posted(EditMember(instance=member), title="经理"), instance=member)
    assert form.is_valid(), form.errors
    form.save()
    member = Membership.objects.get(pk=member.pk)
    assert (member.title, member.version, member.phone) == ("经理", 2, "13800138000")


def stale(member: Membership, mine: dict, theirs: dict) -> EditMember:
    opened = posted(EditMember(instance=member), **mine)
    other = Membership.objects.get(pk=member.pk)
    saved = EditMember(posted(EditMember(instance=other), **theirs), instance=other)
    assert saved.is_valid()
    saved.save()
    return EditMember(opened, instance=Membership.objects.get(pk=member.pk))


def test_a_stale_edit_is_refused_and_shows_all_three_sides(inside_ours):
    here, there = DepartmentFactory(name="一部"), DepartmentFactory(name="二部")
    member = MembershipFactory(name="王芳", title="销售", department=here)
    form = stale(member, {"title": "经理"}, {"title": "总监", "department": there})
    assert not form.is_valid()
    rows = [(row.name, row.mine, row.theirs, row.original, row.chosen) for row in form.conflict]
    assert rows == [
        ("title", "经理", "总监", "销售", "mine"),
        ("department", "一部", "二部", "一部", "theirs"),
    ]


def test_a_stale_edit_that_wants_the_same_is_saved(inside_ours):
    form = stale(MembershipFactory(title="销售"), {"title": "总监"}, {"title": "总监"})
    assert form.is_valid()


@pytest.mark.parametrize("choice, title", [("mine", "经理"), ("theirs", "总监"), ("original", "销售")])
def test_the_choice_made_on_the_conflict_page_stands(inside_ours, choice, title):
    member = MembershipFactory(title="销售")
    form = stale(member, {"title": "经理", "name": "王芳芳"}, {"title": "总监"})
    assert not form.is_valid()
    again = QueryDict(mutable=True)
    for field in form.conflict_form():
        again[field.html_name] = "" if field.value() is None else str(field.value())
    again["original"], again["resolve-title"] = form.original, choice
    chosen = EditMember(again, instance=Membership.objects.get(pk=member.pk))
    assert chosen.is_valid(), chosen.errors
    saved = chosen.save()
    assert (saved.title, saved.name) == (title, "王芳芳")


def test_the_snapshot_tells_nothing_and_cannot_be_forged(inside_ours):
    member = MembershipFactory(phone="13800138000")
    data = posted(EditMember(instance=member))
    assert "13800138000" not in data["snapshot"]
    other = MembershipFactory(version=7)
    data["version"] = "3"
    form = EditMember(data, instance=other)
    assert not form.is_valid()
    assert {row.original for row in form.conflict} == {"—"}


class Choosing(TenantForm):
    must = forms.TypedChoiceField(choices=[("", "---------"), ("a", "A")])
    may = forms.TypedChoiceField(choices=[("", "---------"), ("a", "A")], required=False)
    own = forms.TypedChoiceField(choices=[("", "All"), ("a", "A")], required=False)
    none = forms.TypedChoiceField(choices=[], required=False)


def test_an_empty_choice_is_worded_instead_of_dashes():
    form = Choosing()
    assert form.fields["must"].choices == [("", gettext("Choose…")), ("a", "A")]
    assert form.fields["may"].choices == [("", "—"), ("a", "A")]
    assert form.fields["own"].choices == [("", "All"), ("a", "A")]
    assert form.fields["none"].choices == []
    assert not Choosing({"must": ""}).is_valid()

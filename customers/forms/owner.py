"""Who may be made the owner of a customer."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.forms.cap import cap_problem
from customers.rights import ASSIGN, EXCEED
from tenancy.access import Viewer
from tenancy.forms.base import TenantForm
from tenancy.forms.fields import TenantChoiceField
from tenancy.forms.members import offer_members
from tenancy.member_choice import register_member_source
from tenancy.models import Membership

OWNERS = "customers.owners"


def possible_owners(viewer: Viewer) -> QuerySet[Membership]:
    """Active members; who may not assign to others has only themselves."""
    rows = Membership.objects.active().order_by("name", "pk")
    return rows if viewer.can(ASSIGN) else rows.filter(pk=viewer.membership.pk)


register_member_source(OWNERS, possible_owners)


class OwnerForm(TenantForm):
    owner: forms.Field = TenantChoiceField(Membership, label=_("New owner"), empty_label=_("Choose a member"))

    over_cap: forms.Field = forms.BooleanField(
        label=_("All the same: this may exceed the cap"), required=False, widget=forms.HiddenInput
    )

    def __init__(
        self, *args, viewer: Viewer, more: Callable[[Membership], int] = lambda owner: 1, **kwargs
    ) -> None:
        """`more`: how many customers somebody would own more than now."""
        super().__init__(*args, **kwargs)
        self.viewer, self.more = viewer, more
        offer_members(self.fields["owner"], OWNERS, viewer)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        owner, may_exceed = data.get("owner"), self.viewer.can(EXCEED)
        data["over_cap"] = bool(data.get("over_cap") and may_exceed)
        problem = cap_problem(owner, self.more(owner)) if owner and not data["over_cap"] else ""
        if problem:
            self.add_error("owner", problem)
        if problem and may_exceed:
            self.fields["over_cap"].widget = forms.CheckboxInput()
        return data

"""With whom a customer is shared, and on what terms."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.actions.collaborator import Target, Terms
from customers.models import Collaborator, Customer
from customers.rights import SHARE
from customers.text import clean_line
from tenancy.access import Viewer
from tenancy.enums import ShareLevel
from tenancy.forms.base import TenantForm
from tenancy.forms.fields import TenantChoiceField
from tenancy.forms.members import offer_members
from tenancy.member_choice import colleagues, register_member_source
from tenancy.models import Department, Membership
from tenancy.queries.department import department_tree

_DAY = {"type": "date"}
COLLABORATORS = "customers.collaborators"


register_member_source(COLLABORATORS, colleagues, SHARE)


class TermsForm(TenantForm):
    """How far, how long and why."""

    level = forms.TypedChoiceField(
        label=pgettext_lazy("of a collaborator", "Level"),
        choices=[
            (ShareLevel.READ.value, _("May read")),
            (ShareLevel.WORK.value, _("May work on it")),
        ],
        coerce=int,
        initial=ShareLevel.READ.value,
        help_text=_(
            "Who may read sees the customer and all that belongs to it; who may work on it also changes it, logs contacts"
            " and sees contact details in full."
        ),
    )  # fmt: skip
    until = forms.DateField(
        label=pgettext_lazy("of a collaborator", "Until"),
        required=False,
        help_text=_("The last day. Empty: without an end."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs=_DAY),
    )
    reason = forms.CharField(
        label=pgettext_lazy("of a collaborator", "Reason"), required=False, max_length=200
    )

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    """When what is changed was last changed, as the form was shown."""

    def clean_until(self) -> date | None:
        until = self.cleaned_data["until"]
        if until and until < timezone.localdate():
            raise ValidationError(_("This day has passed."), code="past")
        return until

    def clean_reason(self) -> str:
        return clean_line(self.cleaned_data["reason"])

    @property
    def terms(self) -> Terms:
        cleaned = self.cleaned_data
        return Terms(ShareLevel(cleaned["level"]), cleaned["until"], cleaned.get("reason", ""))


class ShareForm(TermsForm):
    """A person or a team, and the terms. `customer`: the one that is shared, when it is one."""

    member: forms.Field = TenantChoiceField(
        Membership, label=_("Colleague"), required=False, empty_label=_("Choose a member")
    )
    department: forms.Field = TenantChoiceField(
        Department, label=_("Or a whole team"), required=False, empty_label=_("Choose a team"),
        help_text=_("Everybody in this department and those below it."),
    )  # fmt: skip
    field_order = ("member", "department", "level", "until", "reason")

    def __init__(self, *args: Any, viewer: Viewer, customer: Customer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        offer_members(self.fields["member"], COLLABORATORS, viewer)
        choices = [(str(node.department.pk), node.indented) for node in department_tree()]
        self.fields["department"].choices = [("", _("Choose a team")), *choices]

    def clean_member(self) -> Membership | None:
        member = self.cleaned_data["member"]
        if member and self.customer and member.pk == self.customer.owner_id:
            raise ValidationError(_("The customer is theirs already."), code="owner")
        return member

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [cleaned.get(name) for name in ("member", "department") if cleaned.get(name)]
        if len(chosen) > 1:
            self.add_error("department", _("Choose a person or a team, not both."))
        elif not chosen and not {"member", "department"} & self.errors.keys():
            self.add_error("member", _("Choose a person or a team."))
        return cleaned

    @property
    def target(self) -> Target:
        return self.cleaned_data["member"] or self.cleaned_data["department"]


def terms_of(row: Collaborator) -> dict[str, Any]:
    return {"level": row.level, "until": row.until, "reason": row.reason, "seen": row.shared_at.isoformat()}

"""Handing customers over: to whom, why, with which notes, and what stays."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.actions.handover import Offer
from customers.enums import HandoverReason
from customers.forms.cap import cap_problem
from customers.models.handover import ANSWER, ITEM_NOTE, NOTE
from customers.queries.caps import policy_in_force
from customers.rights import ASSIGN, EXCEED, HAND_OVER
from customers.text import clean_line, clean_lines
from tenancy.access import Viewer
from tenancy.db import uuid7
from tenancy.forms.base import TenantForm
from tenancy.forms.fields import TenantChoiceField
from tenancy.forms.members import offer_members
from tenancy.member_choice import register_member_source
from tenancy.models import Membership

RECEIVERS = "customers.receivers"
MOST_STAYING = 500


def possible_receivers(viewer: Viewer) -> QuerySet[Membership]:
    """Active colleagues; who may assign customers may also take them over themselves."""
    rows = Membership.objects.active().order_by("name", "pk")
    return rows if viewer.can(ASSIGN) else rows.exclude(pk=viewer.membership.pk)


register_member_source(RECEIVERS, possible_receivers, HAND_OVER)


class HandOverForm(TenantForm):
    """`more`: how many customers somebody would own more than now. Beside its fields the page posts a note for each
    customer, and which of the open items shown come along."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    receiver = TenantChoiceField(
        Membership, label=pgettext_lazy("of a handover", "To whom"), empty_label=_("Choose a member")
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=HandoverReason.choices)
    note = forms.CharField(
        label=_("Note for the receiver"),
        required=False,
        max_length=NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What they should know. Each customer can have a note of its own below."),
    )
    over_cap = forms.BooleanField(
        label=_("All the same: this may exceed the cap"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, viewer: Viewer, more: Callable[[Membership], int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.more = viewer, more
        self.fields["id"].initial = uuid7
        offer_members(self.fields["receiver"], RECEIVERS, viewer)  # type: ignore[arg-type]

    def clean_note(self) -> str:
        return clean_lines(self.cleaned_data["note"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        receiver, may_exceed = data.get("receiver"), self.viewer.can(EXCEED)
        data["over_cap"] = bool(data.get("over_cap") and may_exceed)
        problem = cap_problem(receiver, self.more(receiver)) if receiver and not data["over_cap"] else ""
        if problem:
            self.add_error("receiver", problem)
        if problem and may_exceed:
            self.fields["over_cap"].widget = forms.CheckboxInput()
        if any(len(text) > ITEM_NOTE for text in self._notes().values()):
            self.add_error(None, _("A note about a customer has at most 300 characters."))
        return data

    @property
    def confirms(self) -> bool:
        """Whether the receiver is asked first."""
        return policy_in_force().confirm_handover

    def offer(self) -> Offer:
        data = self.cleaned_data
        return Offer(
            data["receiver"], data["reason"], data["note"], self._notes(), self._stays(), data["over_cap"]
        )

    def note_of(self, customer: uuid.UUID) -> str:
        """What was typed for the customer, when the form is shown again."""
        return str(self.data.get(f"note_{customer}", ""))

    def comes(self, key: str) -> bool:
        """Whether an open item, or a kind of them, is ticked: all are at first."""
        return not self.is_bound or key in self.data.getlist("comes")  # type: ignore[attr-defined]

    def _notes(self) -> dict[uuid.UUID, str]:
        found: dict[uuid.UUID, str] = {}
        for name, value in self.data.items():
            try:
                key = uuid.UUID(name.removeprefix("note_")) if name.startswith("note_") else None
            except ValueError:
                continue
            if key and (text := clean_line(str(value))):
                found[key] = text
        return found

    def _stays(self) -> list[str]:
        shown = self.data.getlist("shown")[:MOST_STAYING]  # type: ignore[attr-defined]
        comes = set(self.data.getlist("comes"))  # type: ignore[attr-defined]
        return [key[:40] for key in dict.fromkeys(shown) if key not in comes and key != "*"]


class SendBackForm(TenantForm):
    answer = forms.CharField(
        label=_("Why do you send it back?"), max_length=ANSWER, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_answer(self) -> str:
        return clean_line(self.cleaned_data["answer"])

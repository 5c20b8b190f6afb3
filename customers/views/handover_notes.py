"""The notes about the customers of a handover, a page of them at a time."""

import uuid
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actions.handover_notes import is_theirs, may_note, remove_note, save_notes
from customers.models import Handover
from customers.models.handover import ITEM_NOTE
from customers.queries.handovers import BY_CUSTOMER
from customers.queries.keyset import page
from customers.rights import HAND_OVER
from customers.text import clean_line
from customers.views.handover import HandoverPage, HandoverStep
from tenancy.links import organization_url
from workspace.toasts import toast

SIZE = 50
COLUMNS = ("customer_id", "customer__name", "customer__code", "from_owner__name", "note")
Notes = dict[uuid.UUID, tuple[str, str]]


class HandoverNoteRemoveView(HandoverStep):
    permission_required = HAND_OVER

    def act(self) -> Handover:
        if not is_theirs(self.handover, self.viewer):
            raise PermissionDenied
        remove_note(self.handover)
        return self.handover

    def said(self, handover: Handover) -> str:
        return _("The note was removed.")


class HandoverNotesView(HandoverPage):
    permission_required = HAND_OVER

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        self._refuse_others()
        return self._form({})

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        self._refuse_others()
        notes = self._notes()
        if any(len(text) > ITEM_NOTE for _was, text in notes.values()):
            return self._form(
                notes, problem=_("A note about a customer has at most 300 characters."), status=422
            )
        changed, kept = save_notes(self.handover, notes)
        self._tell(changed, kept)
        here = organization_url("customers:handover_notes", pk=pk)
        after = request.POST.get("next", "")
        return redirect(
            f"{here}?{urlencode({'after': after})}" if after else self.handover.get_absolute_url()
        )

    def _refuse_others(self) -> None:
        if not may_note(self.handover, self.viewer):
            raise PermissionDenied

    def _notes(self) -> Notes:
        posted, found = self.request.POST, {}
        for name in posted:
            try:
                key = uuid.UUID(name.removeprefix("note_")) if name.startswith("note_") else None
            except ValueError:
                continue
            if key and len(found) < SIZE:
                found[key] = (clean_line(posted.get(f"was_{key}", "")), clean_line(posted[name]))
        return found

    def _tell(self, changed: int, kept: int) -> None:
        text = ngettext("%(n)s note saved.", "%(n)s notes saved.", changed) % {"n": changed}
        if kept:
            text += " " + ngettext(
                "Somebody else has written %(n)s of them meanwhile: it stays.",
                "Somebody else has written %(n)s of them meanwhile: they stay.",
                kept,
            ) % {"n": kept}
        toast(self.request, text, level="warning" if kept else "success")

    def _form(self, typed: Notes, *, problem: str = "", status: int = 200) -> HttpResponse:
        cursor = self.request.GET.get("after", "")
        rows = self.handover.items.all()
        found = page(rows, BY_CUSTOMER, COLUMNS, cursor=cursor, direction="after", size=SIZE)
        context = {
            "handover": self.handover,
            "rows": [
                {**row, "was": row["note"], "note": typed.get(row["customer_id"], ("", row["note"]))[1]}
                for row in found.rows
            ],
            "after": found.after,
            "first_url": self.request.path if cursor else "",
            "problem": problem,
            "action": self.request.get_full_path(),
        }
        return render(self.request, "customers/handover_notes.html", context, status=status)

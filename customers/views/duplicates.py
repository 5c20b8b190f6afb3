"""The queue of possible duplicates: merge, not the same, later; and the scan that fills it."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from customers.actions import duplicates
from customers.models import DuplicatePair
from customers.queries.field_policy import if_collected
from customers.queries.keyset import page
from customers.queries.pairs import BEST, FILTERS, in_words, pairs_for, settled_for
from customers.rights import MERGE
from customers.views.counted import pairs_counted
from customers.views.quality import tabs_for
from tenancy.counting import capped_count
from tenancy.enums import Scope
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from tenancy.views.pages import WholeOrganizationMixin
from workspace.toasts import toast

SIZE = 30
_SIDE = ("id", "name", "code", "kind", "owner__name")
_SIDES = ("first", "second")
COLUMNS = (
    "percent", "reasons", "later_until", *(f"{side}_place" for side in _SIDES),
    *(f"{side}__{name}" for side in _SIDES for name in _SIDE),
)  # fmt: skip


class DuplicateQueueView(OrganizationView):
    """Pairs that may be the same customer, the likeliest first."""

    permission_required = MERGE

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET
        reason = query.get("reason", "") if query.get("reason") in FILTERS else ""
        sure, postponed = query.get("sure") == "1", query.get("later") == "1"
        rows = pairs_for(self.viewer, MERGE, reason=reason, sure=sure, postponed=postponed)
        places = {f"{side}_place": if_collected(f"{side}__city", "city") for side in _SIDES}
        found = page(
            rows.annotate(**places),
            BEST,
            COLUMNS,
            cursor=query.get("after", ""),
            direction="after",
            size=SIZE,
        )
        kept = {
            name: value
            for name, value in (
                ("reason", reason),
                ("sure", "1" if sure else ""),
                ("later", "1" if postponed else ""),
            )
            if value
        }
        context = {
            "rows": [self._row(row) for row in found.rows],
            "count_text": pairs_counted(capped_count(rows)),
            "reasons": FILTERS.items(),
            "reason": reason,
            "sure": sure,
            "postponed": postponed,
            "is_narrowed": bool(kept),
            "next_url": f"?{urlencode({**kept, 'after': found.after})}" if found.after else "",
            "first_url": f"?{urlencode(kept)}" if query.get("after") else "",
            "tabs": tabs_for(self.viewer, "duplicate_queue"),
            "may_scan": self.viewer.rights.get(MERGE) == Scope.ORGANIZATION,
        }
        return render(request, "customers/duplicate_queue.html", context)

    @staticmethod
    def _row(row: dict[str, Any]) -> dict[str, Any]:
        sides = [
            {name: row[f"{side}__{name}"] for name in _SIDE} | {"place": row[f"{side}_place"]}
            for side in _SIDES
        ]
        for side in sides:
            side["owner"] = side.pop("owner__name")
        ids = urlencode({"ids": [side["id"] for side in sides]}, doseq=True)
        return {
            "key": row["pk"],
            "percent": row["percent"],
            "tone": "green" if row["percent"] >= 75 else "amber",
            "reasons": in_words(row["reasons"]),
            "sides": sides,
            "merge_url": f"{organization_url('customers:merge')}?{ids}",
        }


class PairAction(OrganizationView):
    """A button of one pair, both of whose customers the viewer reaches."""

    permission_required = MERGE
    http_method_names = ("post", "options")

    def pair(self, key: uuid.UUID, *, postponed: bool = False) -> DuplicatePair:
        return get_object_or_404(pairs_for(self.viewer, MERGE, postponed=postponed), pk=key)

    def leave(self, note: str, undo: str = "") -> HttpResponse:
        toast(self.request, note, undo or None)
        return redirect(organization_url("customers:duplicate_queue"))


class NotTheSameView(PairAction):
    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        row = duplicates.not_the_same(self.pair(pk), actor=self.viewer.membership)
        undo = organization_url("customers:same_after_all", pk=row.pk)
        return self.leave(_("These two will not be proposed again."), undo)


class SameAfterAllView(PairAction):
    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        duplicates.the_same_after_all(get_object_or_404(settled_for(self.viewer, MERGE), pk=pk))
        return self.leave(_("Taken back."))


class LaterView(PairAction):
    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        duplicates.later(self.pair(pk))
        return self.leave(_("Put off for 30 days."), organization_url("customers:pair_now", pk=pk))


class NowAgainView(PairAction):
    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        duplicates.now_again(self.pair(pk, postponed=True))
        return self.leave(_("Taken back."))


class ScanView(WholeOrganizationMixin, OrganizationView):
    """Compare all customers now."""

    permission_required = MERGE
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        job = duplicates.start_scan(actor=self.viewer.membership)
        toast(request, _("All customers are being compared."), level="info")
        return redirect(organization_url("workspace:job", pk=job.pk))

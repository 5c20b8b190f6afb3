"""Merging customers field by field, the history of merges, and undoing one."""

import json
import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actions.customer import StaleWrite
from customers.actions.merge import MOST, Unmergeable, merge_customers
from customers.actions.ownership import CapReached
from customers.actions.unmerge import NotUndoable, undo_merge
from customers.forms.merge import MergeForm
from customers.mergeable import BY_KEY
from customers.models import Customer, Merge
from customers.queries.keyset import Order, page
from customers.queries.merge_preview import kind_label
from customers.queries.merges import merge_within, merges_within
from customers.rights import EXCEED, MERGE, VIEW
from customers.text import sentences
from customers.views.merge_pick import CHOICES, PicksCustomers
from customers.views.merge_rows import merge_columns, merge_rows
from tenancy.actions.once import create_once
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from workspace.toasts import toast

NEWEST = Order(("at", "pk"), descending=True)
SIZE = 50
STALE = gettext_lazy("One of these customers was changed meanwhile. Look at the values again, then merge.")


class MergeView(PicksCustomers, OrganizationView):
    """The customers side by side; POST makes one of them. Each must be within reach of a change and of a merge."""

    permission_required = MERGE

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.htmx.target == CHOICES:
            return self.choices()
        if len(self.customers) < 2:
            return self.ask()
        if len(self.customers) > MOST:
            return self.ask(_("Choose two to four customers."))
        return self.show(self.form(None))

    def post(self, request: HttpRequest) -> HttpResponse:
        if "into" not in request.POST:
            # The list sends its ticked rows here.
            query = urlencode({"ids": [one.pk for one in self.customers]}, doseq=True)
            return redirect(f"{request.path}?{query}")
        if not 2 <= len(self.customers) <= MOST:
            return self.ask(_("Choose two to four customers."), 422)
        form = self.form(request.POST)
        done = merge_within(self.viewer, request.POST.get("id", ""))
        if done:
            return self.leave(done)
        if form.is_stale:
            return self.show(self.form(None), 409, STALE)
        if form.is_valid():
            try:
                merge, _made = create_once(Merge, form.cleaned_data["id"], lambda: self.merge(form))
                return self.leave(merge)
            except StaleWrite:
                return self.show(self.form(None), 409, STALE)
            except Unmergeable as refusal:
                return self.show(form, 422, str(refusal))
        note = sentences(str(text) for texts in form.errors.values() for text in texts)
        return self.show(form, 422, note)

    def form(self, data: QueryDict | None) -> MergeForm:
        return MergeForm.of(data, self.customers, self.viewer)

    def merge(self, form: MergeForm) -> Merge:
        rows = {row.pk: row for row in self.customers}
        survivor = rows.pop(form.survivor)
        return merge_customers(
            survivor,
            list(rows.values()),
            actor=self.viewer.membership,
            wanted=form.wanted,
            versions=form.versions,
            id=form.cleaned_data["id"],
        )

    def leave(self, merge: Merge) -> HttpResponse:
        undo = organization_url("customers:merge_undo", pk=merge.pk)
        toast(self.request, _("Merged into %(name)s.") % {"name": merge.survivor}, undo)
        seen = Customer.objects.visible_to(self.viewer, VIEW).filter(pk=merge.survivor_id).exists()
        return redirect(
            organization_url("customers:detail", pk=merge.survivor_id)
            if seen
            else organization_url("customers:list")
        )

    def show(self, form: MergeForm, status: int = 200, note: Any = "") -> HttpResponse:
        if not note and any(one.archived_at for one in self.customers):
            note = _("One of these customers is archived. Restore it first.")
        rows = merge_rows(form, self.viewer)
        context = {
            "form": form,
            "note": note,
            "columns": merge_columns(form),
            "rows": [row for row in rows if row["contested"]],
            "settled": [row for row in rows if not row["contested"]],
            "cancel_url": organization_url("customers:detail", pk=form.sides[0].customer.pk),
        }
        return render(self.request, "customers/merge.html", context, status=status)


class MergeListView(OrganizationView):
    """What has been merged, newest first."""

    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        columns = ("pk", "survivor__name", "survivor__code", "by__name", "at", "undone_at")
        found = page(
            merges_within(self.viewer),
            NEWEST,
            columns,
            cursor=request.GET.get("after", ""),
            direction="after",
            size=SIZE,
        )
        context = {
            "rows": [
                {**row, "key": row["pk"], "name": row["survivor__name"], "by": row["by__name"]}
                for row in found.rows
            ],
            "next_url": f"?after={found.after}" if found.after else "",
            "first_url": request.path if request.GET.get("after") else "",
        }
        return render(request, "customers/merges.html", context)


class MergePage(OrganizationView):
    """A page about one merge whose survivor the viewer sees."""

    permission_required = VIEW

    def row(self, key: uuid.UUID) -> Merge:
        rows = merges_within(self.viewer).select_related("survivor__owner", "by", "undone_by")
        return get_object_or_404(rows, pk=key)


class MergeDetailView(MergePage):
    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        merge = self.row(pk)
        reach, survivor = self.viewer.reach(MERGE), merge.survivor
        context = {
            "merge": merge,
            "merged": [one.customer for one in merge.merged.select_related("customer")],
            "counts": [(kind_label(label), n) for label, n in sorted(merge.counts.items())],
            "replaced": [BY_KEY[key].label for key in json.loads(merge.replaced or "{}") if key in BY_KEY],
            "left": left_in_words(merge.left),
            "may_undo": not merge.undone_at
            and reach is not None
            and reach.covers(survivor.owner_id, survivor.pk),
        }
        return render(request, "customers/merge_detail.html", context)


class MergeUndoView(MergePage):
    """Takes the merge apart again."""

    permission_required = MERGE
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        merge = self.row(pk)
        get_object_or_404(Customer.objects.visible_to(self.viewer, MERGE), pk=merge.survivor_id)
        url = organization_url("customers:merge_detail", pk=merge.pk)
        try:
            over_cap = self.viewer.can(EXCEED)
            left = undo_merge(merge, actor=self.viewer.membership, over_cap=over_cap)
        except (NotUndoable, CapReached) as refusal:
            toast(request, str(refusal), level="warning")
            return redirect(url)
        words = left_in_words(left.to_json())
        if words:
            toast(request, sentences([_("The merge was undone."), *words]), level="warning")
        else:
            toast(request, _("The merge was undone."))
        return redirect(url)


def left_in_words(left: dict[str, Any]) -> list[str]:
    """What an undo left as it was, in the reader's language."""
    found = []
    if left.get("fields"):
        names = _(", ").join(str(BY_KEY[key].label) for key in left["fields"] if key in BY_KEY)
        found.append(_("Changed since, so kept as they are now: %(fields)s.") % {"fields": names})
    if left.get("changed"):
        found.append(_("Entries changed since, given back with the change: %(n)s.") % {"n": left["changed"]})
    if left.get("gone"):
        found.append(_("Entries deleted or given away since, not given back: %(n)s.") % {"n": left["gone"]})
    return found

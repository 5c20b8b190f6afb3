"""What is done to many rows of the list at once."""

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.actions import book, bulk
from customers.actions.bulk import NO_RIGHT, SAME, Selection, start_bulk
from customers.actions.bulk_changes import FULL
from customers.bulk import bulk_changes
from customers.forms.bulk import BulkEditForm, BulkTagForm
from customers.forms.owner import OwnerForm
from customers.models import BulkRun
from customers.queries.asked import LONGEST_QUERY
from customers.rights import VIEW
from customers.text import sentences
from customers.views.listing import next_url
from tenancy.keys import keys_in
from tenancy.links import organization_url
from tenancy.models import Membership
from tenancy.views.base import OrganizationView
from workspace.toasts import toast


def selection_of(request: HttpRequest) -> Selection:
    """The customers ticked in the list, or all that match it."""
    if request.POST.get("all"):
        return Selection(query=request.POST.get("query", "")[:LONGEST_QUERY])
    return Selection(keys_in(request.POST.getlist("ids")[: book.AT_ONCE]))


class BulkView(OrganizationView):
    """One of the `bulk_changes`, without a question or with one."""

    http_method_names = ("post", "options")
    change: str

    @property
    def permission_required(self) -> str:  # type: ignore[override]
        return bulk_changes[self.change].permission

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.carry_out({})

    def carry_out(self, params: dict[str, Any], note: str = "") -> HttpResponse:
        run = start_bulk(self.change, selection_of(self.request), params, viewer=self.viewer, note=note)
        if run is None:
            return self.nothing()
        if run.job_id:
            toast(self.request, _("Working on it in the background. You may go on."), level="info")
            return redirect(organization_url("customers:bulk_run", pk=run.pk))
        undo = organization_url("customers:undo", batch=run.pk) if run.changed else None
        toast(self.request, done_text(run), undo)
        return redirect(next_url(self.request))

    def nothing(self) -> HttpResponse:
        text = _("Select at least one customer that you may change.")
        if not selection_of(self.request).is_understood(self.viewer):
            text = _(
                "The filters of the list have changed meanwhile, and nothing was done. Look at it again."
            )
        toast(self.request, text, level="warning")
        return redirect(next_url(self.request))


class BulkQuestion(BulkView):
    """First asks, then acts."""

    form_class: type[forms.Form]
    title: str | Promise
    submit: str | Promise
    template = "customers/bulk_form.html"

    def params(self, form: Any) -> dict[str, Any]:
        raise NotImplementedError

    def note(self, form: Any) -> str:
        """What is said in free words."""
        return ""

    def form(self, data: Any) -> forms.Form:
        return self.form_class(data)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST if "answered" in request.POST else None)
        if form.is_valid():
            return self.carry_out(self.params(form), self.note(form))
        selection = selection_of(request)
        rows = selection.within(self.viewer, self.permission_required)
        ids = [] if selection.query is not None else list(rows.order_by("pk").values_list("pk", flat=True))
        count = len(ids) if selection.query is None else rows.count()
        if not count:
            return self.nothing()
        context = {
            "form": form, "ids": ids, "count": count, "query": selection.query, "next": next_url(request),
            "title": self.title, "submit": self.submit, "action": request.path,
        }  # fmt: skip
        return render(request, self.template, context, status=422 if form.is_bound else 200)


class BulkArchiveView(BulkView):
    change = "archive"


class BulkRestoreView(BulkView):
    change = "restore"


class BulkAssignView(BulkQuestion):
    change = "assign"
    title, submit = gettext_lazy("Assign customers"), gettext_lazy("Assign")

    def form(self, data: Any) -> OwnerForm:
        if data is None and "owner" in self.request.POST:
            data = self.request.POST
        return OwnerForm(data, viewer=self.viewer, more=self.more)

    def more(self, owner: Membership) -> int:
        """How many of the selection would be new in the owner's book."""
        rows = selection_of(self.request).within(self.viewer, self.permission_required)
        return rows.filter(archived_at=None).exclude(owner=owner).order_by().count()

    def params(self, form: OwnerForm) -> dict[str, Any]:
        owner, over_cap = form.cleaned_data["owner"], form.cleaned_data["over_cap"]
        return {"owner": str(owner.pk), "name": str(owner), "over_cap": over_cap}


class BulkEditView(BulkQuestion):
    change = "fields"
    title, submit = gettext_lazy("Change fields"), gettext_lazy("Change")
    template = "customers/bulk_edit.html"

    def form(self, data: Any) -> BulkEditForm:
        return BulkEditForm(data, viewer=self.viewer)

    def params(self, form: BulkEditForm) -> dict[str, Any]:
        return {"values": form.values(), "own": form.own()}


class BulkTagView(BulkQuestion):
    change = "tag"
    form_class = BulkTagForm
    title, submit = gettext_lazy("Add tags"), gettext_lazy("Add tags")

    def params(self, form: BulkTagForm) -> dict[str, Any]:
        return {"tags": [str(tag.pk) for tag in form.cleaned_data["tags"]]}


class BulkUntagView(BulkTagView):
    change = "untag"
    title, submit = gettext_lazy("Remove tags"), gettext_lazy("Remove tags")


class BulkRunView(OrganizationView):
    """What a bulk change has done, how far it is, and the way back."""

    permission_required = VIEW

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        runs = BulkRun.objects.filter(actor=self.viewer.membership).select_related("job", "undo_job")
        run = get_object_or_404(runs, pk=pk)
        job = run.undo_job or run.job
        context = {
            "run": run,
            "label": bulk_changes[run.change].label,
            "job": job if job and (job.is_active or job.error) else None,
            "done": done_text(run),
            "left": left_texts(run),
            "can_undo": bulk.can_undo(run) and self.viewer.can(bulk_changes[run.change].permission),
            "undo_url": organization_url("customers:undo", batch=run.pk),
            "may_change": True,
        }
        return render(request, "customers/bulk_run.html", context)


def done_text(run: BulkRun) -> str:
    """What happened, and to how many not."""
    return sentences([bulk_changes[run.change].done(run), *left_texts(run)])


def left_texts(run: BulkRun) -> list[str]:
    texts = {
        NO_RIGHT: lambda n: ngettext("%(n)s left alone: no right to change it.",
                                     "%(n)s left alone: no right to change them.", n),
        SAME: lambda n: ngettext("%(n)s was so already.", "%(n)s were so already.", n),
        FULL: lambda n: ngettext("%(n)s left alone: its owner may own no more.",
                                 "%(n)s left alone: their owner may own no more.", n),
    }  # fmt: skip
    return [texts[code](n) % {"n": n} for code, n in sorted(run.reasons.items()) if code in texts]

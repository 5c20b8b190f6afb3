"""Undo of what was done to one customer or to many."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actions import book
from customers.actions.bulk import NoPlace, undo_bulk
from customers.actions.ownership import CapReached
from customers.models import BulkRun
from customers.rights import VIEW
from customers.views.listing import next_url
from tenancy.errors import Refused
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from workspace.toasts import toast


class UndoView(OrganizationView):
    """Takes back what the viewer has just done to one or many customers."""

    permission_required = VIEW
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
        run = BulkRun.objects.select_related("job").filter(pk=batch, actor=self.viewer.membership).first()
        if run is not None:
            return self._undo_run(run)
        try:
            count = book.undo(batch, viewer=self.viewer)
        except book.UnknownBatch:
            raise Http404 from None
        except CapReached as refusal:
            return self._refuse(refusal)
        return self._tell(count)

    def _refuse(self, refusal: Refused) -> HttpResponse:
        toast(self.request, _("Nothing was undone. %(why)s") % {"why": refusal}, level="warning")
        return redirect(next_url(self.request))

    def _undo_run(self, run: BulkRun) -> HttpResponse:
        already = run.undone_at is not None
        try:
            run = undo_bulk(run, viewer=self.viewer)
        except NoPlace as refusal:
            return self._refuse(refusal)
        if run.undo_job_id and not already:
            toast(self.request, _("Undoing in the background."), level="info")
            return redirect(organization_url("customers:bulk_run", pk=run.pk))
        return self._tell(0) if already else self._tell(run.undone, run.kept, run.full)

    def _tell(self, count: int, kept: int = 0, full: int = 0) -> HttpResponse:
        if not count:
            toast(self.request, _("There was nothing left to undo."), level="warning")
            return redirect(next_url(self.request))
        text = ngettext("Undone for %(n)s customer.", "Undone for %(n)s customers.", count) % {"n": count}
        if kept:
            text += " " + kept_text(kept)
        if full:
            text += " " + full_text(full)
        toast(self.request, text, level="warning" if full else "success")
        return redirect(next_url(self.request))


def kept_text(kept: int) -> str:
    return ngettext(
        "%(n)s was changed since and keeps that change.",
        "%(n)s were changed since and keep those changes.",
        kept,
    ) % {"n": kept}


def full_text(full: int) -> str:
    return ngettext(
        "%(n)s stays as it is: whose it was may own no more.",
        "%(n)s stay as they are: whose they were may own no more.",
        full,
    ) % {"n": full}

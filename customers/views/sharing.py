"""Sharing a customer with colleagues: added, changed and ended on its page; and what is shared with oneself."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actions.collaborator import (
    UNSHARED,
    Target,
    TooManyShared,
    leave_share,
    remove_collaborator,
    share_again,
    share_customers,
)
from customers.forms.sharing import ShareForm, TermsForm, terms_of
from customers.models import Collaborator, Customer, TimelineEntry
from customers.queries.keyset import Order, page
from customers.queries.sharing import shared_with, watched_members
from customers.rights import SHARE, VIEW
from customers.views.base import CustomerDialog, CustomerPage
from customers.views.bulk import BulkQuestion
from tenancy.access import viewer_for
from tenancy.enums import ShareLevel
from tenancy.forms.members import member_select
from tenancy.keys import keys_in
from tenancy.links import organization_url
from tenancy.member_choice import register_member_source
from tenancy.models import Membership
from tenancy.views.base import OrganizationView
from workspace.toasts import toast

NEWEST = Order(("pk",), descending=True)
SIZE = 50
WATCHED = "customers.shared_with"
register_member_source(WATCHED, watched_members)
_COLUMNS = (
    "customer_id", "customer__name", "customer__code", "customer__owner__name", "shared_by__name", "level", "until", "reason",
    "department__name",
)  # fmt: skip


class SharingPage(CustomerDialog):
    """For whom the right reaches the customer's owner: a collaborator does not share on."""

    permission_required = SHARE
    dialog, page = "_share_dialog", "share_form"

    def share(self, target: Target, form: TermsForm) -> bool:
        """Whether it could be done; if not, the form says why."""
        try:
            share_customers([self.customer.pk], target, form.terms, actor=self.viewer.membership)
        except TooManyShared as refusal:
            form.add_error(None, str(refusal.reason))
            return False
        return True


class ShareView(SharingPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(_("Share this customer"), ShareForm(viewer=self.viewer, customer=self.customer))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ShareForm(request.POST, viewer=self.viewer, customer=self.customer)
        if not form.is_valid() or not self.share(form.target, form):
            return self.show(_("Share this customer"), form, 422)
        return self.leave(_("Shared with %(name)s.") % {"name": form.target})


class CollaboratorPage(SharingPage):
    """A page about one collaborator of the customer."""

    def row(self, key: uuid.UUID) -> Collaborator:
        rows = Collaborator.objects.filter(customer=self.customer).select_related("member", "department")
        return get_object_or_404(rows, pk=key)


class CollaboratorEditView(CollaboratorPage):
    def get(self, request: HttpRequest, collaborator: uuid.UUID) -> HttpResponse:
        row = self.row(collaborator)
        return self.show(self.title(row), TermsForm(initial=terms_of(row)), collaborator=row)

    def post(self, request: HttpRequest, collaborator: uuid.UUID) -> HttpResponse:
        row = self.row(collaborator)
        form, target = TermsForm(request.POST), row.member or row.department
        assert target is not None
        if request.POST.get("seen", "") not in ("", row.shared_at.isoformat()):
            form, note = (
                TermsForm(initial=terms_of(row)),
                _("Somebody has changed this meanwhile. Look at it again."),
            )
            return self.show(self.title(row), form, 409, collaborator=row, note=note)
        if not form.is_valid() or not self.share(target, form):
            return self.show(self.title(row), form, 422, collaborator=row)
        return self.leave(_("Saved."))

    def title(self, row: Collaborator) -> str:
        return _("Shared with %(name)s") % {"name": row.name}


class CollaboratorRemoveView(CollaboratorPage):
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, collaborator: uuid.UUID) -> HttpResponse:
        row = self.row(collaborator)
        entry = remove_collaborator(row, actor=self.viewer.membership)
        undo = organization_url("customers:share_again", pk=self.customer.pk, entry=entry.pk)
        return self.leave(_("No longer shared with %(name)s.") % {"name": row.name}, undo)


class ShareAgainView(SharingPage):
    """Takes back a removal of one's own."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, entry: uuid.UUID) -> HttpResponse:
        rows = TimelineEntry.objects.filter(
            customer=self.customer, kind=UNSHARED, actor=self.viewer.membership
        )
        row = get_object_or_404(rows, pk=entry)
        if share_again(row, actor=self.viewer.membership):
            return self.leave(_("Shared with %(name)s.") % {"name": row.params["name"]})
        return self.leave(_("There was nothing left to undo."))


class LeaveShareView(CustomerPage):
    """A collaborator takes themselves off the customer; its owner is told."""

    permission_required = VIEW
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        me = self.viewer.membership
        entry = leave_share(self.customer, member=me)
        if entry is None:
            raise Http404
        undo = organization_url("customers:share_unleave", pk=self.customer.pk, entry=entry.pk)
        toast(request, _("%(name)s is no longer shared with you.") % {"name": self.customer}, undo)
        seen = Customer.objects.visible_to(viewer_for(me), VIEW).filter(pk=self.customer.pk).exists()
        if seen:
            return redirect(self.customer.get_absolute_url())
        return redirect(organization_url("customers:shared_with_me"))


class UnleaveShareView(OrganizationView):
    """Takes back that one has left: the customer itself may be out of sight by then."""

    permission_required = VIEW
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, pk: uuid.UUID, entry: uuid.UUID) -> HttpResponse:
        rows = TimelineEntry.objects.filter(customer=pk, kind=UNSHARED, actor=self.viewer.membership)
        row = get_object_or_404(rows, pk=entry)
        if not row.params.get("left"):
            raise Http404
        if share_again(row, actor=self.viewer.membership):
            toast(request, _("It is shared with you again."))
            return redirect(organization_url("customers:detail", pk=pk))
        toast(request, _("There was nothing left to undo."), level="warning")
        return redirect(organization_url("customers:shared_with_me"))


class BulkShareView(BulkQuestion):
    change = "share"
    title, submit = gettext_lazy("Share customers"), gettext_lazy("Share")

    def form(self, data: Any) -> ShareForm:
        return ShareForm(data, viewer=self.viewer)

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            return super().post(request)
        except TooManyShared as refusal:
            toast(request, str(refusal.reason), level="warning")
            return self.leave()

    def leave(self) -> HttpResponse:
        return redirect(organization_url("customers:list"))

    def params(self, form: ShareForm) -> dict[str, Any]:
        target, terms = form.target, form.terms
        kind = "member" if isinstance(target, Membership) else "department"
        until = terms.until.isoformat() if terms.until else ""
        return {kind: str(target.pk), "name": str(target), "level": int(terms.level), "until": until}

    def note(self, form: ShareForm) -> str:
        return form.terms.reason


class SharedWithMeView(OrganizationView):
    """What colleagues share with the viewer, or with a member whose customers the viewer may share: by whom, how far,
    until when; the newest first."""

    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        after, member = request.GET.get("after", ""), self.member()
        rows = shared_with(member or self.viewer.membership, self.viewer)
        found = page(rows, NEWEST, _COLUMNS, cursor=after, direction="after", size=SIZE)
        context = {
            "rows": [
                {
                    **{name.replace("__", "_"): value for name, value in row.items()},
                    "level": ShareLevel(row["level"]),
                }
                for row in found.rows
            ],
            "member": member,
            "member_select": member_select(
                WATCHED,
                self.viewer,
                "member",
                member,
                label=_("Member"),
                everybody=_("Me"),
                asked=request.GET,
            ),
            "next_url": f"?{urlencode({'member': member.pk if member else '', 'after': found.after})}"
            if found.after
            else "",
            "first_url": request.path if after else "",
        }
        return render(request, "customers/shared_with_me.html", context)

    def member(self) -> Membership | None:
        """Whom the address names; None when it is nobody of whom the viewer may know."""
        keys = keys_in([self.request.GET.get("member", "")])
        return watched_members(self.viewer).filter(pk__in=keys).first() if keys else None

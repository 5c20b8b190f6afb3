"""Verifying customers, one after the other."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from customers.actions.disclosure import record_reveal
from customers.actions.verification import take_back, verify_customer
from customers.enums import Checked, Tier
from customers.filters import members, owner_select
from customers.forms.verification import CHECK, VerificationForm
from customers.models import CustomerHealth, Verification
from customers.queries import verification as queries
from customers.queries.keyset import page
from customers.rights import CHANGE, REVEAL, VIEW
from customers.views.base import CustomerPage
from customers.views.counted import customers_counted
from customers.views.detail import shown_point
from customers.views.quality import tabs_for
from tenancy.actions.once import create_once
from tenancy.counting import capped_count
from tenancy.errors import Refused
from tenancy.keys import key_in
from tenancy.links import organization_url
from tenancy.models import Membership
from tenancy.views.base import OrganizationView
from workspace.toasts import toast

SIZE = 50
COLUMNS = (
    "customer_id", "customer__name", "customer__tier", "owner_id", "owner__name", "verified_on", "due_on", "overdue",
    "completeness",
)  # fmt: skip


class Queue:
    """The work list that one goes through: what is due, of whom, of which tier."""

    def __init__(self, request: HttpRequest) -> None:
        query = request.GET
        self.request = request
        self.when = queries.SOON_DUE if query.get("when") == queries.SOON_DUE else queries.OVERDUE
        self.tier = query.get("tier", "") if query.get("tier") in Tier.values else ""
        self.active = "when" in query

    @cached_property
    def owner(self) -> Membership | None:
        """A colleague within reach, named in the address; None when there is none such."""
        key = key_in(self.request.GET.get("owner", ""))
        return members(self.request.viewer).filter(pk=key).first() if key else None

    @property
    def rows(self):
        owner = self.owner
        return queries.due_rows(
            self.request.viewer, self.when, owner=owner.pk if owner else None, tier=self.tier
        )

    def query(self, **changes: str) -> str:
        values = {
            "when": self.when,
            "owner": str(self.owner.pk) if self.owner else "",
            "tier": self.tier,
        } | changes
        return urlencode({name: value for name, value in values.items() if value})

    def url_of(self, customer: uuid.UUID) -> str:
        return f"{organization_url('customers:verify', pk=customer)}?{self.query()}"


class VerificationListView(OrganizationView):
    """Customers whose data is due for verification: a list to work through."""

    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        queue = Queue(request)
        rows = queue.rows
        found = page(
            rows, queries.IN_ORDER, COLUMNS, cursor=request.GET.get("after", ""), direction="after", size=SIZE
        )
        context = {
            "rows": [self._row(row, queue) for row in found.rows],
            "count_text": customers_counted(capped_count(rows)),
            "queue": queue,
            "tiers": Tier.choices,
            "member_select": owner_select(self.viewer, queue.owner, request.GET),
            "tabs": tabs_for(self.viewer, "verification"),
            "parts": self._parts(queue),
            "start_url": queue.url_of(found.rows[0]["customer_id"]) if found.rows else "",
            "next_url": f"?{queue.query(after=found.after)}" if found.after else "",
            "first_url": f"?{queue.query()}" if request.GET.get("after") else "",
            "may_verify": self.viewer.can(CHANGE),
            "is_narrowed": bool(queue.owner or queue.tier),
            "clear_url": f"?when={queue.when}",
        }
        return render(request, "customers/verification.html", context)

    @staticmethod
    def _row(row: dict[str, Any], queue: Queue) -> dict[str, Any]:
        return {
            **row,
            "key": row["customer_id"],
            "name": row["customer__name"],
            "tier": Tier(row["customer__tier"]).label,
            "owner": row["owner__name"],
            "verified_on": None if row["verified_on"].year == 1900 else row["verified_on"],
            "url": queue.url_of(row["customer_id"]),
        }

    @staticmethod
    def _parts(queue: Queue) -> list[dict[str, Any]]:
        labels = {queries.OVERDUE: _("Overdue"), queries.SOON_DUE: _("Due within 30 days")}
        return [
            {"label": label, "url": f"?{queue.query(when=when)}", "current": when == queue.when}
            for when, label in labels.items()
        ]


class VerifyView(CustomerPage):
    """The data to confirm: right, wrong or changed. Comes with the next customer when one works through the list."""

    permission_required = CHANGE

    @cached_property
    def queue(self) -> Queue:
        return Queue(self.request)

    @cached_property
    def things(self) -> list[queries.Thing]:
        return queries.things_of(self.customer)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        saved = form.already_saved()
        if saved is not None:
            return redirect(self.onward(saved, self.place()))
        form.instance.customer = self.customer
        if not form.is_valid():
            return self.show(self.form() if form.is_stale else form, 422, note=form.non_field_errors())
        place = self.place()
        row, _made = create_once(Verification, form.instance.pk, lambda: self.save(form))
        undo = organization_url("customers:verification_undo", pk=self.customer.pk, verification=row.pk)
        toast(request, _("%(name)s was verified.") % {"name": self.customer}, undo, clears=self.draft)
        return redirect(self.onward(row, place))

    def form(self, data: Any = None) -> VerificationForm:
        return VerificationForm(data, things=self.things, version=self.customer.version)

    def save(self, form: VerificationForm) -> Verification:
        return verify_customer(form.instance, answers=form.answers(), actor=self.viewer.membership)

    def place(self) -> str:
        """Where the customer stands in the list, before it leaves it."""
        health = CustomerHealth.objects.filter(customer=self.customer).first()
        return queries.place_of(health) if self.queue.active and health else ""

    def onward(self, row: Verification, place: str) -> str:
        """To the form, where something has changed; to the next customer of the list; back to this one's page."""
        if row.checked.get(Checked.CHANGED.value):
            return organization_url("customers:edit", pk=self.customer.pk)
        if self.queue.active:
            key = queries.next_due(self.queue.rows.exclude(customer=self.customer.pk), place)
            return (
                self.queue.url_of(key)
                if key
                else f"{organization_url('customers:verification')}?{self.queue.query()}"
            )
        return organization_url("customers:detail", pk=self.customer.pk)

    @property
    def draft(self) -> str:
        return f"verify-{self.customer.pk}"

    def show(self, form: VerificationForm, status: int = 200, note: Any = "") -> HttpResponse:
        reveal = self.may(REVEAL)
        if reveal and any(thing.point for thing in self.things):
            record_reveal(self.viewer, self.customer, "verify", page="verify")
        context = {
            "form": form,
            "notes": note,
            "customer": self.customer,
            "rows": [self._row(thing, form, reveal) for thing in self.things],
            "earlier": queries.verifications_of(self.customer, 1),
            "draft": self.draft,
            "cancel_url": self._cancel_url(),
            "skip_url": self._skip_url(),
        }
        response = render(self.request, "customers/verify.html", context, status=status)
        if reveal:
            response["Cache-Control"] = "no-store"
        return response

    def _row(self, thing: queries.Thing, form: VerificationForm, reveal: bool) -> dict[str, Any]:
        shown = shown_point(thing.point, full=reveal) if thing.point else {"text": thing.text, "href": ""}
        bound = form[CHECK + thing.key]
        return {
            "thing": thing,
            "text": shown["text"],
            "href": shown["href"],
            "field": bound,
            "value": str(bound.value()),
        }

    def _cancel_url(self) -> str:
        if self.queue.active:
            return f"{organization_url('customers:verification')}?{self.queue.query()}"
        return organization_url("customers:detail", pk=self.customer.pk)

    def _skip_url(self) -> str:
        if not self.queue.active:
            return ""
        key = queries.next_due(self.queue.rows.exclude(customer=self.customer.pk), self.place())
        return self.queue.url_of(key) if key else ""


class VerificationUndoView(CustomerPage):
    """Takes back what one has just verified."""

    permission_required = CHANGE
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, verification: uuid.UUID) -> HttpResponse:
        rows = Verification.objects.filter(
            customer=self.customer, by=self.viewer.membership, taken_back_at=None
        )
        row = get_object_or_404(rows, pk=verification)
        try:
            take_back(row, actor=self.viewer.membership)
        except Refused as refusal:
            toast(request, str(refusal), level="warning")
        else:
            toast(request, _("Taken back."))
        return redirect(organization_url("customers:detail", pk=self.customer.pk))

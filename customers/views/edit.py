"""Making and changing a customer; the warning about a possible duplicate."""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import HttpResponseClientRedirect

from customers.actions.customer import create_customer, edit_customer
from customers.actions.disclosure import record_reveal
from customers.actions.ownership import CapReached
from customers.actions.points import PointInput
from customers.enums import PointKind
from customers.forms.cap import ask_for_place
from customers.forms.customer import CustomerCreateForm, CustomerFields, QuickCustomerForm, normal_phone
from customers.forms.entry import Entry, StoredEntry, new_entry, stored_entry
from customers.forms.points import points_formset
from customers.models import Customer
from customers.queries.aliases import other_names
from customers.queries.duplicates import TooMany, possible_duplicates
from customers.rights import ADD, CHANGE, EXCEED, REVEAL, VIEW
from customers.views.base import CustomerPage
from customers.views.conflict import conflict_context
from customers.views.steps import entry_steps
from tenancy.actions.once import create_once
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from workspace.toasts import toast

TOO_MANY = gettext_lazy(
    "Too many numbers were looked up: this one is not compared. Try again in ten minutes."
)


class DuplicateWarning:
    """A form whose valid content may describe a customer that exists: saved only when the person says so."""

    def is_accepted(self, form: CustomerFields, points: list[tuple[str, str]]) -> bool:
        known: dict[str, Any] = {
            "name": form.cleaned_data.get("name", ""),
            "person": form.is_person,
            # Not itself: neither the row that is edited nor the one that the same submit has just made.
            "exclude": form.instance.pk,
            # Who has said once that a similar one is another is not asked at every later change.
            "similar": form.instance._state.adding or "name" in form.changed_data,
        }
        identity = form.cleaned_data.get("identity_number") or ""
        try:
            form.duplicates = possible_duplicates(self.viewer, points=points, identity=identity, **known)
        except TooMany:
            form.duplicates = possible_duplicates(self.viewer, **known)
            form.warnings.append(str(TOO_MANY))
        return not (form.duplicates or form.warnings) or form.cleaned_data.get("override", False)

    def page_of(self, customer: Customer) -> str:
        """The customer's page; the list, for who has made it for somebody out of reach."""
        reach = self.viewer.reach(VIEW)
        if reach is not None and reach.covers(customer.owner_id, customer.pk):
            return organization_url("customers:detail", pk=customer.pk)
        return organization_url("customers:list" if reach else "today")

    def exceeds(self, form: CustomerFields) -> bool:
        """Whether somebody who may has said that the owner's cap does not matter here."""
        return bool(self.viewer.can(EXCEED) and form.cleaned_data.get("override"))

    @staticmethod
    def overruled(form: CustomerFields) -> list[str]:
        return sorted({reason for duplicate in form.duplicates for reason in duplicate.reasons})


class CustomerCreateView(DuplicateWarning, OrganizationView):
    permission_required = ADD

    def get(self, request: HttpRequest) -> HttpResponse:
        initial = {name: request.GET[name] for name in ("name", "kind") if name in request.GET}
        return self.show(new_entry(None, self.viewer, initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        entry = new_entry(request.POST, self.viewer)
        saved = entry.form.already_saved()
        if saved is not None:
            return redirect(self.page_of(saved))
        accepted = entry.is_valid() and ask_for_place(entry.form, self.viewer)
        if not accepted or not self.is_accepted(entry.form, entry.details()):
            return self.show(entry, 422)
        try:
            customer, created = create_once(Customer, entry.form.instance.pk, partial(self.create, entry))
        except CapReached as refusal:
            entry.form.add_error(None, str(refusal))
            return self.show(entry, 422)
        if created:
            toast(request, _("%(name)s was added.") % {"name": customer}, clears="customer-new")
        return redirect(self.next_of(customer))

    def next_of(self, customer: Customer) -> str:
        """The next step of entry when it was asked for; the customer's page otherwise."""
        reach = self.viewer.reach(CHANGE)
        if (
            "continue" in self.request.POST
            and reach is not None
            and reach.covers(customer.owner_id, customer.pk)
        ):
            return organization_url("customers:needs_edit", pk=customer.pk) + "?steps=1"
        return self.page_of(customer)

    def create(self, entry: Entry[CustomerCreateForm]) -> Customer:
        form = entry.form
        if "owner" not in form.fields:
            form.instance.owner = self.viewer.membership
        return create_customer(
            form.instance,
            actor=self.viewer.membership,
            points=entry.points.inputs(),
            people=form.people(),
            needs=form.needs(),
            aliases=entry.aliases.inputs(),
            custom=form.custom_input(),
            despite=self.overruled(form),
            over_cap=self.exceeds(form),
        )

    def show(self, entry: Entry[CustomerCreateForm], status: int = 200) -> HttpResponse:
        cancel_url = organization_url("customers:list")
        context = {**entry.context, "steps": entry_steps("basics"), "cancel_url": cancel_url}
        return render(self.request, "customers/create.html", context, status=status)


class QuickCreateView(DuplicateWarning, OrganizationView):
    """The few fields of the dialog; leads to the new customer's page."""

    permission_required = ADD

    def get(self, request: HttpRequest) -> HttpResponse:
        initial = {"name": request.GET.get("name", "")}
        return self.show(QuickCustomerForm(initial=initial, viewer=self.viewer, reveal=True))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = QuickCustomerForm(request.POST, viewer=self.viewer, reveal=True)
        saved = form.already_saved()
        if saved is not None:
            return self.leave(saved)
        accepted = form.is_valid() and ask_for_place(form, self.viewer)
        if not accepted or not self.is_accepted(form, form.details()):
            return self.show(form, 422)
        try:
            customer, created = create_once(Customer, form.instance.pk, lambda: self.create(form))
        except CapReached as refusal:
            form.add_error(None, str(refusal))
            return self.show(form, 422)
        if created:
            toast(request, _("%(name)s was added.") % {"name": customer}, clears="customer-quick")
        return self.leave(customer)

    def create(self, form: QuickCustomerForm) -> Customer:
        form.instance.owner = self.viewer.membership
        points = [PointInput(kind, value) for kind, value in form.details()]
        return create_customer(
            form.instance,
            actor=self.viewer.membership,
            points=points,
            needs=form.needs(),
            custom=form.custom_input(),
            despite=self.overruled(form),
            over_cap=self.exceeds(form),
        )

    def leave(self, customer: Customer) -> HttpResponse:
        url = self.page_of(customer)
        return HttpResponseClientRedirect(url) if self.request.htmx else redirect(url)

    def show(self, form: QuickCustomerForm, status: int = 200) -> HttpResponse:
        name = "_quick" if self.request.htmx else "quick"
        return render(self.request, f"customers/{name}.html", {"form": form}, status=status)


class CustomerEditView(DuplicateWarning, CustomerPage):
    permission_required = CHANGE

    def enriched(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        return rows.annotate(names=other_names())

    def get(self, request: HttpRequest) -> HttpResponse:
        entry = self.entry(None)
        if self.may(REVEAL) and entry.has_numbers:
            record_reveal(self.viewer, self.customer, "edit", page="edit")
        return self.show(entry)

    def post(self, request: HttpRequest) -> HttpResponse:
        entry = self.entry(request.POST)
        valid = entry.is_valid()
        if entry.form.conflict:
            sides = conflict_context(entry, self.customer, request.POST)
            return self.show(entry, 409, "customers/conflict.html", **sides)
        accepted = valid and ask_for_place(entry.form, self.viewer)
        if not accepted or not self.is_accepted(entry.form, entry.points.values()):
            entry.form.instance.refresh_from_db(fields=["name"])
            return self.show(entry, 422)
        try:
            self.save(entry)
        except CapReached as refusal:
            entry.form.add_error(None, str(refusal))
            return self.show(entry, 422)
        toast(request, _("Saved."), clears=self.draft)
        return redirect(organization_url("customers:detail", pk=self.customer.pk))

    def entry(self, data: QueryDict | None) -> StoredEntry:
        return stored_entry(data, self.customer, self.viewer, reveal=self.may(REVEAL))

    def save(self, entry: StoredEntry) -> None:
        form, posted = entry.form, self.request.POST
        edit_customer(
            form.instance,
            actor=self.viewer.membership,
            points=None if posted.get("resolve-points") == "theirs" else entry.points.inputs(),
            aliases=None if posted.get("resolve-aliases") == "theirs" else entry.aliases.inputs(),
            custom=form.custom_input(),
            despite=self.overruled(form),
            over_cap=self.exceeds(form),
        )

    @property
    def draft(self) -> str:
        return f"customer-{self.customer.pk}"

    def show(
        self, entry: StoredEntry, status: int = 200, template: str = "customers/edit.html", **more: Any
    ) -> HttpResponse:
        cancel_url = organization_url("customers:detail", pk=self.customer.pk)
        context = {
            **entry.context, "customer": self.customer, "draft": self.draft, "cancel_url": cancel_url, **more,
        }  # fmt: skip
        return render(self.request, template, context, status=status)


class DuplicateCheckView(DuplicateWarning, OrganizationView):
    """The warning alone, asked for while somebody types. POST, so that no number stands in an address."""

    permission_required = ADD
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = QuickCustomerForm(request.POST, viewer=self.viewer, reveal=True)
        form.is_valid()
        points = self.points(form)
        self.is_accepted(form, points)
        form.duplicates = [one for one in form.duplicates if str(one.pk) != request.POST.get("exclude")]
        name = "_duplicates" if request.htmx else "duplicates"
        return render(request, f"customers/{name}.html", {"form": form})

    def points(self, form: QuickCustomerForm) -> list[tuple[str, str]]:
        kinds = form.details_collected()
        typed = form.details()
        if PointKind.PHONE in kinds:
            typed += self.person_phone()
        if "points-TOTAL_FORMS" in self.request.POST:
            rows = points_formset(self.request.POST, [], kinds=kinds, reveal=True)
            rows.is_valid()
            typed += rows.values()
        return typed

    def person_phone(self) -> list[tuple[str, str]]:
        try:
            phone = normal_phone(self.request.POST.get("person_phone", "")[:40])
        except ValidationError:
            return []
        return [(PointKind.PHONE, phone)] if phone else []

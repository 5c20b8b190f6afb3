"""Making and changing a customer; the warning about a possible duplicate."""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import HttpResponseClientRedirect

from customers.actions.customer import create_customer, edit_customer
from customers.actions.disclosure import record_reveal
from customers.actions.ownership import CapReached
from customers.actions.points import PointInput
from customers.enums import PointKind
from customers.forms.aliases import BaseAliasFormSet, aliases_formset
from customers.forms.cap import EXCEED, ask_for_place
from customers.forms.customer import (
    NUMBERS,
    CustomerCreateForm,
    CustomerEditForm,
    CustomerFields,
    QuickCustomerForm,
    checked_while_typing,
    normal_phone,
)
from customers.forms.points import BasePointFormSet, points_formset
from customers.masking import masked
from customers.models import ContactPoint, Customer
from customers.queries.duplicates import TooMany, possible_duplicates
from customers.views.base import ADD, CHANGE, REVEAL, VIEW, CustomerPage
from customers.views.steps import entry_steps
from tenancy.actions.once import create_once
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from workspace.toasts import toast

TOO_MANY = gettext_lazy(
    "Too many numbers were looked up: this one is not compared. Try again in ten minutes."
)
FIRST_ROWS = (PointKind.PHONE, PointKind.EMAIL, PointKind.WECHAT)


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
        form = CustomerCreateForm(initial=initial, viewer=self.viewer, reveal=True)
        points = points_formset(None, [], reveal=True, blanks=FIRST_ROWS, checked_by=checked_while_typing())
        return self.show(form, points, aliases_formset(None, []))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CustomerCreateForm(request.POST, viewer=self.viewer, reveal=True)
        saved = form.already_saved()
        if saved is not None:
            return redirect(self.page_of(saved))
        points = points_formset(request.POST, [], reveal=True, checked_by=checked_while_typing())
        aliases = aliases_formset(request.POST, [])
        valid = form.is_valid() & points.is_valid() & aliases.is_valid()
        details = self.details(form, points) if valid else []
        if not valid or not ask_for_place(form, self.viewer) or not self.is_accepted(form, details):
            return self.show(form, points, aliases, 422)
        make = partial(self.create, form, points, aliases)
        try:
            customer, created = create_once(Customer, form.instance.pk, make)
        except CapReached as refusal:
            form.add_error(None, str(refusal))
            return self.show(form, points, aliases, 422)
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

    @staticmethod
    def details(form: CustomerCreateForm, points: BasePointFormSet) -> list[tuple[str, str]]:
        phone = form.cleaned_data.get("person_phone")
        return [*points.values(), *([(PointKind.PHONE, phone)] if phone else [])]

    def create(
        self, form: CustomerCreateForm, points: BasePointFormSet, aliases: BaseAliasFormSet
    ) -> Customer:
        if "owner" not in form.fields:
            form.instance.owner = self.viewer.membership
        return create_customer(
            form.instance,
            actor=self.viewer.membership,
            points=points.inputs(),
            people=form.people(),
            aliases=aliases.inputs(),
            custom=form.custom_input(),
            despite=self.overruled(form),
            over_cap=self.exceeds(form),
        )

    def show(
        self, form: CustomerCreateForm, points: BasePointFormSet, aliases: BaseAliasFormSet, status: int = 200
    ) -> HttpResponse:
        context = {
            "form": form,
            "points": points,
            "aliases": aliases,
            "steps": entry_steps("basics"),
            "cancel_url": organization_url("customers:list"),
        }
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
        if not accepted or not self.is_accepted(form, self._points(form)):
            return self.show(form, 422)
        try:
            customer, created = create_once(Customer, form.instance.pk, lambda: self.create(form))
        except CapReached as refusal:
            form.add_error(None, str(refusal))
            return self.show(form, 422)
        if created:
            toast(request, _("%(name)s was added.") % {"name": customer}, clears="customer-quick")
        return self.leave(customer)

    @staticmethod
    def _points(form: QuickCustomerForm) -> list[tuple[str, str]]:
        phone = form.cleaned_data.get("phone")
        return [(PointKind.PHONE, phone)] if phone else []

    def create(self, form: QuickCustomerForm) -> Customer:
        form.instance.owner = self.viewer.membership
        points = [PointInput(kind, value) for kind, value in self._points(form)]
        return create_customer(
            form.instance,
            actor=self.viewer.membership,
            points=points,
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

    @property
    def reveal(self) -> bool:
        return self.may(REVEAL)

    def stored_points(self) -> list[ContactPoint]:
        return list(ContactPoint.objects.filter(customer=self.customer, person=None))

    def get(self, request: HttpRequest) -> HttpResponse:
        stored = self.stored_points()
        if self.reveal and (stored or any(getattr(self.customer, name) for name in NUMBERS)):
            record_reveal(self.viewer, self.customer, "edit", page="edit")
        form = CustomerEditForm(instance=self.customer, viewer=self.viewer, reveal=self.reveal)
        return self.show(form, self.rows(None, stored), self.other_names(None))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CustomerEditForm(request.POST, instance=self.customer, viewer=self.viewer, reveal=self.reveal)
        stored = self.stored_points()
        points, aliases = self.rows(request.POST, stored), self.other_names(request.POST)
        valid = form.is_valid() & points.is_valid() & aliases.is_valid()
        if form.conflict:
            return self.show_conflict(form, points, aliases)
        accepted = valid and ask_for_place(form, self.viewer)
        if not accepted or not self.is_accepted(form, points.values()):
            form.instance.refresh_from_db(fields=["name"])
            return self.show(form, points, aliases, 422)
        try:
            self.save(form, points, aliases)
        except CapReached as refusal:
            form.add_error(None, str(refusal))
            return self.show(form, points, aliases, 422)
        toast(request, _("Saved."), clears=self.draft)
        return redirect(organization_url("customers:detail", pk=self.customer.pk))

    def save(self, form: CustomerEditForm, points: BasePointFormSet, aliases: BaseAliasFormSet) -> None:
        posted = self.request.POST
        edit_customer(
            form.instance,
            actor=self.viewer.membership,
            points=None if posted.get("resolve-points") == "theirs" else points.inputs(),
            aliases=None if posted.get("resolve-aliases") == "theirs" else aliases.inputs(),
            custom=form.custom_input(),
            despite=self.overruled(form),
            over_cap=self.exceeds(form),
        )

    def rows(self, data: Any, stored: list[ContactPoint]) -> BasePointFormSet:
        return points_formset(data, stored, reveal=self.reveal, checked_by=checked_while_typing())

    def other_names(self, data: Any) -> BaseAliasFormSet:
        return aliases_formset(data, self.customer.aliases.all())

    @property
    def draft(self) -> str:
        return f"customer-{self.customer.pk}"

    def show(
        self, form: CustomerEditForm, points: BasePointFormSet, aliases: BaseAliasFormSet, status: int = 200
    ) -> HttpResponse:
        context = self.context(form, points, aliases)
        return render(self.request, "customers/edit.html", context, status=status)

    def show_conflict(
        self, form: CustomerEditForm, points: BasePointFormSet, aliases: BaseAliasFormSet
    ) -> HttpResponse:
        hidden = [
            (name, value)
            for name, values in self.request.POST.lists()
            for value in values
            if name.startswith(("points-", "aliases-"))
        ]
        context = {**self.context(form, points, aliases), "hidden": hidden, "point_sides": self.sides(points)}
        context["alias_sides"] = self.alias_sides(aliases)
        return render(self.request, "customers/conflict.html", context, status=409)

    def sides(self, points: BasePointFormSet) -> list[dict[str, Any]]:
        """The contact details as they were typed and as they are stored, masked, to choose between."""
        stored = self.stored_points()
        held = {point.pk: point.value for point in stored}
        typed = (
            [(row.kind, row.value or held.get(row.id, "")) for row in points.inputs()]
            if points.is_valid()
            else []
        )
        mine = ", ".join(masked(kind, value) for kind, value in typed)
        return _sides(mine, ", ".join(masked(point.kind, point.value) for point in stored))

    def alias_sides(self, aliases: BaseAliasFormSet) -> list[dict[str, Any]]:
        """The other names in the same way; nothing to choose when they are the same."""
        mine = ", ".join(one.name for one in aliases.inputs()) if aliases.is_valid() else ""
        theirs = ", ".join(one.name for one in self.customer.aliases.all())
        return _sides(mine, theirs) if mine != theirs else []

    def context(
        self, form: CustomerEditForm, points: BasePointFormSet, aliases: BaseAliasFormSet
    ) -> dict[str, Any]:
        return {
            "form": form,
            "points": points,
            "aliases": aliases,
            "customer": self.customer,
            "draft": self.draft,
            "cancel_url": organization_url("customers:detail", pk=self.customer.pk),
        }


def _sides(mine: str, theirs: str) -> list[dict[str, Any]]:
    return [
        {"key": "mine", "label": _("Yours"), "text": mine, "chosen": True},
        {"key": "theirs", "label": _("Stored now"), "text": theirs, "chosen": False},
    ]


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
        phone = form.cleaned_data.get("phone")
        typed = [(PointKind.PHONE, phone)] if phone else []
        typed += self.person_phone()
        if "points-TOTAL_FORMS" in self.request.POST:
            rows = points_formset(self.request.POST, [], reveal=True)
            rows.is_valid()
            typed += rows.values()
        return typed

    def person_phone(self) -> list[tuple[str, str]]:
        try:
            phone = normal_phone(self.request.POST.get("person_phone", "")[:40])
        except ValidationError:
            return []
        return [(PointKind.PHONE, phone)] if phone else []

"""What is collected about customers: the policy, and the form on paper."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import ngettext

from customers.actions.disclosure import record_disclosure
from customers.actions.field_policy import decide_fields
from customers.actions.needs import needs_of
from customers.birthdays import Birthday
from customers.enums import CustomerKind, DisclosureKind
from customers.fields import NEEDS, OPTIONAL, UNSUITABLE_TIMES
from customers.forms.field_policy import FieldPolicyForm
from customers.masking import masked, readable
from customers.models import ContactPoint, Customer
from customers.models.customer import EDITABLE
from customers.queries.collection import collection_sections
from customers.rights import REVEAL, VIEW
from customers.views.about import unsuitable_rows, unsuitable_times
from customers.views.base import CustomerPage
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from tenancy.views.pages import FormPage, WholeOrganizationMixin
from workspace.toasts import toast

POLICY = "customers.change_fieldpolicy"


class FieldPolicyView(WholeOrganizationMixin, FormPage):
    permission_required = POLICY
    form_class = FieldPolicyForm
    template_name = "customers/field_policy.html"

    def back(self) -> str:
        return organization_url("customers:list")

    def act(self, form: forms.BaseForm) -> HttpResponse:
        assert isinstance(form, FieldPolicyForm)
        changed = decide_fields(form.decisions(), actor=self.viewer.membership)
        toast(
            self.request, ngettext("%(n)s field changed.", "%(n)s fields changed.", changed) % {"n": changed}
        )
        return redirect(organization_url("customers:field_policy"))


class BlankCollectionView(OrganizationView):
    """The empty form, for a person or a company (`?kind=`)."""

    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        kind = request.GET.get("kind", "")
        kind = kind if kind in CustomerKind.values else CustomerKind.PERSON.value
        other = CustomerKind.COMPANY if kind == CustomerKind.PERSON else CustomerKind.PERSON
        context = {"sections": collection_sections(kind), "kind": kind, "other": other, "customer": None}
        return render(request, "customers/collection.html", context)


class CustomerCollectionView(CustomerPage):
    """The form with what is known of one customer, to be checked and signed. Printing it is recorded."""

    permission_required = VIEW

    def enriched(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        return rows.annotate(times=unsuitable_times())

    def get(self, request: HttpRequest) -> HttpResponse:
        reveal = self.may(REVEAL)
        if reveal:
            record_disclosure(
                DisclosureKind.PRINT,
                self.viewer,
                [self.customer.pk],
                "collection",
                target=self.customer,
                page="collection",
            )
        context = {
            "sections": collection_sections(self.customer.kind, values=self._values(reveal)),
            "customer": self.customer,
            "kind": self.customer.kind,
            "masked": not reveal,
        }
        return render(request, "customers/collection.html", context)

    def _values(self, reveal: bool) -> dict[str, Any]:
        customer = self.customer
        birthday = Birthday.of(customer.birthday, customer.birthday_typed)
        values = {name: _shown(customer, name) for name in _PLAIN} | {
            "birthday": birthday.words() if birthday else ""
        }
        needs = needs_of(customer)
        values |= {name: _shown(needs, name) for name in NEEDS}
        if customer.distance is not None:
            values["distance"] = f"{customer.distance / 1000:g} km"
        for name in _SECRETS:
            values[name] = getattr(customer, name) if reveal else ""
        values[UNSUITABLE_TIMES] = "\n".join(
            f"{one['day']} {one['hours']} {one['note']}".strip() for one in unsuitable_rows(customer)
        )
        points = ContactPoint.objects.collected().filter(customer=customer, person=None)
        for point in points:
            text = readable(point.kind, point.value) if reveal else masked(point.kind, point.value)
            values[point.kind] = ", ".join(filter(None, [values.get(point.kind, ""), text]))
        return values


_SECRETS = ("identity_number", "bank_account")
_PLAIN = ("name", *(name for name in OPTIONAL if name in EDITABLE and name not in _SECRETS))


def _shown(row: Any, name: str) -> str:
    display = getattr(row, f"get_{name}_display", None)
    value = getattr(row, name)
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    return str(display()) if display and value else str(value or "")

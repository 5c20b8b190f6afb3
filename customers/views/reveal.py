"""Showing a contact detail or a number in full. Each time it is recorded who looked."""

import uuid
from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from customers.actions.disclosure import record_reveal
from customers.forms.sections import NUMBERS
from customers.models import ContactPoint, Customer
from customers.queries.field_policy import uncollected
from customers.rights import REVEAL
from customers.views.base import CustomerPage
from customers.views.detail import shown_numbers, shown_point


class RevealPage(CustomerPage):
    permission_required = REVEAL
    http_method_names = ("post", "options")

    def answer(self, name: str, context: dict) -> HttpResponse:
        context = {
            **context,
            "customer": self.customer,
            "fragment": f"customers/_{name}.html",
            "may_reveal": True,
        }
        template = context["fragment"] if self.request.htmx else "customers/revealed.html"
        response = render(self.request, template, context)
        response["Cache-Control"] = "no-store"
        return response


class RevealPointView(RevealPage):
    def post(self, request: HttpRequest, point: uuid.UUID) -> HttpResponse:
        row = get_object_or_404(ContactPoint.objects.collected().filter(customer=self.customer), pk=point)
        record_reveal(
            self.viewer, self.customer, row.kind, target=row, kind=row.kind, customer=str(self.customer.pk)
        )
        return self.answer("point", {"point": shown_point(row, full=True)})


class RevealNumberView(RevealPage):
    def enriched(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        return rows.annotate(uncollected=uncollected())

    def post(self, request: HttpRequest, field: str) -> HttpResponse:
        if field not in NUMBERS or field in cast(Any, self.customer).uncollected:
            raise Http404
        record_reveal(self.viewer, self.customer, field, field=field)
        found = next((one for one in shown_numbers(self.customer, full=field) if one["name"] == field), None)
        if found is None:
            raise Http404
        return self.answer("number", {"number": found})

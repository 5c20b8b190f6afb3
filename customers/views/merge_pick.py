"""Whom to merge with: asked where fewer than two customers are named, or too many."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property

from customers.actions.merge import MOST
from customers.forms.merge import keys_of
from customers.models import Customer
from customers.queries.choosing import choices_for
from customers.rights import CHANGE, MERGE
from tenancy.access import Viewer

CHOICES = "pick-choices"


class PicksCustomers:
    """The customers that the address or the form names, and the page that asks for others."""

    request: HttpRequest
    viewer: Viewer

    @cached_property
    def customers(self) -> list[Customer]:
        query = self.request.POST or self.request.GET
        keys = keys_of([*query.getlist("ids"), *query.getlist("other")], MOST)
        rows = Customer.objects.visible_to(self.viewer, CHANGE).visible_to(self.viewer, MERGE)  # type: ignore[attr-defined]
        found = {row.pk: row for row in rows.filter(pk__in=keys).select_related("owner")}
        if len(found) != len(keys):
            raise Http404
        return [found[key] for key in keys]

    def ask(self, note: str = "", status: int = 200) -> HttpResponse:
        first = f"{self.request.path}?ids={self.customers[0].pk}" if self.customers else ""
        context = {"note": note, "chosen_customers": self.customers, "action": first, **self._choice()}
        return render(self.request, "customers/merge_pick.html", context, status=status)

    def choices(self) -> HttpResponse:
        """Those found, while one types."""
        return render(self.request, "customers/_pick_choices.html", self._choice())

    def _choice(self) -> dict[str, Any]:
        text = self.request.GET.get("q", "")[:100]
        first = self.customers[0] if self.customers else Customer(pk=uuid.UUID(int=0))
        return {"customers": choices_for(self.viewer, first, text), "q": text, "chosen": None}

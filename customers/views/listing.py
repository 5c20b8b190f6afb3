"""The customer list, its filters and its columns."""

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from customers.filters import filters_class
from customers.forms.cell import editable_cells
from customers.queries import listing
from customers.queries.asked import Listing
from customers.queries.found import notes_for
from customers.queries.keyset import BACKWARD, FORWARD, Page, page_of_parts
from customers.queries.search import is_limited
from customers.registry import facts, first_quick_action
from customers.rights import VIEW
from customers.views.cells import rows_for
from customers.views.chips import without
from customers.views.counted import customers_counted
from customers.views.list_parts import SIZE, ListParts
from customers.views.list_tabs import address_of, list_tabs
from tenancy.forms.members import FIND
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from workspace.models import SavedView
from workspace.queries.saved_view import saved_views

PAGE = "customers"
COUNTED_LATER = 10_000


class CustomerListView(ListParts, OrganizationView):
    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        if self._seeks_member():
            return redirect(f"{organization_url('customers:filters')}?{request.GET.urlencode()}")
        views = list(saved_views(self.viewer, PAGE))
        if not request.GET and (first := self._first(views)):
            return redirect(address_of(first))
        self.listing = Listing(request.GET, self.viewer)
        view = next((one for one in views if str(one.pk) == request.GET.get("view")), None)
        keys = (view.columns if view else None) or listing.chosen_columns(self.viewer)
        columns = listing.columns_for(self.viewer, keys)
        found = self._page(columns)
        self.action = first_quick_action(self.viewer)
        bulk = self._bulk()
        context = {
            "rows": self._rows(found, columns, ticked=bulk["has_bulk"]),
            "headings": [self._heading(fact) for fact in (facts["name"], *columns)],
            "chosen": [fact.key for fact in columns],
            "tabs": list_tabs(self.viewer, request.GET, views, view),
            "has_views": bool(views),
            **self._toolbar(columns, view),
            **self._paging(found),
            **bulk,
        }
        return render(request, "customers/list.html", context)

    def _seeks_member(self) -> bool:
        """Whether the filters were sent, by a browser without scripts, to find somebody by name for them."""
        return any(name.endswith(FIND) and value.strip() for name, value in self.request.GET.items())

    def _first(self, views: list[SavedView]) -> SavedView | None:
        """The view that the person's list opens with, while it can be seen."""
        key = listing.first_view(self.viewer)
        return next((view for view in views if str(view.pk) == key), None) if key else None

    def _page(self, columns: list) -> Page:
        query = self.request.GET
        direction = BACKWARD if query.get(BACKWARD) else FORWARD
        cursor, paths = query.get(direction, ""), listing.paths_for(columns)
        if self.viewer.shares:
            paths = [*paths, "owner_id"]
        parts = self.listing.parts_with(columns)
        found = page_of_parts(parts, paths, cursor=cursor, direction=direction, size=SIZE)
        if found.count is not None:
            self.listing.count = found.count
        return found

    def _rows(self, found: Page, columns: list, *, ticked: bool) -> list:
        needs_phones = any(fact.type == "phone" for fact in columns)
        phones = (
            listing.primary_phones([row["pk"] for row in found.rows]) if needs_phones and found.rows else {}
        )
        notes = (
            notes_for(self.listing.matches, [row["pk"] for row in found.rows]) if self.listing.text else {}
        )
        return rows_for(
            found.rows,
            columns,
            phones,
            ticked=ticked,
            action=self.action,
            notes=notes,
            editable=editable_cells(self.viewer),
            reading=self._reading(found),
        )

    def _reading(self, found: Page) -> set[uuid.UUID]:
        """Those that are shared with the viewer to be read, and no more."""
        if not self.viewer.shares:
            return set()
        return {row["pk"] for row in found.rows if self.viewer.only_reads(VIEW, row["owner_id"], row["pk"])}

    def _paging(self, found: Page) -> dict[str, Any]:
        query = self.request.GET
        return {
            "previous_url": without(query, **{BACKWARD: found.before}) if found.before else "",
            "next_url": without(query, **{FORWARD: found.after}) if found.after else "",
            "narrowed": self.listing.is_narrowed,
            "limited": not found.rows and self.listing.text and is_limited(self.listing.text, self.viewer),
        }


FIRST_FILTERS = ("kind", "tier", "owner", "city", "tag", "tag_match")


def _is_asked(name: str, fields: Mapping[str, Any]) -> bool:
    """Whether a parameter belongs to one of the filters; a range has two."""
    return name in fields or name.removesuffix("_after").removesuffix("_before") in fields


class CustomerCountView(OrganizationView):
    """The number above a long list, as text: it comes after the page."""

    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        count = Listing(request.GET, self.viewer).counted(COUNTED_LATER)
        return HttpResponse(customers_counted(count, COUNTED_LATER), content_type="text/plain; charset=utf-8")


class CustomerFilterView(OrganizationView):
    """The filters as a form: in the dialog of the list, or as a page."""

    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = filters_class()(request.GET, self.viewer)
        sorts = [
            fact
            for fact in listing.all_facts(self.viewer)
            if fact.sort_index and listing.is_shown(fact, self.viewer)
        ]
        hidden = [(name, value) for name in ("q",) for value in request.GET.getlist(name)]
        current = listing.sorting_of(request.GET.get("sort", ""), self.viewer, searching=False)
        options = []
        for fact in sorts:
            for text, way in ((fact.key, _("ascending")), (f"-{fact.key}", _("descending"))):
                options.append(
                    {"value": text, "label": f"{fact.label} · {way}", "current": text == current.text}
                )
        fields = {field.name: field for field in filters.form}
        first = [fields.pop(name) for name in FIRST_FILTERS if name in fields]
        more = sorted(fields.values(), key=lambda field: field.name == "archived")
        context = {"fields": first, "more": more, "hidden": hidden, "sorts": options}
        context["more_open"] = any(_is_asked(name, fields) for name, value in request.GET.items() if value)
        name = "_filters" if request.htmx else "filters"
        return render(request, f"customers/{name}.html", context)


def next_url(request: HttpRequest, wanted: str = "") -> str:
    """Back to where the person was: the list as it stood, or the customer's page; never another site."""
    home = organization_url("customers:list")
    came_from = urlsplit(request.headers.get("Referer", ""))
    for url in (
        wanted or request.POST.get("next", ""),
        f"{came_from.path}?{came_from.query}" if came_from.path else "",
    ):
        if url.startswith(home) and url_has_allowed_host_and_scheme(url, None):
            return url
    return home

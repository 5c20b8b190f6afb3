"""The customer list, its filters and its columns."""

from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Count, Window
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actions.book import AT_ONCE
from customers.filters import CustomerFilters, filters_class
from customers.models import ColumnChoice, Customer
from customers.queries import listing
from customers.queries.keyset import BACKWARD, FORWARD, Page, capped_count, page
from customers.queries.search import LONGEST, MOST, found_by
from customers.registry import facts, quick_actions
from customers.views.base import ADD, ASSIGN, CHANGE, VIEW
from customers.views.cells import rows_for
from customers.views.chips import chips_for, without
from tenancy.access import Viewer
from tenancy.enums import Scope
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from workspace.context_processors import shell_path
from workspace.models import SavedView
from workspace.queries.saved_view import saved_views

PAGE = "customers"
SIZE = 50
COUNTED = 10_000


class Listing:
    """What one address of the list asks for: search, filters, order. Nothing is read before it is needed."""

    def __init__(self, query: QueryDict, viewer: Viewer, request: HttpRequest) -> None:
        self.query, self.viewer, self.request = query, viewer, request
        self.text = query.get("q", "").strip()[:LONGEST].replace("\x00", "")
        self.sorting = listing.sorting_of(query.get("sort", ""), searching=bool(self.text))

    @cached_property
    def filters(self) -> CustomerFilters | None:
        found = filters_class()
        if not any(name in self.query for name in found.base_filters):
            return None
        filters = found(self.query, queryset=Customer.objects.none(), request=self.request)
        filters.form.is_valid()
        return filters

    @cached_property
    def archived(self) -> bool:
        return bool(self.filters and self.filters.form.cleaned_data.get("archived"))

    @cached_property
    def rows(self):
        """Every row that matches, within what the viewer sees, in no order."""
        rows = listing.visible_rows(self.viewer, self.sorting)
        rows = self.filters.narrowed(rows) if self.filters else rows.active()
        return found_by(rows, self.text, self.viewer, VIEW, archived=self.archived) if self.text else rows

    @cached_property
    def count(self) -> int:
        return capped_count(self.rows, COUNTED)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.filters)


class CustomerListView(OrganizationView):
    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        self.listing = Listing(request.GET, self.viewer, request)
        views = list(saved_views(self.viewer, PAGE))
        view = next((one for one in views if str(one.pk) == request.GET.get("view")), None)
        keys = (view.columns if view else None) or listing.chosen_columns(self.viewer)
        columns = listing.columns_for(self.viewer, keys)
        found = self._page(columns)
        context = {
            "rows": self._rows(found, columns),
            "headings": [self._heading(fact) for fact in (facts["name"], *columns)],
            "chosen": [fact.key for fact in columns],
            "tabs": self._tabs(views, view),
            **self._toolbar(columns, view),
            **self._paging(found),
            **self._bulk(),
        }
        return render(request, "customers/list.html", context)

    def _page(self, columns: list) -> Page:
        query = self.request.GET
        direction = BACKWARD if query.get(BACKWARD) else FORWARD
        cursor, rows, paths = query.get(direction, ""), self.listing.rows, listing.paths_for(columns)
        if self.listing.text and not cursor:
            # A search is bounded: counting along costs less than searching again.
            rows, paths = rows.annotate(total=Window(Count("pk"))), [*paths, "total"]
        order = self.listing.sorting.order
        found = page(rows, order, paths, cursor=cursor, direction=direction, size=SIZE)
        if "total" in paths:
            self.listing.count = found.rows[0]["total"] if found.rows else 0
        return found

    def _rows(self, found: Page, columns: list) -> list:
        needs_phones = any(fact.type == "phone" for fact in columns)
        phones = listing.primary_phones([row["pk"] for row in found.rows]) if needs_phones and found.rows else {}
        action = next((one for one in quick_actions if self.viewer.can(one.permission)), None)
        self.action = action
        return rows_for(found.rows, columns, phones, action.url_name if action else "")

    def _heading(self, fact) -> dict[str, Any]:
        sorting = self.listing.sorting
        if not fact.sort_index:
            return {"label": fact.label, "css": "num" if fact.type == "number" else ""}
        current = sorting.fact is fact
        descending = not sorting.descending if current else fact.newest_first
        state = ("descending" if sorting.descending else "ascending") if current else "none"
        text = f"{'-' if descending else ''}{fact.key}"
        return {
            "label": fact.label,
            "url": without(self.request.GET, sort=text),
            "state": state,
            "icon": {"ascending": "chevron-up", "descending": "chevron-down"}.get(state, ""),
        }

    def _tabs(self, views: list[SavedView], current: SavedView | None) -> list[dict[str, Any]]:
        plain = {name: values for name, values in self.request.GET.lists() if name in ("view", "owner", "q")}
        mine = str(self.viewer.membership.pk)
        is_mine = plain.get("owner") == [mine] and not current
        base = organization_url("customers:list")
        tabs = [{"label": _("All"), "url": base, "current": not current and not is_mine}]
        if self.viewer.rights[VIEW] != Scope.OWN:
            tabs.append({"label": _("Mine"), "url": f"{base}?owner={mine}", "current": is_mine})
        for view in views:
            url = f"{base}?{view.query}{'&' if view.query else ''}view={view.pk}"
            tabs.append({"label": view.name, "url": url, "current": view is current})
        return tabs

    def _toolbar(self, columns: list, view: SavedView | None) -> dict[str, Any]:
        query, sorting = self.request.GET, self.listing.sorting
        kept = [(name, value) for name, values in query.lists() for value in values]
        shown = {fact.key for fact in columns}
        return {
            "text": self.listing.text,
            "kept": [(name, value) for name, value in kept if name not in ("q", "view", BACKWARD, FORWARD)],
            "chips": chips_for(self.listing.filters, query, self.listing.text),
            "clear_url": organization_url("customers:list"),
            "count_text": self._count_text(),
            "columns": [
                {"key": fact.key, "label": fact.label, "shown": fact.key in shown}
                for fact in listing.allowed_columns(self.viewer)
                if fact.key != "name"
            ],
            "query_string": query.urlencode(),
            "sorting": sorting.text,
            "saved_view": view,
            "can_save": self.listing.is_narrowed and view is None,
            "column_keys": ",".join(fact.key for fact in columns),
        }

    def _count_text(self) -> str:
        count = self.listing.count
        if self.listing.text and count >= MOST:
            return _("The first %(n)s matches") % {"n": number_format(count, force_grouping=True)}
        if count > COUNTED:
            return _("More than %(n)s customers") % {"n": number_format(COUNTED, force_grouping=True)}
        shown = number_format(count, force_grouping=True)
        return ngettext("%(n)s customer", "%(n)s customers", count) % {"n": shown}

    def _paging(self, found: Page) -> dict[str, Any]:
        query = self.request.GET
        return {
            "previous_url": without(query, **{BACKWARD: found.before}) if found.before else "",
            "next_url": without(query, **{FORWARD: found.after}) if found.after else "",
            "narrowed": self.listing.is_narrowed,
        }

    def _bulk(self) -> dict[str, Any]:
        may_assign, may_archive = self.viewer.can(ASSIGN), self.viewer.can(CHANGE)
        count = self.listing.count
        return {
            "may_assign": may_assign,
            "may_archive": may_archive and not self.listing.archived,
            "may_restore": may_archive and self.listing.archived,
            "has_bulk": may_assign or may_archive,
            "may_add": self.viewer.can(ADD),
            "import_url": self._import_url(),
            "all_matching": count if SIZE < count <= AT_ONCE else 0,
            "action": self.action,
        }

    def _import_url(self) -> str:
        allowed = self.viewer.can("customers.import_customer")
        return shell_path("customers:import_upload", self.viewer.organization.slug) if allowed else ""


class CustomerFilterView(OrganizationView):
    """The filters as a form: in the dialog of the list, or as a page."""

    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = filters_class()(request.GET, queryset=Customer.objects.none(), request=request)
        sorts = [fact for fact in facts if fact.sort_index and self.viewer.can(fact.permission)]
        hidden = [(name, value) for name in ("q",) for value in request.GET.getlist(name)]
        current = listing.sorting_of(request.GET.get("sort", ""), searching=False)
        options = []
        for fact in sorts:
            for text, way in ((fact.key, _("ascending")), (f"-{fact.key}", _("descending"))):
                options.append({"value": text, "label": f"{fact.label} · {way}", "current": text == current.text})
        fields = sorted(filters.form, key=lambda field: field.name == "archived")
        context = {"fields": fields, "hidden": hidden, "sorts": options}
        name = "_filters" if request.htmx else "filters"
        return render(request, f"customers/{name}.html", context)


class ColumnChoiceView(OrganizationView):
    """Remembers which columns a member wants."""

    permission_required = VIEW
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        allowed = {fact.key for fact in listing.allowed_columns(self.viewer)}
        keys = [key for key in request.POST.getlist("columns") if key in allowed]
        ColumnChoice.objects.update_or_create(member=self.viewer.membership, defaults={"columns": ["name", *keys]})
        return redirect(next_url(request))


def next_url(request: HttpRequest) -> str:
    """Back to where the person was: the list as it stood, or the customer's page; never another site."""
    home = organization_url("customers:list")
    came_from = urlsplit(request.headers.get("Referer", ""))
    for url in (request.POST.get("next", ""), f"{came_from.path}?{came_from.query}" if came_from.path else ""):
        if url.startswith(home) and url_has_allowed_host_and_scheme(url, None):
            return url
    return home

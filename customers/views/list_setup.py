"""How a member has set up the customer list: its columns, the view it opens with; and the numbers on its tabs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from customers.models import ColumnChoice
from customers.queries import listing
from customers.queries.view_counts import CAP, view_counts
from customers.rights import VIEW
from customers.views.list_tabs import address_of
from customers.views.listing import PAGE, next_url
from tenancy.counting import capped
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from workspace.actions.saved_view import save_view
from workspace.models import SavedView
from workspace.queries.saved_view import own_views, saved_views
from workspace.toasts import toast


class ColumnChoiceView(OrganizationView):
    """Which columns, in which order: remembered for the member, or in the view of their own that they look at.

    `up` and `down` move one column and ask again: what dragging does, for everyone.
    """

    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        keys = (self.view.columns if self.view else None) or listing.chosen_columns(self.viewer)
        shown = listing.columns_for(self.viewer, keys)
        others = [fact for fact in self.allowed.values() if fact not in shown]
        context = {
            "columns": [{"fact": fact, "shown": fact in shown} for fact in (*shown, *others)],
            "view": self.view,
            "next": next_url(request, request.GET.get("next", "")),
            "is_dialog": request.htmx,
        }
        name = "_columns" if request.htmx else "columns"
        return render(request, f"customers/{name}.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        keys = [key for key in dict.fromkeys(request.POST.getlist("columns")) if key in self.allowed]
        for way, step in (("up", -1), ("down", 1)):
            if request.POST.get(way) in keys:
                keys = moved(keys, request.POST[way], step)
        self.keep(keys)
        if request.POST.keys() & {"up", "down"}:
            query = {"next": request.POST.get("next", ""), "view": request.POST.get("view", "")}
            return redirect(f"{request.path}?{urlencode(query)}")
        return redirect(next_url(request))

    def keep(self, keys: list[str]) -> None:
        if self.view is not None:
            self.view.columns = keys
            save_view(self.view, viewer=self.viewer)
        else:
            ColumnChoice.objects.update_or_create(
                member=self.viewer.membership, defaults={"columns": ["name", *keys]}
            )

    @cached_property
    def allowed(self) -> dict[str, Any]:
        return {fact.key: fact for fact in listing.allowed_columns(self.viewer) if fact.key != "name"}

    @cached_property
    def view(self) -> SavedView | None:
        """The view of one's own whose columns these are."""
        asked = self.request.POST.get("view") or self.request.GET.get("view", "")
        views = own_views(self.viewer).filter(page=PAGE) if asked else ()
        return next((view for view in views if str(view.pk) == asked), None)


def moved(keys: list[str], key: str, step: int) -> list[str]:
    """`keys` with one of them a place further; at the end it stays."""
    place = keys.index(key)
    other = min(max(place + step, 0), len(keys) - 1)
    rest = [one for one in keys if one != key]
    return [*rest[:other], key, *rest[other:]]


class FirstViewView(OrganizationView):
    """The saved view that the member's list opens with; none: it opens with all."""

    permission_required = VIEW
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        view = None
        if request.POST.get("view"):
            views = {str(one.pk): one for one in saved_views(self.viewer, PAGE)}
            view = views.get(request.POST["view"])
            if view is None:
                return get_object_or_404(SavedView.objects.none())
        ColumnChoice.objects.update_or_create(member=self.viewer.membership, defaults={"view": view})
        if view:
            toast(request, _("Your list opens with “%(view)s” from now on.") % {"view": view})
            return redirect(address_of(view))
        toast(request, _("Your list opens with all customers from now on."))
        return redirect(next_url(request))


class ViewCountsView(OrganizationView):
    """The numbers on the tabs: they come after the page."""

    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        views = list(saved_views(self.viewer, PAGE))
        counts = view_counts(self.viewer, views)
        rows = [
            {"view": view, "url": address_of(view), "count": capped(counts[view.pk], CAP)}
            for view in views
            if view.pk in counts
        ]
        context = {"rows": rows, "list_url": organization_url("customers:list")}
        name = "_view_counts" if request.htmx else "view_counts"
        return render(request, f"customers/{name}.html", context)

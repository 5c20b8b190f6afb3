"""The tabs over the customer list: everything, one's own, what is shared, and the saved views."""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from customers.queries import listing
from customers.queries.sharing import MINE
from customers.rights import VIEW
from tenancy.access import Viewer
from tenancy.enums import Scope
from tenancy.links import organization_url
from workspace.models import SavedView

Tab = dict[str, Any]


def list_tabs(
    viewer: Viewer, query: QueryDict, views: Iterable[SavedView], current: SavedView | None
) -> list[Tab]:
    """`current`: the saved view that the list is open with."""
    plain = _plain_tabs(viewer, QueryDict() if current else query)
    is_elsewhere = current is not None or any(tab["current"] for tab in plain)
    all_of_them = {"label": _("All"), "url": everything(viewer), "current": not is_elsewhere}
    first = listing.first_view(viewer)
    return [all_of_them, *plain, *(_view_tab(view, view is current, first) for view in views)]


def everything(viewer: Viewer) -> str:
    """The list of all, also for whoever has it open with a view."""
    base = organization_url("customers:list")
    return f"{base}?view=" if listing.first_view(viewer) else base


def address_of(view: SavedView) -> str:
    """Where the tab of a saved view leads."""
    return f"{organization_url('customers:list')}?{view.query}{'&' if view.query else ''}view={view.pk}"


def _plain_tabs(viewer: Viewer, query: QueryDict) -> list[Tab]:
    mine, found = str(viewer.membership.pk), []
    if viewer.rights[VIEW] != Scope.OWN:
        found.append(_tab(_("Mine"), f"owner={mine}", query.getlist("owner") == [mine]))
    if viewer.shares:
        found.append(_tab(_("Shared with me"), f"shared={MINE}", query.get("shared") == MINE))
    return found


def _tab(label: str, query: str, current: bool) -> Tab:
    return {"label": label, "url": f"{organization_url('customers:list')}?{query}", "current": current}


def _view_tab(view: SavedView, current: bool, first: str) -> Tab:
    return {
        "label": view.name,
        "url": address_of(view),
        "current": current,
        "icon": "pin" if str(view.pk) == first else "",
        "counter": f"count-{view.pk}",
    }

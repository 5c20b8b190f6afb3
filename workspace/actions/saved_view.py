import uuid
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from django.db import transaction

from tenancy.access import Viewer
from workspace.models import SavedView
from workspace.queries.saved_view import own_views

SHARE = "workspace.share_savedview"
LONGEST_QUERY = 2000
_PASSING = {"view", "before", "after", "page", "csrfmiddlewaretoken"}


class MayNotShare(Exception):
    """Sharing with everyone needs a right of its own."""


def clean_query(query: str) -> str:
    """Filters and order of an address, without what belongs to one visit (place in the pages, tab)."""
    pairs = parse_qsl(query.lstrip("?")[:LONGEST_QUERY])
    return urlencode([(key, value) for key, value in pairs if key not in _PASSING])


@transaction.atomic
def save_view(view: SavedView, *, viewer: Viewer) -> SavedView:
    """Keep a new or changed view of the viewer's own; a new one comes last. Raises MayNotShare."""
    if view.shared and not viewer.can(SHARE):
        raise MayNotShare
    view.query = clean_query(view.query)
    if view._state.adding:
        view.owner = viewer.membership
        last = own_views(viewer).filter(page=view.page).order_by("position").last()
        view.position = last.position + 1 if last else 1
    view.save()
    return view


@transaction.atomic
def reorder_views(viewer: Viewer, page: str, ids: Sequence[uuid.UUID]) -> None:
    """Put the viewer's own views of a list into this order; those not named follow as they were."""
    own = {view.pk: view for view in own_views(viewer).filter(page=page).order_by("position", "id")}
    named = [own.pop(pk) for pk in ids if pk in own]
    for position, view in enumerate([*named, *own.values()], start=1):
        if view.position != position:
            view.position = position
            view.save(update_fields=["position"])

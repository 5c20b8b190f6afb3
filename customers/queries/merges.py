"""Which customer another one has become."""

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from customers.models import Customer, Merge, MergedCustomer
from customers.rights import VIEW
from tenancy.access import Viewer
from tenancy.keys import key_in

_DEEPEST = 20


def survivors_of(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Merged customer → the one that stands for it today, through however many merges. One query for each step."""
    found: dict[uuid.UUID, uuid.UUID] = {}
    asked = set(ids)
    for _step in range(_DEEPEST):
        rows = MergedCustomer.objects.filter(customer__in=asked, active=True)
        step = dict(rows.values_list("customer_id", "merge__survivor_id"))
        if not step:
            break
        found |= step
        asked = set(step.values())
    return {key: _last(found, key) for key in found}


def survivor_of(key: uuid.UUID) -> uuid.UUID | None:
    """The customer that stands for a merged one; None when it has not been merged."""
    return survivors_of([key]).get(key)


def _last(steps: dict[uuid.UUID, uuid.UUID], key: uuid.UUID) -> uuid.UUID:
    seen = {key}
    while key in steps and steps[key] not in seen:
        key = steps[key]
        seen.add(key)
    return key


def merged_codes(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Survivor → the codes of all that have become it: it is found by them too."""
    found: dict[uuid.UUID, list[str]] = {}
    home = {key: key for key in ids}
    for _step in range(_DEEPEST):
        rows = MergedCustomer.objects.filter(merge__survivor__in=list(home), active=True)
        step = list(rows.values_list("customer_id", "customer__code", "merge__survivor_id"))
        if not step:
            break
        for _key, code, into in step:
            found.setdefault(home[into], []).append(code)
        home = {key: home[into] for key, _code, into in step}
    return found


def merges_within(viewer: Viewer) -> QuerySet[Merge]:
    """The merges whose survivor the viewer sees, newest first."""
    seen = Customer.objects.visible_to(viewer, VIEW)
    return Merge.objects.filter(survivor__in=seen.values("pk"))


def merge_within(viewer: Viewer, key: str) -> Merge | None:
    """The merge of this key that stands, where the viewer sees it: an earlier submit of the same form has made it."""
    named = key_in(key)
    return merges_within(viewer).filter(pk=named, undone_at=None).first() if named else None

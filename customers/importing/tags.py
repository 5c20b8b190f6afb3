"""Tags in a file: several in one cell, by their labels in either language. Those that do not exist yet are made, where
whoever imports may do that."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from customers.actions.tags import save_tag
from customers.importing.unreadable import Unreadable
from customers.lexemes import has_chinese
from customers.models import CustomerTag, Tag
from customers.text import clean_line, folded_label
from tenancy.access import Viewer
from tenancy.context import current_organization_id
from tenancy.db import arrays, uuid7

MANAGE = "customers.manage_tags"
LONGEST = 40
_LINK = """
INSERT INTO customers_customertag (organization_id, id, customer_id, tag_id, created_at)
SELECT %(organization)s, id, customer, tag, %(now)s
FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(tags)s::uuid[]) AS l(id, customer, tag)
ON CONFLICT (organization_id, tag_id, customer_id) DO NOTHING
"""


@dataclass(frozen=True)
class Labels:
    """Which tags a cell may name. `known`: label as it is compared → whether the tag is in use."""

    known: Mapping[str, bool] = field(default_factory=dict)
    may_make: bool = False

    def read(self, raw: str) -> str:
        """The label. Raises Unreadable."""
        label = clean_line(raw)
        if len(label) > LONGEST:
            raise Unreadable("too_long", LONGEST)
        in_use = self.known.get(folded_label(label))
        if in_use is False:
            raise Unreadable("archived_tag")
        if in_use is None and label and not self.may_make:
            raise Unreadable("unknown_tag")
        return label


def labels_for(viewer: Viewer) -> Labels:
    """One query."""
    known: dict[str, bool] = {}
    for zh, en, archived in Tag.objects.values_list("key_zh", "key_en", "archived_at"):
        known |= {key: archived is None for key in (zh, en) if key}
    return Labels(known, viewer.can(MANAGE))


class Tags:
    """The tags that the rows of an import name, as far as it has learned them."""

    def __init__(self, *, may_make: bool) -> None:
        self._may_make = may_make
        self._ids: dict[str, uuid.UUID] = {}

    def learn(self, labels: Iterable[str]) -> None:
        """Find these, and make those that are missing: in a transaction of its own, since batches are written side by
        side."""
        wanted: dict[str, str] = {}
        for label in labels:
            wanted.setdefault(folded_label(label), label)
        wanted = {key: label for key, label in wanted.items() if key not in self._ids}
        if not wanted:
            return
        self._find(wanted)
        for key, label in sorted(wanted.items()):
            if key not in self._ids and self._may_make:
                self._make(key, label)

    def ids(self, labels: Iterable[str]) -> list[uuid.UUID] | None:
        """Their keys; None when one of them is not to be had."""
        found = dict.fromkeys(self._ids.get(folded_label(label)) for label in labels)
        return None if None in found else [key for key in found if key]

    def _find(self, keys: Collection[str]) -> None:
        named = Q(key_zh__in=list(keys)) | Q(key_en__in=list(keys))
        for pk, zh, en in Tag.objects.filter(named).values_list("pk", "key_zh", "key_en"):
            self._ids |= {key: pk for key in (zh, en) if key}

    def _make(self, key: str, label: str) -> None:
        tag = Tag(label_zh=label) if has_chinese(label) else Tag(label_en=label)
        try:
            with transaction.atomic():
                self._ids[key] = save_tag(tag).pk
        except IntegrityError:  # somebody has just made it
            self._find([key])


def held_tags(customers: Collection[uuid.UUID]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Who has which. One query; none for nobody."""
    if not customers:
        return set()
    rows = CustomerTag.objects.filter(customer__in=list(customers))
    return set(rows.values_list("customer_id", "tag_id"))


def link(tags: Mapping[uuid.UUID, Collection[uuid.UUID]]) -> None:
    """Put tags on customers; what follows a change is the caller's."""
    pairs = [(customer, tag) for customer, named in tags.items() for tag in named]
    if not pairs:
        return
    params: dict[str, Any] = {
        "organization": current_organization_id(),
        "now": timezone.now(),
        "ids": arrays.keys(uuid7() for _ in pairs),
        "customers": arrays.keys(customer for customer, _tag in pairs),
        "tags": arrays.keys(tag for _customer, tag in pairs),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LINK, params)


def unlink(tags: Mapping[uuid.UUID, Collection[uuid.UUID]]) -> None:
    """Take off what an import has put on."""
    for customer, named in tags.items():
        CustomerTag.objects.filter(customer=customer, tag__in=list(named)).delete()

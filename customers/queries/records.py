"""Customers as the comparison sees them, read in batches. Contact details stay sealed: equal blind indexes are equal values."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator

from customers.enums import CustomerKind, PointKind
from customers.likeness.record import Record
from customers.models import ContactPoint, Customer, CustomerAlias

_COLUMNS = (
    "id", "name", "kind", "birthday", "province", "city", "district", "street", "postcode", "identity_index",
)  # fmt: skip
_NOTHING = uuid.UUID(int=0)


def batches(size: int, after: uuid.UUID = _NOTHING) -> Iterator[list[Record]]:
    """All active customers in the order of their keys, `size` at a time. Three queries for each."""
    while True:
        rows = Customer.objects.filter(archived_at=None, pk__gt=after).order_by("pk")
        found = records_of(rows.values(*_COLUMNS)[:size])
        if not found:
            return
        yield found
        after = found[-1].key  # type: ignore[assignment]


def records_by_key(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Record]:
    rows = Customer.objects.filter(archived_at=None, pk__in=list(ids))
    return {record.key: record for record in records_of(rows.values(*_COLUMNS))}


def records_of(rows: Iterable[dict]) -> list[Record]:
    found = list(rows)
    ids = [row["id"] for row in found]
    points: dict[tuple[uuid.UUID, str], set[bytes]] = defaultdict(set)
    own = ContactPoint.objects.filter(customer__in=ids, person=None).order_by()
    for customer, kind, index in own.values_list("customer_id", "kind", "value_index"):
        points[customer, kind].add(bytes(index)[:12])
    aliases: dict[uuid.UUID, list[str]] = defaultdict(list)
    for customer, name in CustomerAlias.objects.filter(customer__in=ids).values_list("customer_id", "name"):
        aliases[customer].append(name)
    return [_record(row, points, aliases) for row in found]


def _record(row: dict, points: dict, aliases: dict) -> Record:
    key = row["id"]
    return Record(
        key=key,
        name=row["name"],
        is_company=row["kind"] == CustomerKind.COMPANY,
        aliases=tuple(aliases.get(key, ())),
        phones=frozenset(points.get((key, PointKind.PHONE), ())),
        emails=frozenset(points.get((key, PointKind.EMAIL), ())),
        wechats=frozenset(points.get((key, PointKind.WECHAT), ())),
        identity=bytes(row["identity_index"])[:12] if row["identity_index"] else None,
        birthday=row["birthday"].strftime("%Y%m%d") if row["birthday"] else "",
        street=row["street"],
        place=row["district"],
        city=row["city"],
        region=row["province"],
        postcode=row["postcode"],
    )

"""What an address of a pool's page asks for: by name, by tier, by city."""

from collections.abc import Container, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from customers.enums import Tier
from customers.models import PoolEntry
from customers.queries.search import find_unowned
from customers.text import clean_line

MOST = 150
"""A name finds so many of those that wait, the newest, at most."""


@dataclass(frozen=True)
class Asked:
    """`rows`: those that match."""

    rows: QuerySet[PoolEntry]
    text: str
    tier: str
    city: str

    @property
    def kept(self) -> dict[str, str]:
        """What the address of another page of the same list carries on."""
        given = {"q": self.text, "tier": self.tier, "city": self.city}
        return {name: value for name, value in given.items() if value}


def asked_of(query: Mapping[str, str], rows: QuerySet[PoolEntry], *, hidden: Container[str]) -> Asked:
    """Names are found as everywhere, by parts and by pinyin; a number finds nothing: contact details are hidden here.
    `hidden`: fields that nothing is found by."""
    text = clean_line(query.get("q", "").replace("\x00", ""))[:100]
    tier = query.get("tier", "") if query.get("tier") in Tier.values else ""
    city = "" if "city" in hidden else clean_line(query.get("city", "").replace("\x00", ""))[:60]
    if text:
        rows = rows.filter(customer__in=find_unowned(text, most=MOST))
    if tier:
        rows = rows.filter(customer__tier=tier)
    if city:
        rows = rows.filter(customer__city=city)
    return Asked(rows, text, tier, city)

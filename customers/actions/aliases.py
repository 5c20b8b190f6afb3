"""Other names of a customer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from customers.enums import AliasKind
from customers.lexemes import head
from customers.models import Customer, CustomerAlias
from customers.text import clean_line


@dataclass(frozen=True)
class AliasInput:
    name: str
    kind: str = AliasKind.SHORT


def save_aliases(customer: Customer, aliases: Sequence[AliasInput]) -> bool:
    """Make these the other names of the customer, in this order; answers whether anything changed.

    Its own name is none, and no name counts twice, however it is written. Two statements when nothing changed.
    """
    wanted = _distinct(customer.name, aliases)
    stored = list(CustomerAlias.objects.filter(customer=customer))
    if [(row.name, row.kind) for row in stored] == [(one.name, one.kind) for one in wanted]:
        return False
    CustomerAlias.objects.filter(customer=customer).delete()
    CustomerAlias.objects.bulk_create(
        CustomerAlias(customer=customer, name=one.name, kind=one.kind, position=place)
        for place, one in enumerate(wanted)
    )
    return True


def _distinct(name: str, aliases: Iterable[AliasInput]) -> list[AliasInput]:
    known, found = {head(name)}, []
    for one in aliases:
        text = clean_line(one.name)
        if text and head(text) not in known:
            known.add(head(text))
            found.append(AliasInput(text, one.kind))
    return found

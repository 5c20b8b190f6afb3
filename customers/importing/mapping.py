"""Which column goes where: as it was decided the last time, or else as it looks; and what that says of the whole file."""

import re
from collections.abc import Collection, Sequence

from customers.custom import OWN
from customers.enums import CustomerKind
from customers.importing import ours
from customers.importing.contacts import field_of
from customers.importing.headings import plain
from customers.importing.own import targets_of
from customers.importing.proposing import automatic
from customers.importing.targets import TARGETS
from customers.models import ImportMapping
from customers.queries.custom import specs
from customers.queries.field_policy import hidden_fields
from tenancy.context import current_organization
from tenancy.crypto import blind_index

Mapping = list[str]
"""For each column the key of its target, "" for none."""


def propose(headings: Sequence[str], sample: Sequence[Sequence[str]]) -> Mapping:
    """The mapping remembered for these headings; otherwise one by synonyms and contents. Fields that the organisation
    does not collect are left out."""
    own = targets_of(specs())
    first = ours.added(headings)
    rest = headings[first:]
    found = remembered(rest, own) or automatic(rest, [row[first:] for row in sample], own, ours.consents())
    return [*[""] * first, *collected(found)]


def collected(mapping: Sequence[str]) -> Mapping:
    """Without the targets that the organisation does not collect. One query."""
    hidden = hidden_fields()
    return ["" if field_of(target) in hidden else target for target in mapping]


def has_name(mapping: Sequence[str]) -> bool:
    return bool({"name", "surname", "given_name"} & set(mapping))


def _index(headings: Sequence[str]) -> bytes:
    words = "\n".join(sorted(plain(heading) for heading in headings))
    return blind_index(words, current_organization().uid, "customers_importmapping.headings")


def _sorted_places(headings: Sequence[str]) -> list[int]:
    return sorted(range(len(headings)), key=lambda place: (plain(headings[place]), place))


def remembered(headings: Sequence[str], own: Collection[str] = ()) -> Mapping | None:
    """What the organisation decided for the same set of headings, in whatever order they stand now."""
    row = ImportMapping.objects.filter(headings_index=_index(headings)).first()
    if row is None or len(row.targets) != len(headings):
        return None
    mapping = [""] * len(headings)
    for place, target in zip(_sorted_places(headings), row.targets, strict=True):
        mapping[place] = target if target in TARGETS or target in own else ""
    return mapping


def remembered_options(headings: Sequence[str]) -> dict:
    rest = headings[ours.added(headings) :]
    row = ImportMapping.objects.filter(headings_index=_index(rest)).first()
    return dict(row.options) if row else {}


def remember(headings: Sequence[str], mapping: Mapping, options: dict) -> None:
    """What was decided for these headings. Rows that were not imported come back with columns of ours in front: the
    others are those of the file that they come from."""
    first = ours.added(headings)
    headings, mapping = headings[first:], mapping[first:]
    targets = [mapping[place] for place in _sorted_places(headings)]
    ImportMapping.objects.update_or_create(
        headings_index=_index(headings), defaults={"targets": targets, "options": options}
    )


_COMPANY_HEADING = re.compile("公司|企业|单位|company|organi[sz]ation", re.IGNORECASE)
_COMPANY_NAME = re.compile(
    r"公司|集团|有限|厂$|银行|大学|医院|\b(?:Ltd|Inc|GmbH|LLC|Corp|Co|Limited|AG|S\.A)\b", re.IGNORECASE
)
_DAYS = ("birthday", "last_order_on", "consent_date")
_PERSONAL = {"surname", "given_name", "gender", "birthday"}


def propose_kind(headings: Sequence[str], sample: Sequence[Sequence[str]], mapping: Sequence[str]) -> str:
    """Persons or companies, for files that do not say."""
    if _PERSONAL & set(mapping) or "name" not in mapping:
        return CustomerKind.PERSON.value
    column = list(mapping).index("name")
    names = [row[column] for row in sample if row[column].strip()]
    alike = sum(1 for name in names if _COMPANY_NAME.search(name)) * 2 > len(names) > 0
    return (
        CustomerKind.COMPANY if alike or _COMPANY_HEADING.search(headings[column]) else CustomerKind.PERSON
    ).value


def propose_day_first(sample: Sequence[Sequence[str]], mapping: Sequence[str]) -> bool:
    """Whether the dates of the file can only be read with the day in front."""
    columns = [column for column, target in enumerate(mapping) if target in _DAYS or target.startswith(OWN)]
    cells = [row[column].strip() for row in sample for column in columns]
    leading = [int(found[1]) for cell in cells if (found := re.match(r"(\d{1,2})[/-]\d{1,2}[/-]\d{4}", cell))]
    return any(number > 12 for number in leading)

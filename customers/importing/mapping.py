"""Which column goes where: by its heading, by what stands in it, and as it was decided the last time."""

import re
from collections.abc import Collection, Sequence
from datetime import date

from django.utils.timezone import localdate

from customers.enums import CustomerKind
from customers.importing.choices import CHOICES, choice_words
from customers.importing.dates import read_date
from customers.importing.headings import plain
from customers.importing.own import targets_of
from customers.importing.targets import TARGETS, Target
from customers.models import ImportMapping
from customers.queries.custom import specs
from customers.queries.field_policy import hidden_fields
from customers.text import half_width
from tenancy.context import current_organization
from tenancy.crypto import blind_index

Mapping = list[str]
"""For each column the key of its target, "" for none."""

_BY_SYNONYM = {
    plain(synonym): target.key for target in TARGETS.values() for synonym in target.synonyms.split()
}
# Words inside longer headings: "紧急联系手机", "Customer e-mail (work)".
_BY_PART = (
    ("手机", "phone"),
    ("电话", "phone"),
    ("phone", "phone"),
    ("mobile", "phone"),
    ("邮箱", "email"),
    ("email", "email"),
    ("微信", "wechat"),
    ("wechat", "wechat"),
    ("身份证", "identity_number"),
    ("出生", "birthday"),
    ("生日", "birthday"),
    ("birth", "birthday"),
    ("地址", "street"),
    ("address", "street"),
    ("邮编", "postcode"),
    ("备注", "remarks"),
)
_NOT_PERSONAL = ("日期", "时间", "date", "time", "数量", "次数", "count", "是否")
_MOBILE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d{9}", re.ASCII)
_PHONE = re.compile(r"\+\d[\d ()-]{6,18}\d|0\d{2,3}-?\d{7,8}", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_IDENTITY = re.compile(r"[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx]", re.ASCII)
_MOST = 0.8


def propose(headings: Sequence[str], sample: Sequence[Sequence[str]]) -> Mapping:
    """The mapping remembered for these headings; otherwise one by synonyms and contents. Fields that the organisation
    does not collect are left out."""
    own = targets_of(specs())
    return collected(remembered(headings, own) or automatic(headings, sample, own))


def collected(mapping: Sequence[str]) -> Mapping:
    """Without the targets that the organisation does not collect. One query."""
    hidden = hidden_fields()
    return ["" if target in hidden else target for target in mapping]


def automatic(
    headings: Sequence[str], sample: Sequence[Sequence[str]], own: dict[str, Target] | None = None
) -> Mapping:
    """By heading, then by content for the columns that no heading explains. Each target once, unless it joins columns.

    `own`: the organisation's own fields, which go before everything that a heading might mean besides.
    """
    targets = {**TARGETS, **(own or {})}
    words = {synonym: key for key, target in (own or {}).items() for synonym in target.synonyms.split()}
    mapping = [words.get(plain(heading)) or _by_heading(heading) for heading in headings]
    for column, target in enumerate(mapping):
        if not target:
            mapping[column] = _by_content(headings[column], [row[column].strip() for row in sample])
    taken: set[str] = set()
    for column, target in enumerate(mapping):
        if target in CHOICES and not _mostly_known(target, [row[column] for row in sample]):
            target = mapping[column] = ""
        if target and target in taken and not targets[target].joins:
            mapping[column] = ""
        taken.add(target)
    return _with_name(headings, mapping)


def _by_heading(heading: str) -> str:
    word = plain(heading)
    found = _BY_SYNONYM.get(word) or _BY_SYNONYM.get(word.rstrip("0123456789"))
    if found:
        return found
    if any(part in word for part in _NOT_PERSONAL) and not any(part in word for part in ("出生", "birth")):
        return ""
    return next((target for part, target in _BY_PART if part in word), "")


def _by_content(heading: str, cells: list[str]) -> str:
    filled = [cell for cell in cells if cell]
    if len(filled) < 2:
        return ""
    enough = len(filled) * _MOST
    for pattern, target in (
        (_IDENTITY, "identity_number"),
        (_MOBILE, "phone"),
        (_PHONE, "phone"),
        (_EMAIL, "email"),
    ):
        if sum(1 for cell in filled if pattern.fullmatch(cell)) >= enough:
            return target
    days = [day for day in map(read_date, filled) if day]
    if heading.startswith("[") and len(days) >= enough and len(set(days)) > 1 and _like_birthdays(days):
        return "birthday"
    return ""


def _mostly_known(target: str, cells: list[str]) -> bool:
    """A choice column whose words we do not know would only give errors."""
    words = choice_words(target)
    filled = [half_width(cell).casefold() for cell in cells if cell.strip()]
    return sum(1 for cell in filled if cell in words) * 2 >= len(filled)


def _like_birthdays(days: list[date]) -> bool:
    middle = sorted(days)[len(days) // 2].year
    return localdate().year - 100 < middle < localdate().year - 12


def _with_name(headings: Sequence[str], mapping: Mapping) -> Mapping:
    """A column must be the name: one part of a name, the contact person, or else a heading that contains the word."""
    if {"name", "surname", "given_name"} & set(mapping):
        return mapping
    if "contact_name" in mapping:
        mapping[mapping.index("contact_name")] = "name"
        return mapping
    for column, heading in enumerate(headings):
        word = plain(heading)
        if not mapping[column] and ("name" in word or "姓名" in word or "名称" in word):
            mapping[column] = "name"
            break
    return mapping


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
    row = ImportMapping.objects.filter(headings_index=_index(headings)).first()
    return dict(row.options) if row else {}


def remember(headings: Sequence[str], mapping: Mapping, options: dict) -> None:
    targets = [mapping[place] for place in _sorted_places(headings)]
    ImportMapping.objects.update_or_create(
        headings_index=_index(headings), defaults={"targets": targets, "options": options}
    )


_COMPANY_HEADING = re.compile("公司|企业|单位|company|organi[sz]ation", re.IGNORECASE)
_COMPANY_NAME = re.compile(
    r"公司|集团|有限|厂$|银行|大学|医院|\b(?:Ltd|Inc|GmbH|LLC|Corp|Co|Limited|AG|S\.A)\b", re.IGNORECASE
)
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
    columns = [column for column, target in enumerate(mapping) if target in ("birthday", "last_order_on")]
    cells = [row[column].strip() for row in sample for column in columns]
    leading = [int(found[1]) for cell in cells if (found := re.match(r"(\d{1,2})[/-]\d{1,2}[/-]\d{4}", cell))]
    return any(number > 12 for number in leading)

"""The organisation's own fields in a file: how their columns are recognised, read, written and taken back.

Between reading and writing a value is the list of cells that `customers.custom.stored` makes, as JSON can hold them.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from django.db import connection

from customers.custom import DECIMALS, LARGEST, LONGEST, Spec, as_json
from customers.enums import CustomType
from customers.importing.dates import read_date
from customers.importing.headings import plain
from customers.importing.targets import Target
from customers.importing.unreadable import Unreadable
from customers.models import CustomValue
from customers.text import clean_line, half_width
from tenancy.context import current_organization_id
from tenancy.db import arrays, uuid7

Cells = list[Any]
_COLUMNS = ("text", "number", "day", "choice_id")
STORE = """
INSERT INTO customers_customvalue (organization_id, id, customer_id, field_id, text, number, day, choice_id)
SELECT %(organization)s, id, customer, field, text, number, day, choice
FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(fields)s::uuid[], %(text)s::text[], %(number)s::bigint[],
    %(day)s::date[], %(choice_id)s::uuid[]) AS v(id, customer, field, text, number, day, choice)
"""
_SEVERAL = ";；、，,\n"
_YES = frozenset("是 有 对 真 yes y true t 1 ✓ √".split())
_NO = frozenset("否 无 没有 错 假 no n false f 0 × x".split())


def targets_of(specs: Sequence[Spec]) -> dict[str, Target]:
    """By the names of the fields. Their labels in both languages and their keys are what headings are compared with."""
    return {
        spec.name: Target(
            spec.name,
            spec.label,
            " ".join(plain(word) for word in (spec.label_zh, spec.label_en, spec.key, spec.name) if word),
            "own",
        )
        for spec in specs
    }


def parser_of(spec: Spec, *, day_first: bool) -> Callable[[str], Cells]:
    """Reads a cell. Raises Unreadable."""
    if spec.type in CustomType.WITH_CHOICES:
        words: dict[str, str] = {}
        for one in spec.choices:
            words |= {
                half_width(text).casefold(): one.id.hex for text in (one.label_zh, one.label_en) if text
            }
        return partial(_choices, words, spec.type == CustomType.CHOICES, " / ".join(map(str, spec.choices)))
    if spec.type == CustomType.DATE:
        return partial(_day, day_first)
    return {CustomType.NUMBER: _number, CustomType.BOOLEAN: _boolean}.get(CustomType(spec.type), _text)


def _text(raw: str) -> Cells:
    text = clean_line(raw)
    if len(text) > LONGEST:
        raise Unreadable("too_long", LONGEST)
    return [text] if text else []


def _number(raw: str) -> Cells:
    text = half_width(raw).replace(",", "").replace("，", "")
    if not text:
        return []
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Unreadable("bad_number") from None
    if not number.is_finite() or abs(number) > LARGEST:
        raise Unreadable("bad_number")
    return [int(round(number, DECIMALS) * 10**DECIMALS)]


def _boolean(raw: str) -> Cells:
    word = half_width(raw).casefold()
    if not word:
        return []
    if word in _YES or word in _NO:
        return [int(word in _YES)]
    raise Unreadable("bad_boolean")


def _day(day_first: bool, raw: str) -> Cells:
    text = half_width(raw)
    if not text:
        return []
    day = read_date(text, day_first=day_first)
    if day is None:
        raise Unreadable("bad_date")
    return [day.isoformat()]


def _choices(words: Mapping[str, str], several: bool, labels: str, raw: str) -> Cells:
    whole = half_width(raw).casefold()
    if whole in words:
        return [words[whole]]
    parts = [whole]
    if several:
        for mark in _SEVERAL[1:]:
            whole = whole.replace(mark, _SEVERAL[0])
        parts = [part.strip() for part in whole.split(_SEVERAL[0])]
    found = []
    for part in filter(None, parts):
        if part not in words:
            raise Unreadable("bad_own_choice", labels[:200])
        if words[part] not in found:
            found.append(words[part])
    return found


def held(ids: Collection[uuid.UUID], specs: Sequence[Spec]) -> dict[uuid.UUID, dict[str, Cells]]:
    """What these fields hold now, in the same form. One query; none without fields."""
    found: dict[uuid.UUID, dict[str, Cells]] = defaultdict(dict)
    by_id = {spec.id: spec for spec in specs}
    if by_id:
        rows = CustomValue.objects.filter(customer__in=list(ids), field__in=list(by_id)).order_by("id")
        for row in rows.values("customer_id", "field_id", *_COLUMNS):
            spec = by_id[row["field_id"]]
            found[row["customer_id"]].setdefault(spec.name, []).append(as_json(row[spec.column]))
    return found


def store_params(rows: Sequence[tuple[uuid.UUID, Spec, Cells]]) -> dict[str, str]:
    """Arrays for STORE: one row for each cell."""
    flat = [(customer, spec, cell) for customer, spec, cells in rows for cell in cells]
    params = {
        "ids": arrays.keys(uuid7() for _ in flat),
        "customers": arrays.keys(customer for customer, _, _ in flat),
        "fields": arrays.keys(spec.id for _, spec, _ in flat),
    }
    for column in _COLUMNS:
        cells = [cell if spec.column == column else None for _, spec, cell in flat]
        params[column] = arrays.texts(cells) if column == "text" else arrays.plain(cells)
    return params


def replace(values: Mapping[uuid.UUID, Mapping[str, Cells]], specs: Mapping[str, Spec]) -> None:
    """Make these the values of the fields that are named, for each customer."""
    rows = [(pk, specs[name], cells) for pk, named in values.items() for name, cells in named.items()]
    if not rows:
        return
    fields = {spec.id for _, spec, _ in rows}
    for key in fields:
        mine = [pk for pk, spec, _ in rows if spec.id == key]
        CustomValue.objects.filter(customer__in=mine, field=key).delete()
    with connection.cursor() as cursor:
        cursor.execute(STORE, {"organization": current_organization_id(), **store_params(rows)})


def words_of(values: Mapping[str, Any], specs: Mapping[str, Spec]) -> list[str]:
    """What of a row is found by search: texts, and choices in both languages."""
    found: list[str] = []
    for name, spec in specs.items():
        if not spec.searchable or not values.get(name):
            continue
        if spec.type == CustomType.TEXT:
            found += values[name]
        chosen = [one for one in spec.choices if one.id.hex in values[name]]
        found += [text for one in chosen for text in (one.label_zh, one.label_en) if text]
    return found

"""How a customer is called: in one column or several, beside its company or its contact person, and by other names."""

import re
from collections.abc import Mapping, Sequence

from customers.enums import AliasKind, CustomerKind
from customers.importing.limits import MAX_ALIASES
from customers.importing.options import Options
from customers.importing.reading.texts import CJK, NOTHING, SHEET_ERRORS, joined, said
from customers.importing.targets import TARGETS
from customers.importing.values import Problem, Values
from customers.text import clean_line

_SEVERAL = re.compile(r"[;；、|\n]")


class Names:
    """The name of a row; leaves the company of a person in `values["company"]`, for the remarks."""

    def __init__(self, places: Mapping[str, Sequence[int]], options: Options) -> None:
        self._names, self._companies = places.get("name", ()), places.get("company", ())
        self._kind = options.kind

    def read(self, cells: list[str], values: Values, problems: list[Problem]) -> None:
        parts = [text for column in self._names if (text := clean_line(cells[column]))]
        surname, given = values.pop("surname", ""), values.pop("given_name", "")
        person = joined([surname, given] if CJK.search(surname + given) else [given, surname])
        company = joined([text for column in self._companies if (text := said(cells[column]))])
        name = joined(parts) or person
        if company and name and company != name:
            values["company"] = company
        elif company and not name:
            name = company
            values.setdefault("kind", CustomerKind.COMPANY.value)
        if parts and person and not _is_part(person, name) and self._is_company(values):
            values.setdefault("contact_name", person)
        self._keep(name, values, problems)

    def _keep(self, name: str, values: Values, problems: list[Problem]) -> None:
        limit, column = TARGETS["name"].limit, self._names[0] if self._names else None
        if not name:
            problems.append(["name_missing", None, None])
        elif len(name) > limit:
            problems.append(["too_long", column, limit])
        elif name in SHEET_ERRORS:
            problems.append(["formula_error", column, None])
        else:
            values["name"] = name

    def _is_company(self, values: Values) -> bool:
        return values.get("kind", self._kind) == CustomerKind.COMPANY


class OtherNames:
    """`columns`: kind of name and column; empty where the file brings none."""

    def __init__(self, places: Mapping[str, Sequence[int]]) -> None:
        self.columns = [
            (kind.value, column) for kind in AliasKind for column in places.get(f"alias_{kind.value}", ())
        ]

    def read(self, cells: list[str], values: Values, problems: list[Problem]) -> None:
        found: dict[str, str] = {}
        limit = TARGETS["alias_short"].limit
        for kind, column in self.columns:
            for part in _SEVERAL.split(cells[column]) if cells[column] else ():
                name = clean_line(part)
                if len(name) > limit:
                    problems.append(["too_long", column, limit])
                elif name and name not in NOTHING and name != values.get("name"):
                    found.setdefault(name, kind)
        if len(found) > MAX_ALIASES:
            problems.append(["too_many_names", self.columns[0][1], MAX_ALIASES])
        elif found:
            values["aliases"] = [[kind, name] for name, kind in found.items()]


def _is_part(person: str, name: str) -> bool:
    words = set(name.casefold().replace(",", " ").split())
    return set(person.casefold().split()) <= words or person in name

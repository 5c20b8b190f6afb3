"""One row. A `RowReader` for each file: what each column needs is worked out once, so that a row costs microseconds."""

from collections.abc import Container, Mapping, Sequence
from datetime import date
from functools import partial

from django.utils.timezone import localdate

from customers.custom import Spec
from customers.importing.consents import COLUMNS as CONSENT
from customers.importing.consents import Purposes
from customers.importing.contacts import OF_CONTACT
from customers.importing.limits import MAX_CELL
from customers.importing.options import Options, People
from customers.importing.own import parser_of, targets_of
from customers.importing.reading import days
from customers.importing.reading.contact_person import give_to_customer
from customers.importing.reading.details import LISTS, Several
from customers.importing.reading.names import Names, OtherNames
from customers.importing.reading.parsers import Parser, parsers_of
from customers.importing.reading.texts import NOTHING, note
from customers.importing.reading.together import Remarks, Street
from customers.importing.tags import Labels
from customers.importing.targets import TARGETS
from customers.importing.unreadable import Unreadable
from customers.importing.values import Problem, Values
from customers.importing.xlsx_file import UNCALCULATED


class RowReader:
    """Reads rows under one mapping. `region`: whose phone numbers are written without a country code."""

    def __init__(
        self,
        headings: Sequence[str],
        mapping: Sequence[str],
        options: Options,
        people: People,
        *,
        region: str = "CN",
        today: date | None = None,
        own: Sequence[Spec] = (),
        labels: Labels | None = None,
        purposes: Purposes | None = None,
    ) -> None:
        """`own`: the organisation's own fields, to which columns may go. `labels`: the tags that cells may name;
        `purposes`: those of consent."""
        self.width, self._purposes = len(headings), purposes or Purposes()
        parsers = parsers_of(options, people, region, today or localdate())
        parsers |= {"tags": (labels or Labels()).read, "consent_purpose": self._purposes.read}
        parsers |= {spec.name: parser_of(spec, day_first=options.day_first) for spec in own}
        targets = {**TARGETS, **targets_of(own)}
        places = _places(mapping, targets)
        if "birthday" in places and days.is_lunar(headings[places["birthday"][0]]):
            parsers["birthday"] = partial(days.lunar_birthday, parsers["birthday"])
        self._imported = frozenset(column for columns in places.values() for column in columns)
        self._single: list[tuple[str, int, Parser]] = [
            (key, columns[0], parsers[key]) for key, columns in places.items() if not targets[key].joins
        ]
        self._lists = [Several(key, columns, parsers[key]) for key, columns in places.items() if key in LISTS]
        self._name, self._other_names = Names(places, options), OtherNames(places)
        self._has_consent = any(name in places for name in CONSENT)
        self._has_contact = not OF_CONTACT.isdisjoint(places)
        self._street, self._remarks = Street(places.get("street", ())), Remarks(places, headings)

    def read(self, cells: list[str]) -> tuple[Values, list[Problem]]:
        """The values of a row, and what is wrong with it. `cells` may be of any length."""
        values: Values = {}
        problems: list[Problem] = []
        if len(cells) != self.width:
            cells = self._squared(cells, problems)
        whole = "".join(cells)
        if len(whole) > MAX_CELL or "\0" in whole:
            self._examine(cells, problems)
            if problems:
                return values, problems
        for key, column, parser in self._single:
            if raw := cells[column]:
                try:
                    if (value := parser(raw)) and raw not in NOTHING:
                        values[key] = value
                except Unreadable as error:
                    note(problems, error, raw, column)
        for several in self._lists:
            several.read(cells, values, problems)
        if (birthday := values.get("birthday")) and days.unusual(birthday):
            values |= days.born(values.pop("birthday"))
        self._name.read(cells, values, problems)
        if self._has_contact:
            give_to_customer(values)
        if self._has_consent:
            self._purposes.combine(values, problems)
        if self._other_names.columns:
            self._other_names.read(cells, values, problems)
        if self._street.columns:
            self._street.read(cells, values, problems)
        if self._remarks.is_fed:
            self._remarks.read(cells, values, problems)
        return values, problems

    def _squared(self, cells: list[str], problems: list[Problem]) -> list[str]:
        extra = cells[self.width :]
        if any(cell.strip() for cell in extra):
            problems.append(["extra_cells", None, len(extra)])
        return cells[: self.width] + [""] * (self.width - len(cells))

    def _examine(self, cells: list[str], problems: list[Problem]) -> None:
        for column, cell in enumerate(cells):
            if len(cell) > MAX_CELL:
                problems.append(["cell_too_long", column, MAX_CELL])
            elif cell == UNCALCULATED:
                if column in self._imported:
                    problems.append(["formula_unknown", column, None])
            elif "\0" in cell:
                problems.append(["control", column, None])


def _places(mapping: Sequence[str], targets: Container[str]) -> Mapping[str, list[int]]:
    """Target → its columns, in the order of the file."""
    places: dict[str, list[int]] = {}
    for column, target in enumerate(mapping):
        if target in targets:
            places.setdefault(target, []).append(column)
    return places

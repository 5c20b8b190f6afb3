"""What several columns make together: the street, and the remarks, each under its heading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from customers.importing.reading.texts import NOTHING, SHEET_ERRORS, joined
from customers.importing.targets import TARGETS
from customers.importing.values import Problem, Values
from customers.text import clean_line, clean_lines


@dataclass(frozen=True)
class Street:
    columns: Sequence[int]

    def read(self, cells: list[str], values: Values, problems: list[Problem]) -> None:
        parts = [
            text for column in self.columns if (text := clean_line(cells[column])) and text not in NOTHING
        ]
        if parts:
            _keep("street", joined(parts), self.columns[0], values, problems)


class Remarks:
    """The company of a person, which `names` has left in the values, stands before them."""

    def __init__(self, places: Mapping[str, Sequence[int]], headings: Sequence[str]) -> None:
        self.columns, self._companies = places.get("remarks", ()), places.get("company", ())
        self._headings = headings

    def read(self, cells: list[str], values: Values, problems: list[Problem]) -> None:
        named = len(self.columns) > 1
        lines = [
            f"{self._headings[column]}: {text}" if named else text
            for column in self.columns
            if (text := clean_lines(cells[column])) and text not in SHEET_ERRORS
        ]
        if company := values.pop("company", ""):
            lines.insert(0, f"{self._headings[self._companies[0]]}: {company}")
        if lines:
            column = (self.columns or self._companies)[0]
            _keep("remarks", "\n".join(lines), column, values, problems)


def _keep(key: str, text: str, column: int, values: Values, problems: list[Problem]) -> None:
    limit = TARGETS[key].limit
    if len(text) > limit:
        problems.append(["too_long", column, limit])
    else:
        values[key] = text

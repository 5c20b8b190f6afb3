"""What several columns make together: the street, and the remarks, each under its heading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from customers.importing.reading.texts import NOTHING, SHEET_ERRORS, joined
from customers.importing.targets import TARGETS
from customers.importing.values import Problem, Values
from customers.text import clean_line, clean_lines

_LEFT = {"company": "company", "job_title": "contact_title"}
"""What other readers leave in the values for the remarks → the target whose column it stood in."""


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
    """Before them stand the company of a person and a job title, where nobody else has them."""

    def __init__(self, places: Mapping[str, Sequence[int]], headings: Sequence[str]) -> None:
        self._columns, self._headings = places.get("remarks", ()), headings
        self._first = {key: places[target][0] for key, target in _LEFT.items() if target in places}
        self.is_fed = bool(self._columns or self._first)

    def read(self, cells: list[str], values: Values, problems: list[Problem]) -> None:
        named = len(self._columns) > 1
        lines = [
            f"{self._headings[column]}: {text}" if named else text
            for column in self._columns
            if (text := clean_lines(cells[column])) and text not in SHEET_ERRORS
        ]
        first = [
            f"{self._headings[column]}: {text}"
            for key, column in self._first.items()
            if (text := values.pop(key, ""))
        ]
        if lines := first + lines:
            column = (*self._columns, *self._first.values())[0]
            _keep("remarks", "\n".join(lines), column, values, problems)


def _keep(key: str, text: str, column: int, values: Values, problems: list[Problem]) -> None:
    limit = TARGETS[key].limit
    if len(text) > limit:
        problems.append(["too_long", column, limit])
    else:
        values[key] = text

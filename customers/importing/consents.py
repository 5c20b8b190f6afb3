"""Consents in a file: one in a row, made of what for, what was said, how and when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Min

from customers.enums import ConsentState
from customers.importing.unreadable import Unreadable
from customers.models import ConsentPurpose
from customers.text import clean_line, folded_label

COLUMNS = ("consent_purpose", "consent_state", "consent_channel", "consent_date")
Said = dict[str, str]
"""A consent as a row keeps it: purpose (key), state, channel, day (ISO)."""


@dataclass(frozen=True)
class Purposes:
    """What a cell may name. `known`: label as it is compared → key; `worded`: key → the first day that has a wording."""

    known: Mapping[str, str] = field(default_factory=dict)
    worded: Mapping[str, date | None] = field(default_factory=dict)

    def read(self, raw: str) -> str:
        """The key of the purpose. Raises Unreadable."""
        key = self.known.get(folded_label(clean_line(raw)))
        if key is None:
            raise Unreadable("unknown_purpose")
        return key

    def combine(self, values: dict[str, Any], problems: list[Any]) -> None:
        """Make one consent of the four columns, or say what is wrong with it."""
        found = {name.removeprefix("consent_"): values.pop(name) for name in COLUMNS if name in values}
        if not found or problems:
            return
        if len(found) < len(COLUMNS):
            problems.append(["consent_incomplete", None, None])
            return
        first = self.worded.get(found["purpose"])
        if found["state"] == ConsentState.GIVEN and (first is None or found["date"] < first.isoformat()):
            problems.append(["not_worded", None, None])
            return
        values["consent"] = found


def purposes_known() -> Purposes:
    """Those in use. One query."""
    known: dict[str, str] = {}
    worded: dict[str, date | None] = {}
    rows = ConsentPurpose.objects.active().annotate(first=Min("wordings__in_force_from"))
    for pk, zh, en, first in rows.order_by("-position", "-pk").values_list(
        "pk", "label_zh", "label_en", "first"
    ):
        worded[str(pk)] = first
        known |= {folded_label(label): str(pk) for label in (zh, en) if label}
    return Purposes(known, worded)

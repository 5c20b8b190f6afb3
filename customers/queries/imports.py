"""Imports as pages show them: the list, and their rows in words, masked."""

import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from customers.enums import ConsentState, RowOutcome, RowResult
from customers.importing import rows as sealed
from customers.importing.choices import choice_labels
from customers.importing.consents import Said
from customers.importing.contacts import contacts_of
from customers.importing.problems import ROW_PROBLEMS
from customers.importing.targets import TARGETS
from customers.importing.values import Problem, Values
from customers.masking import masked, masked_email, masked_phone, masked_text
from customers.models import ConsentPurpose, Customer, ImportBatch, ImportRow
from customers.story import field_label
from tenancy.access import Viewer
from tenancy.context import current_organization
from tenancy.models import Membership

PAGE_SIZE = 50
VIEW = "customers.view_customer"
SHOWN = ("phone", "email", "city", "owner")
_PHONE = re.compile(r"\+?[\d\s()-]{7,20}", re.ASCII)
_MAILBOX = re.compile(r"([^\s@;；,，、])[^\s@;；,，、]*(@[^\s@;；,，、]+)")
_NUMBER_FROM = 11
FILTERS = (*RowOutcome.values, RowResult.KEPT.value)
_TONES = {
    RowOutcome.NEW: "green",
    RowOutcome.UPDATE: "blue",
    RowOutcome.PERSON: "blue",
    RowOutcome.SKIP: "neutral",
    RowOutcome.ERROR: "red",
}


@dataclass
class RowLine:
    """A row of the file as the preview shows it."""

    number: int
    outcome: str
    tone: str
    name: str
    details: str
    problems: list[str] = field(default_factory=list)
    target: uuid.UUID | None = None
    customer: str = ""
    """Who is recognised in it: name and code, where the importer may know."""


class Words:
    """Puts problems into words; names of members, and purposes of consent where there are any, are read once for a page."""

    def __init__(self, batch: ImportBatch) -> None:
        self._headings: list[str] = json.loads(batch.headings or "[]")
        self._members = {str(pk): name for pk, name in Membership.objects.values_list("pk", "name")}
        named = "consent_purpose" in batch.mapping
        self._purposes = {str(one.pk): str(one) for one in ConsentPurpose.objects.all()} if named else {}

    def consent(self, said: Said) -> str:
        state, day = ConsentState(said["state"]).label, date.fromisoformat(said["date"])
        return (
            f"{self._purposes.get(said['purpose'], '—')} · {state} · {date_format(day, 'SHORT_DATE_FORMAT')}"
        )

    def member(self, key: str) -> str:
        return self._members.get(key, "—")

    def of(self, problem: Problem) -> str:
        code, column, param = problem
        if code in ("exists_other", "cap"):
            param = self.member(param)
        elif code == "bad_choice":
            param = choice_labels(param)
        elif code == "required":
            param = column_name(param)
        elif code == "edited_since":
            param = _("the customer") if param == "*" else _(", ").join(map(_field, str(param).split(",")))
        heading = self._headings[column] if column is not None and column < len(self._headings) else _("Name")
        return str(ROW_PROBLEMS[code]) % {"column": heading, "param": param}


def _field(name: str) -> str:
    return field_label("owner" if name == "owner_id" else name)


def lines(batch: ImportBatch, chosen: str, after: int, viewer: Viewer) -> tuple[list[RowLine], int | None]:
    """A page of rows behind number `after`, and where the next begins. `chosen`: an outcome, "kept", or "" for all."""
    found = ImportRow.objects.filter(batch=batch, number__gt=after).order_by("number")
    if chosen == RowResult.KEPT:
        found = found.filter(result__in=(RowResult.KEPT, RowResult.PARTLY))
    elif chosen:
        found = found.filter(outcome=chosen)
    page = list(found[: PAGE_SIZE + 1])
    words = Words(batch)
    following = page[PAGE_SIZE - 1].number if len(page) > PAGE_SIZE else None
    known = _recognised(page[:PAGE_SIZE], viewer)
    return [_line(row, batch, words, known) for row in page[:PAGE_SIZE]], following


def _recognised(page: list[ImportRow], viewer: Viewer) -> dict[uuid.UUID, str]:
    """Customers that rows update or repeat, in words, as far as the viewer may see them."""
    keys = {row.target_id for row in page if row.target_id and row.outcome != RowOutcome.NEW}
    rows = Customer.objects.visible_to(viewer, VIEW).filter(pk__in=keys) if keys else Customer.objects.none()
    return {pk: f"{name} · {code}" for pk, name, code in rows.values_list("pk", "name", "code")}


def _line(row: ImportRow, batch: ImportBatch, words: Words, known: dict[uuid.UUID, str]) -> RowLine:
    cells, values = sealed.unseal(bytes(row.payload), current_organization().uid, row.pk)
    name = values.get("name") or _raw_name(cells or [], batch.mapping)
    result = row.get_result_display() if row.result else row.get_outcome_display()
    tone = _TONES[RowOutcome(row.outcome)] if not row.result else "amber"
    line = RowLine(row.number, str(result), tone, name or "—", _details(values, words), target=row.target_id)
    line.customer = known.get(row.target_id, "") if row.target_id else ""
    line.problems = [words.of(problem) for problem in row.problems or ()]
    return line


def _raw_name(cells: list[str], mapping: list[str]) -> str:
    parts = [
        cell.replace("\0", "").strip()
        for cell, target in zip(cells, mapping, strict=False)
        if target in ("name", "surname", "given_name")
    ]
    return " ".join(part for part in parts if part)[:80]


def _details(values: Values, words: Words) -> str:
    parts = _people(values)
    for key in SHOWN:
        value = values.get(key)
        if key == "owner":
            parts += [words.member(value)] if value else []
        elif TARGETS[key].secret:
            parts += [masked(key, one) for one in value or ()]
        elif value:
            parts.append(value)
    parts += [name for _kind, name in values.get("aliases", ())]
    if "consent" in values:
        parts.append(words.consent(values["consent"]))
    return " · ".join(parts)


def _people(values: Values) -> list[str]:
    parts = []
    for one in contacts_of(values):
        parts += [part for part in (one.name, one.title) if part]
        parts += [masked(kind, value) for kind, found in one.details.items() for value in found]
    return parts


def masked_cell(text: str, target: str) -> str:
    """A cell of a file for whoever may not see contact details in full: those of a column that goes to one, and
    whatever looks like one in any other."""
    if target in TARGETS and TARGETS[target].secret:
        if _MAILBOX.fullmatch(text):
            return masked_email(text)
        return masked_phone(text) if _PHONE.fullmatch(text) else masked_text(text)
    shown = _MAILBOX.sub(r"\1***\2", text)
    return masked_phone(shown) if len(re.sub(r"\D", "", shown)) >= _NUMBER_FROM else shown


def column_name(target: str) -> str:
    return capfirst(str(TARGETS[target].label)) if target in TARGETS else field_label(target)

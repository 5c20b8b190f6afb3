"""Everything that stands about a customer, found through the privacy rules of all floors."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.encoding import force_str

from customers.models import Customer, MergedCustomer
from customers.privacy import (
    OnErasure,
    PrivacyRule,
    Text,
    erasure_blockers,
    privacy_rules,
    privacy_traces,
)
from tenancy.db import TenantForeignKey
from tenancy.model_words import named
from tenancy.models import TenantModel
from workspace.models import Attachment, AttachmentFolder

_UNSEEN = (models.BinaryField, models.UUIDField)


@dataclass(frozen=True)
class Section:
    """Rows of one kind in an access package: headings and values in words."""

    key: str
    label: str
    columns: list[str]
    rows: list[list[Any]]


@dataclass(frozen=True)
class PlanLine:
    """What an erasure does to one kind of row."""

    label: str
    count: int
    what: OnErasure
    reason: Text = ""
    links: Sequence[tuple[str, str]] = ()
    """Where a person looks: words and addresses."""


def same_human(customer: Customer) -> list[uuid.UUID]:
    """The customer and those that were merged into it, however often."""
    return same_humans([customer.pk])[customer.pk]


def same_humans(keys: Collection[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Each of these customers, first, with those that were merged into it, however often. One query for each generation
    of merges, however many customers they are."""
    taken: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    known, asked = set(keys), set(keys)
    while asked:
        rows = MergedCustomer.objects.filter(merge__survivor__in=asked, active=True)
        found = list(rows.values_list("merge__survivor", "customer"))
        for survivor, customer in found:
            taken[survivor].add(customer)
        asked = {customer for _survivor, customer in found} - known
        known |= asked
    return {key: [key, *sorted(_below(key, taken) - {key})] for key in keys}


def survivors_of(keys: Collection[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Whom each of these customers has become by merges, one after another. One query for each generation of merges."""
    became: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    known, asked = set(keys), set(keys)
    while asked:
        rows = MergedCustomer.objects.filter(customer__in=asked, active=True)
        found = list(rows.values_list("customer", "merge__survivor"))
        for customer, survivor in found:
            became[customer].add(survivor)
        asked = {survivor for _customer, survivor in found} - known
        known |= asked
    return {key: _below(key, became) - {key} for key in keys}


def whoever_it_is(customer: Customer) -> list[uuid.UUID]:
    """The same human, and whom the customer has become: what forbids to erase one of them forbids it of all."""
    return [*same_human(customer), *sorted(survivors_of([customer.pk])[customer.pk])]


def _below(key: uuid.UUID, taken: Mapping[uuid.UUID, Collection[uuid.UUID]]) -> set[uuid.UUID]:
    found: set[uuid.UUID] = set()
    waiting = list(taken.get(key, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(taken.get(one, ()))
    return found


def rows_about(rule: PrivacyRule, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Keys of the rows of the rule's model that are about these customers. One query for each path, never an OR."""
    found: set[uuid.UUID] = set()
    for path in rule.paths:
        found |= set(rule.model.objects.filter(**{f"{path}__in": ids}).values_list("pk", flat=True))
    return found


def folders_of(model: type[TenantModel], keys: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The folders that these rows point to."""
    found: set[uuid.UUID] = set()
    for field in model._meta.concrete_fields:
        if isinstance(field, TenantForeignKey) and field.remote_field.model is AttachmentFolder:
            rows = model.objects.filter(pk__in=keys, **{f"{field.name}__isnull": False})
            found |= set(rows.values_list(field.attname, flat=True))
    return found


def attachments_about(ids: Collection[uuid.UUID]) -> list[Attachment]:
    """The files of the customers and of every row about them."""
    folders: set[uuid.UUID] = set()
    for rule in privacy_rules:
        folders |= folders_of(rule.model, rows_about(rule, ids))
    return list(Attachment.objects.filter(folder__in=folders).select_related("file").order_by("id"))


def sections_about(ids: Collection[uuid.UUID]) -> Iterator[Section]:
    """All there is about these customers, kind by kind; kinds without rows are left out."""
    for rule in privacy_rules:
        if rule.exported:
            section = _section(rule, ids)
            if section.rows:
                yield section


def _section(rule: PrivacyRule, ids: Collection[uuid.UUID]) -> Section:
    fields = _shown(rule)
    keys = [field.name for field in fields if isinstance(field, models.ForeignKey)]
    rows = rule.model.objects.filter(pk__in=rows_about(rule, ids)).select_related(*keys).order_by("pk")
    written = [[_in_words(row, field) for field in fields] for row in rows]
    return Section(rule.key, rule.label, columns_of(rule), written)


def columns_of(rule: PrivacyRule) -> list[str]:
    """What of such a row stands in the package, in the reader's language."""
    return [named(field.verbose_name) for field in _shown(rule)]


def _shown(rule: PrivacyRule) -> list[Any]:
    return [field for field in rule.model._meta.concrete_fields if _is_shown(field, rule)]


def _is_shown(field: models.Field, rule: PrivacyRule) -> bool:
    return not (
        field.primary_key
        or field.name in ("organization", *rule.hidden)
        or (isinstance(field, _UNSEEN) and field.get_internal_type() != "TextField")
    ) or hasattr(field, "place")


def _in_words(row: TenantModel, field: models.Field) -> Any:
    value = getattr(row, field.name)
    if value is None or value == "":
        return None
    if field.choices:
        return force_str(getattr(row, f"get_{field.name}_display")())
    return str(value) if isinstance(value, models.Model) else value


def erasure_plan(ids: Collection[uuid.UUID]) -> list[PlanLine]:
    """What an erasure would destroy, anonymise and keep, and why; kinds without rows are left out."""
    lines = [
        PlanLine(str(trace.label), count, trace.what, trace.reason, trace.links(ids) if trace.links else [])
        for trace in privacy_traces
        if (count := trace.count(ids))
    ]
    for rule in privacy_rules:
        if count := len(rows_about(rule, ids)):
            lines.append(PlanLine(rule.label, count, rule.on_erasure, rule.reason))
    if count := len(attachments_about(ids)):
        lines.append(PlanLine(named(Attachment._meta.verbose_name_plural), count, OnErasure.DESTROY))
    order = list(OnErasure)
    return sorted(lines, key=lambda line: order.index(line.what))


def reasons_against(ids: Collection[uuid.UUID]) -> list[str]:
    """What forbids to erase these customers now, in the reader's language."""
    return [reason for found in _against(ids) for reasons in found.values() for reason in reasons]


def forbidden(ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these customers that something forbids to erase now. Each blocker is asked once."""
    return {key for found in _against(ids) for key, reasons in found.items() if reasons}


def _against(ids: Collection[uuid.UUID]) -> list[Mapping[uuid.UUID, list[str]]]:
    return [blocker.find(ids) for blocker in erasure_blockers]

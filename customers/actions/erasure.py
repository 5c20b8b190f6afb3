"""The end of a customer: erased on every floor, with what the audit holds of the values."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from django.db import connection, models, transaction
from django.db.models.fields.reverse_related import ForeignObjectRel

from customers.actions.search import refresh_search
from customers.models import ContactPerson, Customer, CustomerSearch
from customers.privacy import OnErasure, PrivacyRule, privacy_rules, privacy_traces
from customers.queries.audit_traces import forgotten_rows
from customers.queries.privacy import (
    folders_of,
    forbidden,
    reasons_against,
    rows_about,
    same_humans,
    survivors_of,
)
from customers.signals import customers_changed
from customers.text import sentences
from tenancy.audit.records import erase_audit_values
from tenancy.db import TenantForeignKey
from tenancy.errors import Refused
from tenancy.models import TenantModel
from workspace.files import destroy
from workspace.models import Attachment, AttachmentFolder, StoredFile

Rows = dict[type[TenantModel], set[uuid.UUID]]
Kept = list[tuple[PrivacyRule, set[uuid.UUID]]]
ERASED_NAME = "—"


class ErasureBlocked(Refused):
    """Something forbids it for now; `reasons` says what."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(sentences(reasons))
        self.reasons = reasons


@transaction.atomic
def erase_customer(customer: Customer, *, reason: str) -> dict[str, int]:
    """Destroy all that stands about the customer, on every floor, by the privacy rules. There is no way back.

    What a rule keeps stays, and the customer's own row with it, emptied, where such rows need one. The values that the
    audit holds of the rows are taken out through its one door; who, when and what remain, with `reason` (a reference,
    never a name), and the chain still verifies. Answers how many rows were destroyed and kept, and how many audit
    entries were emptied.
    Raises ErasureBlocked, and Customer.DoesNotExist when somebody was quicker.
    """
    humans = _locked([customer])
    if not humans:
        raise Customer.DoesNotExist
    [human] = humans
    if reasons := reasons_against(human.everyone):
        raise ErasureBlocked(reasons)
    return _erase([human.keys], reason)


@transaction.atomic
def erase_customers(customers: Collection[Customer], *, reason: str) -> int:
    """The same for many at once, with the organisation's audit read once for all of them. Whom something forbids to
    erase is passed over; answers how many of `customers` were erased."""
    humans = _locked(customers)
    kept = forbidden({key for human in humans for key in human.everyone})
    free = [human.keys for human in humans if kept.isdisjoint(human.everyone)]
    if free:
        _erase(free, reason)
    return len(free)


class _Human(NamedTuple):
    keys: list[uuid.UUID]
    """The customer, and those merged into it."""
    survivors: Collection[uuid.UUID]
    """Whom it has become: they stay, but what holds them holds it."""

    @property
    def everyone(self) -> list[uuid.UUID]:
        return [*self.keys, *self.survivors]


def _locked(customers: Collection[Customer]) -> list[_Human]:
    """Each that is still there, with those merged into it and whom it has become, all of them locked: nobody merges,
    un-merges or holds one of them meanwhile."""
    asked = list(dict.fromkeys(customer.pk for customer in customers))
    locked: set[uuid.UUID] = set()
    while True:
        # A merge that ended while we waited for its rows has brought others with it.
        below, above = same_humans(asked), survivors_of(asked)
        humans = [_Human(below[key], above[key]) for key in asked]
        keys = {key for human in humans for key in human.everyone} - locked
        if not keys:
            return humans
        rows = Customer.objects.select_for_update().filter(pk__in=keys).order_by("pk")
        there = set(rows.values_list("pk", flat=True))
        asked = [key for key in asked if key in there or key in locked]
        locked |= keys


def _erase(humans: Collection[list[uuid.UUID]], reason: str) -> dict[str, int]:
    """`humans`: the keys of each, with those of the customers merged into them."""
    ids = list(dict.fromkeys(key for human in humans for key in human))
    _check_keys_later()
    emptied: Rows = defaultdict(set)
    for trace in privacy_traces:
        _add(emptied, trace.erase(ids))
    doomed, kept = _sorted_out(ids)
    _add(emptied, _destroy_files(doomed))
    companies = _companies(doomed.get(ContactPerson, set()), ids)
    known = {**doomed, **{rule.model: keys for rule, keys in kept if rule.blanks}}
    _add(emptied, forgotten_rows({**known, Customer: set(ids)}))
    needed = _needed_by(kept, ids)
    stay = {key for human in humans if needed.intersection(human) for key in human}
    _blank_rows(kept)
    _empty(stay)
    _add(emptied, known)
    doomed[Customer] -= stay
    _destroy(doomed)
    if companies:
        refresh_search(companies)
        customers_changed.send(Customer, ids=companies)
    check_keys()
    return {
        "destroyed": sum(len(keys) for keys in doomed.values()),
        "kept": sum(len(keys) for _rule, keys in kept),
        "entries": _empty_audit(emptied, reason),
    }


def _sorted_out(ids: Collection[uuid.UUID]) -> tuple[Rows, Kept]:
    doomed: Rows = {}
    kept: Kept = []
    for rule in privacy_rules:
        keys = rows_about(rule, ids)
        if keys and rule.on_erasure == OnErasure.DESTROY:
            doomed[rule.model] = keys
        elif keys:
            kept.append((rule, keys))
    return doomed, kept


def _destroy_files(doomed: Rows) -> Rows:
    """Files of rows that go, contents on the disk included; their folders go with the rows."""
    folders: set[uuid.UUID] = set()
    for model, keys in doomed.items():
        folders |= folders_of(model, keys)
    rows = list(Attachment.objects.filter(folder__in=folders).select_related("file"))
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for row in rows:
        destroy(row.file)
    doomed[AttachmentFolder] = folders
    return {
        Attachment: {row.pk for row in rows},
        StoredFile: {row.file_id for row in rows},
        AttachmentFolder: folders,
    }


def _companies(people: Collection[uuid.UUID], ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Other customers for whom the erased human was a contact person."""
    rows = ContactPerson.objects.filter(pk__in=people).exclude(customer__in=ids)
    return list(rows.values_list("customer_id", flat=True).distinct())


def _blank_rows(kept: Kept) -> None:
    for rule, keys in kept:
        if rule.blanks:
            rule.model.objects.filter(pk__in=keys).update(**rule.blanks)


def _needed_by(kept: Kept, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the customers that rows that stay still point to."""
    needed: set[uuid.UUID] = set()
    for rule, keys in kept:
        for path in rule.paths:
            if path.partition("__")[0] not in rule.blanks:
                rows = rule.model.objects.filter(pk__in=keys, **{f"{path}__in": ids})
                needed |= set(rows.values_list(path, flat=True))
    return needed


def _empty(ids: Collection[uuid.UUID]) -> None:
    """The customer of kept rows is nobody any more."""
    for customer in Customer.objects.filter(pk__in=ids):
        for field in Customer._meta.concrete_fields:
            if field.name not in _STAYS:
                setattr(customer, field.attname, _blank(field))
        customer.code, customer.name, customer.name_key = f"X{customer.pk.hex[-16:]}", ERASED_NAME, ""
        customer.archived_at = customer.archived_at or customer.updated_at
        customer.version += 1
        customer.save(force_update=True)
    CustomerSearch.objects.filter(customer__in=ids).delete()


_STAYS = ("id", "organization", "kind", "created_at", "updated_at", "archived_at", "version")


def _blank(field: models.Field) -> Any:
    if field.null and not field.has_default():
        return None
    return field.get_default() if field.has_default() else ""


def _empty_audit(rows: Rows, reason: str) -> int:
    """How many entries of these rows have lost their values. Each customer has an entry of its own that says so: it is
    found by the customer's key."""
    erased = sum(erase_audit_values(Customer, [key], reason) for key in sorted(rows.pop(Customer, ())))
    return erased + sum(
        erase_audit_values(model, sorted(keys), reason)
        for model, keys in rows.items()
        if keys and not model.audit_exempt
    )


def _destroy(doomed: Rows) -> None:
    _let_go(doomed)
    for model, keys in doomed.items():
        _delete(model, keys)


def _let_go(doomed: Rows) -> None:
    """Rows that stay and may do without: their keys to what goes become empty."""
    for model, keys in doomed.items():
        for relation in model._meta.get_fields(include_hidden=True):
            if not isinstance(relation, ForeignObjectRel) or not isinstance(relation.field, TenantForeignKey):
                continue
            holder: Any = relation.related_model
            field = relation.field
            if field.null:
                rows = holder.objects.filter(**{f"{field.name}__in": keys})
                rows.exclude(pk__in=doomed.get(holder, ())).update(**{field.name: None})


def _delete(model: type[TenantModel], keys: Collection[uuid.UUID]) -> None:
    """Without the collector: every model about a customer has its rule, and the keys are checked at the end."""
    if keys:
        rows = model.objects.filter(pk__in=keys)
        rows._raw_delete(rows.db)


def _add(to: Rows, more: Mapping[type[TenantModel], Collection[uuid.UUID]]) -> None:
    for model, keys in more.items():
        to[model] |= set(keys)


def _check_keys_later() -> None:
    """Rows go in any order, and the keys are checked when all have gone, also where something in this transaction has had
    them checked before."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def check_keys() -> None:
    """Have the database check every deferred key now: a row that still points to what is gone fails here."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

"""Fields of the organisation's own: defined, changed, archived, destroyed."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from customers.actions.quality_policy import REBUILD
from customers.actions.search import refresh_search
from customers.models import CustomChoice, Customer, CustomField, CustomValue
from customers.pinyin import sort_key
from tenancy.errors import Refused
from tenancy.models import Membership
from workspace.actions.job import enqueue
from workspace.models import Job
from workspace.progress import Progress

MOST = 50
REINDEX, DESTROY = "customers.reindex_search", "customers.destroy_field"
BATCH = 1000


@dataclass(frozen=True)
class ChoiceInput:
    """A choice as the form gives it: `id` of one that exists, or None."""

    label_zh: str
    label_en: str
    id: uuid.UUID | None = None
    retired: bool = False


@transaction.atomic
def save_custom_field(
    field: CustomField, choices: Sequence[ChoiceInput] = (), *, actor: Membership
) -> CustomField:
    """Define a field, or change one (its version is the next one already). Choices that are no longer named are retired.

    Whether its words are found by search, and what it weighs in the completeness, is brought to all customers by jobs.
    Raises Refused above MOST fields.
    """
    adding = field._state.adding
    before = CustomField(weight=0)
    if adding:
        if CustomField.objects.filter(archived_at=None).count() >= MOST:
            raise Refused(
                _("An organisation can have %(most)s fields of its own: archive one first.") % {"most": MOST}
            )
        field.key = _free_key(field)
        field.position = (CustomField.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    else:
        before = CustomField.objects.get(pk=field.pk)
    field.save(force_insert=adding)
    if field.has_choices:
        _save_choices(field, choices)
    if not adding and (before.searchable or field.searchable):
        # Its mark, or the words of its choices, may be others now.
        enqueue(REINDEX, {"field": str(field.pk)}, actor=actor)
    _count_anew(before, field, actor)
    return field


@transaction.atomic
def archive_custom_field(field: CustomField, *, archived: bool, actor: Membership) -> None:
    """Take a field out of every page and of the search, or bring it back; what it holds stays.

    Raises Refused above MOST fields, and for a field that is being destroyed.
    """
    stored = CustomField.objects.select_for_update().get(pk=field.pk)
    if stored.destroyed_at is not None:
        raise Refused(_("This field is being destroyed."))
    if not archived and CustomField.objects.filter(archived_at=None).count() >= MOST:
        raise Refused(
            _("An organisation can have %(most)s fields of its own: archive one first.") % {"most": MOST}
        )
    field.archived_at = timezone.now() if archived else None
    field.version = stored.version + 1
    field.save()
    if field.searchable:
        enqueue(REINDEX, {"field": str(field.pk)}, actor=actor)
    _count_anew(stored, field, actor)


@transaction.atomic
def destroy_custom_field(field: CustomField, *, actor: Membership) -> Job:
    """Destroy an archived field and all that it holds, in a job. Raises Refused for one that is in use."""
    stored = CustomField.objects.select_for_update().get(pk=field.pk)
    if stored.archived_at is None:
        raise Refused(_("Archive the field first."))
    if stored.destroyed_at is not None:
        raise Refused(_("This field is being destroyed."))
    CustomField.objects.filter(pk=field.pk).update(destroyed_at=timezone.now())
    return enqueue(DESTROY, {"field": str(field.pk)}, actor=actor)


@transaction.atomic
def move_custom_field(field: CustomField, *, up: bool) -> None:
    """Exchange places with the neighbour."""
    rows = CustomField.objects.select_for_update().filter(archived_at=None)
    fields = list(rows.order_by("position", "id"))
    place = next(number for number, one in enumerate(fields) if one.pk == field.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(fields):
        return
    fields[place], fields[other] = fields[other], fields[place]
    for number, one in enumerate(fields, start=1):
        if one.position != number:
            CustomField.objects.filter(pk=one.pk).update(position=number)


def run_destroy(job: Job, progress: Progress) -> dict[str, int]:
    """Values first, batch by batch, then the definition."""
    key, done = uuid.UUID(job.params["field"]), progress.state.get("done", 0)
    while True:
        with progress.batch():
            rows = list(CustomValue.objects.filter(field=key).values_list("pk", "customer_id")[:BATCH])
            if not rows:
                CustomChoice.objects.filter(field=key).delete()
                CustomField.objects.filter(pk=key).delete()
                return {"values": done}
            done += CustomValue.objects.filter(pk__in=[pk for pk, _customer in rows]).delete()[0]
            refresh_search({customer for _pk, customer in rows})
            progress.checkpoint({"done": done}, done=done)


def run_reindex(job: Job, progress: Progress) -> dict[str, int]:
    """Write the search documents anew of the customers for whom the field holds something."""
    key, state = uuid.UUID(job.params["field"]), dict(progress.state)
    while True:
        with progress.batch():
            after = uuid.UUID(state.get("after") or str(uuid.UUID(int=0)))
            rows = CustomValue.objects.filter(field=key, customer__gt=after).order_by("customer_id")
            ids = list(dict.fromkeys(rows.values_list("customer_id", flat=True)[:BATCH]))
            if not ids:
                return {"customers": state.get("done", 0)}
            refresh_search(Customer.objects.filter(pk__in=ids).values_list("pk", flat=True))
            state = {"after": str(ids[-1]), "done": state.get("done", 0) + len(ids)}
            progress.checkpoint(state, done=state["done"])


def _count_anew(before: CustomField, after: CustomField, actor: Membership) -> None:
    """The completeness of all customers in a job, where something else counts from now on."""
    if before.counts != after.counts and (before.counts[0] or after.counts[0]):
        enqueue(REBUILD, {}, actor=actor)


def _free_key(field: CustomField) -> str:
    """Short, of small letters, and nobody else's: made from the English label, or the reading of the Chinese one."""
    stem = slugify(field.label_en or sort_key(field.label_zh)).replace("-", "_")[:30].strip("_") or "field"
    taken = set(CustomField.objects.filter(key__startswith=stem).values_list("key", flat=True))
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}_{number}"
    return key


def _save_choices(field: CustomField, choices: Sequence[ChoiceInput]) -> None:
    stored = {row.pk: row for row in CustomChoice.objects.filter(field=field)}
    now = timezone.now()
    named = set()
    for position, one in enumerate(choices):
        row = stored.get(one.id) if one.id else None
        row = row or CustomChoice(field=field)
        named.add(row.pk)
        row.label_zh, row.label_en, row.position = one.label_zh, one.label_en, position
        row.retired_at = (row.retired_at or now) if one.retired else None
        row.save()
    for key, row in stored.items():
        if key not in named and row.retired_at is None:
            row.retired_at = now
            row.save()

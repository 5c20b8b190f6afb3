"""The changes that customers itself offers in bulk: fields, owner, archive, tags; each with its way back."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from customers.actions import book, collaborator
from customers.actions.ownership import change_owner, change_owners
from customers.actions.tags import link_tags, unlink_tags
from customers.bulk import Before
from customers.enums import OwnershipKind
from customers.models import BulkRun, Customer, Tag, TimelineEntry
from customers.queries.caps import Book, Room, locked_places
from customers.rights import ASSIGN, CHANGE, SHARE
from tenancy.access import Viewer
from tenancy.models import Membership

FULL = "full"
"""Whose it would be may own no more."""


def apply_archive(ids: Sequence[uuid.UUID], run: BulkRun) -> Before:
    rows = Customer.objects.select_for_update().filter(pk__in=ids, archived_at=None)
    found = list(rows.order_by("pk").values_list("pk", flat=True))
    book.archive(found, actor=run.actor, batch=run.pk)
    return {pk: {} for pk in found}


def apply_restore(ids: Sequence[uuid.UUID], run: BulkRun) -> Before:
    """As many as their owners have places for; the others are counted as left alone."""
    found, left = book.with_a_place(ids)
    if left:
        run.reasons[FULL] = run.reasons.get(FULL, 0) + left
    book.restore(found, actor=run.actor, batch=run.pk)
    return {pk: {} for pk in found}


def undo_archive(before: Before, run: BulkRun, viewer: Viewer) -> int:
    rows = Customer.objects.visible_to(viewer, CHANGE).filter(pk__in=list(before), archived_at__isnull=False)
    found, over = list(rows.values_list("pk", flat=True)), viewer.can(book.EXCEED)
    if not over:
        found, left = book.with_a_place(found)
        run.full += left
    return book.restore(found, actor=viewer.membership, over_cap=over)[1]


def undo_restore(before: Before, run: BulkRun, viewer: Viewer) -> int:
    rows = Customer.objects.visible_to(viewer, CHANGE).filter(pk__in=list(before), archived_at=None)
    return book.archive(rows.values_list("pk", flat=True), actor=viewer.membership)[1]


def apply_owner(ids: Sequence[uuid.UUID], run: BulkRun) -> Before:
    """As many as the new owner has places for; the others are counted as left alone."""
    owner = Membership.objects.get(pk=run.params["owner"])
    over = bool(run.params.get("over_cap"))
    given = ids if over else _within_cap(ids, owner, run)
    before = change_owner(
        given, owner, kind=OwnershipKind.ASSIGNED, actor=run.actor, part_of=run.pk, over_cap=over
    )
    return {pk: {"owner": str(old or "")} for pk, old in before.items()}


def _within_cap(ids: Sequence[uuid.UUID], owner: Membership, run: BulkRun) -> Sequence[uuid.UUID]:
    free = locked_places([owner.pk]).get(owner.pk, Book(0, None)).free
    if free is None:
        return ids
    others = Customer.objects.active().filter(pk__in=ids).exclude(owner=owner).order_by("pk")
    left = list(others.values_list("pk", flat=True))[free:]
    if left:
        run.reasons[FULL] = run.reasons.get(FULL, 0) + len(left)
    return [pk for pk in ids if pk not in set(left)]


def undo_owner(before: Before, run: BulkRun, viewer: Viewer) -> int:
    """To the owners of before, as far as the viewer may still take from them: what was given away is out of reach."""
    reach = viewer.reach(ASSIGN)
    by_owner: dict[str, list[uuid.UUID]] = defaultdict(list)
    for pk, values in before.items():
        by_owner[values["owner"]].append(pk)
    returned = 0
    for old, ids in by_owner.items():
        if reach is None or not reach.covers(uuid.UUID(old) if old else None):
            continue
        rows = Customer.objects.filter(pk__in=ids, owner_id=run.params["owner"])
        found = give_back(rows, uuid.UUID(old) if old else None, run, viewer)
        TimelineEntry.objects.filter(customer__in=found, subject_id=run.pk).delete()
        returned += len(found)
    return returned


def give_back(
    rows: QuerySet[Customer], owner: uuid.UUID | None, run: BulkRun, viewer: Viewer
) -> list[uuid.UUID]:
    """Undo: as many of the rows as the owner of before has places for, unless the viewer may exceed their cap; the run
    counts the others. Answers those that changed hands."""
    room = Room([owner] if owner and not viewer.can(book.EXCEED) else [])
    found = list(rows.select_for_update().order_by("pk").values_list("pk", "archived_at"))
    fits = [pk for pk, archived in found if archived or room.take(owner)]
    run.full += len(found) - len(fits)
    wanted = dict.fromkeys(fits, owner)
    return list(
        change_owners(
            wanted, kind=OwnershipKind.UNDONE, actor=viewer.membership, part_of=run.pk, line=False, over_cap=True
        )
    )  # fmt: skip


def apply_tag(ids: Sequence[uuid.UUID], run: BulkRun) -> Before:
    return _as_texts(link_tags(ids, _tags(run), actor=run.actor, subject_id=run.pk))


def apply_untag(ids: Sequence[uuid.UUID], run: BulkRun) -> Before:
    return _as_texts(unlink_tags(ids, _tags(run), actor=run.actor, subject_id=run.pk))


def undo_tag(before: Before, run: BulkRun, viewer: Viewer) -> int:
    return _retag(before, viewer, unlink_tags)


def undo_untag(before: Before, run: BulkRun, viewer: Viewer) -> int:
    return _retag(before, viewer, link_tags)


def _retag(before: Before, viewer: Viewer, act: Any) -> int:
    reachable = Customer.objects.visible_to(viewer, CHANGE).filter(pk__in=list(before))
    seen = set(reachable.values_list("pk", flat=True))
    by_tags: dict[tuple[str, ...], list[uuid.UUID]] = defaultdict(list)
    for pk, values in before.items():
        if pk in seen:
            by_tags[tuple(values["tags"])].append(pk)
    return sum(
        len(act(ids, [uuid.UUID(tag) for tag in tags], actor=viewer.membership))
        for tags, ids in by_tags.items()
    )


def _tags(run: BulkRun) -> list[uuid.UUID]:
    wanted = Tag.objects.filter(pk__in=run.params["tags"])
    return list(wanted.values_list("pk", flat=True))


def _as_texts(changed: Mapping[uuid.UUID, Sequence[uuid.UUID]]) -> Before:
    return {pk: {"tags": [str(tag) for tag in tags]} for pk, tags in changed.items()}


def apply_share(ids: Sequence[uuid.UUID], run: BulkRun) -> Before:
    """`params`: "member" or "department", "level", "until"; the note is the reason. Those that the person owns are left
    as they are."""
    target = collaborator.target_of(run.params)
    if target is None:
        return {}
    rows = Customer.objects.filter(pk__in=ids).exclude(owner=run.params.get("member"))
    found = list(rows.order_by("pk").values_list("pk", flat=True))
    terms = collaborator.terms_from(run.params, run.note)
    return collaborator.share_customers(found, target, terms, actor=run.actor, subject_id=run.pk)


def undo_share(before: Before, run: BulkRun, viewer: Viewer) -> int:
    """Customers on which the person or team stands as the run left it go back to what was before."""
    target = collaborator.target_of(run.params)
    if target is None:
        return 0
    reachable = Customer.objects.visible_to(viewer, SHARE).filter(pk__in=list(before))
    mine = collaborator.those_shared(reachable.values_list("pk", flat=True), target, run.params)
    return collaborator.put_back(
        {pk: before[pk] for pk in mine}, target, actor=viewer.membership, subject_id=run.pk
    )

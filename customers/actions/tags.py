"""Tags: made, renamed, merged and archived by whoever keeps them; put on customers and taken off by whoever may edit those."""

import uuid
from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions import book, timeline
from customers.models import Customer, CustomerTag, Tag, TagGroup
from customers.text import clean_line, folded_label
from tenancy.errors import Refused
from tenancy.models import Membership
from workspace.actions.job import enqueue
from workspace.models import Job
from workspace.progress import Progress

MERGE_JOB = "customers.tag_merge"
TAGGED = "customer.tagged"
BATCH = 500
Links = dict[uuid.UUID, list[uuid.UUID]]
"""Customer → tags."""


@transaction.atomic
def save_tag(tag: Tag) -> Tag:
    """Keep a new or renamed tag. Customers that have it are found by its new label from then on: their search
    documents name the tag, not its words."""
    tag.label_zh, tag.label_en = clean_line(tag.label_zh), clean_line(tag.label_en)
    tag.key_zh, tag.key_en = folded_label(tag.label_zh), folded_label(tag.label_en)
    tag.save()
    return tag


@transaction.atomic
def save_tag_group(group: TagGroup) -> TagGroup:
    group.label_zh, group.label_en = clean_line(group.label_zh), clean_line(group.label_en)
    group.save()
    return group


@transaction.atomic
def delete_tag_group(group: TagGroup) -> None:
    """Its tags stay, in no group."""
    Tag.objects.filter(group=group).update(group=None)
    group.delete()


@transaction.atomic
def archive_tag(tag: Tag) -> None:
    """No longer offered; the customers that have it keep it."""
    Tag.objects.filter(pk=tag.pk, archived_at=None).update(archived_at=timezone.now())


@transaction.atomic
def restore_tag(tag: Tag) -> None:
    Tag.objects.filter(pk=tag.pk).update(archived_at=None)


@transaction.atomic
def merge_tags(tag: Tag, into: Tag, *, actor: Membership | None) -> Job | None:
    """Give every customer of `tag` the tag `into` instead; `tag` is archived. A large one becomes a job.

    Raises Refused when both are the same, or `into` is archived.
    """
    if tag.pk == into.pk or into.archived_at:
        raise Refused(_("Choose another tag, one in use, to merge into."))
    archive_tag(tag)
    if not CustomerTag.objects.filter(tag=tag)[BATCH : BATCH + 1].exists():
        _merge_some(tag.pk, into.pk, actor)
        return None
    return enqueue(MERGE_JOB, {"tag": str(tag.pk), "into": str(into.pk)}, actor=actor)


def run_merge(job: Job, progress: Progress) -> dict[str, int]:
    """Each batch takes its customers off the tag, so that whatever is left is what is still to do."""
    tag, into = uuid.UUID(job.params["tag"]), uuid.UUID(job.params["into"])
    done = progress.state.get("done", 0)
    with progress.batch():
        total = done + CustomerTag.objects.filter(tag=tag).count()
    while True:
        with progress.batch():
            moved = _merge_some(tag, into, progress.actor)
            if not moved:
                return {"moved": done}
            done += moved
            progress.checkpoint({"done": done}, done=done, total=max(total, done))


def _merge_some(tag: uuid.UUID, into: uuid.UUID, actor: Membership | None) -> int:
    links = CustomerTag.objects.filter(tag=tag).order_by("customer_id")
    ids = list(links.values_list("customer_id", flat=True)[:BATCH])
    unlink_tags(ids, [tag], actor=actor, told=False)
    link_tags(ids, [into], actor=actor)
    return len(ids)


@transaction.atomic
def set_tags(customer: Customer, wanted: Sequence[uuid.UUID], *, actor: Membership | None) -> bool:
    """Make these the tags of one customer; answers whether anything changed."""
    held = set(CustomerTag.objects.filter(customer=customer).values_list("tag_id", flat=True))
    gone, new = held - set(wanted), [tag for tag in wanted if tag not in held]
    unlink_tags([customer.pk], list(gone), actor=actor)
    link_tags([customer.pk], new, actor=actor)
    return bool(gone or new)


@transaction.atomic
def link_tags(
    ids: Sequence[uuid.UUID],
    tags: Sequence[uuid.UUID],
    *,
    actor: Membership | None,
    subject_id: uuid.UUID | None = None,
    told: bool = True,
) -> Links:
    """Put the tags on these customers. Answers who got which that they had not."""
    locked = _lock(ids)
    held = set(
        CustomerTag.objects.filter(customer__in=locked, tag__in=tags).values_list("customer_id", "tag_id")
    )
    added = {pk: [tag for tag in tags if (pk, tag) not in held] for pk in locked}
    added = {pk: missing for pk, missing in added.items() if missing}
    CustomerTag.objects.bulk_create(
        CustomerTag(customer_id=pk, tag_id=tag) for pk, missing in added.items() for tag in missing
    )
    _tell(added, "added", actor, subject_id, told=told)
    return added


@transaction.atomic
def unlink_tags(
    ids: Sequence[uuid.UUID],
    tags: Sequence[uuid.UUID],
    *,
    actor: Membership | None,
    subject_id: uuid.UUID | None = None,
    told: bool = True,
) -> Links:
    """Take the tags off these customers. Answers who lost which."""
    locked = _lock(ids)
    links = CustomerTag.objects.filter(customer__in=locked, tag__in=tags)
    lost: Links = defaultdict(list)
    for customer, tag in links.values_list("customer_id", "tag_id"):
        lost[customer].append(tag)
    links._raw_delete(links.db)
    _tell(lost, "removed", actor, subject_id, told=told)
    return dict(lost)


def _lock(ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    rows = Customer.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _tell(
    changed: Links, what: str, actor: Membership | None, subject_id: uuid.UUID | None, *, told: bool
) -> None:
    """What follows: version, search document, and a line that names the tags."""
    if not changed:
        return
    book.change_rows(changed)
    if not told:
        return
    by_tags: dict[tuple[uuid.UUID, ...], list[uuid.UUID]] = defaultdict(list)
    for pk, tags in changed.items():
        by_tags[tuple(tags)].append(pk)
    known = Tag.objects.in_bulk([tag for tags in by_tags for tag in tags])
    for given, keys in by_tags.items():
        labels = [[known[tag].label_zh, known[tag].label_en] for tag in given]
        params = {"what": what, "labels": labels}
        timeline.record_all(keys, TAGGED, actor=actor, params=params, subject_id=subject_id)

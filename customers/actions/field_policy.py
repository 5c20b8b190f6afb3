"""What the organisation collects about its customers."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from customers.actions.quality_policy import REBUILD
from customers.enums import FieldUse
from customers.models import FieldPolicy
from customers.queries.field_policy import policies
from tenancy.models import Membership
from workspace.actions.job import enqueue


@dataclass(frozen=True)
class Decision:
    """What is to hold for one optional field."""

    field: str
    use: str
    purpose_zh: str = ""
    purpose_en: str = ""


@transaction.atomic
def decide_fields(decisions: Iterable[Decision], *, actor: Membership) -> int:
    """Store what differs from what holds; answers how many fields that were. Values that were collected stay stored.

    When another set of fields counts from now on, the completeness of all customers is computed anew by a job.
    """
    known = policies()
    changed = recount = 0
    for one in decisions:
        row = known.get(one.field) or FieldPolicy(field=one.field)
        before = (row.use, row.purpose_zh, row.purpose_en)
        after = (one.use, one.purpose_zh, one.purpose_en)
        if before == after:
            continue
        recount += FieldUse.HIDDEN in (row.use, one.use) and row.use != one.use
        row.use, row.purpose_zh, row.purpose_en = after
        row.save()
        changed += 1
    if recount:
        enqueue(REBUILD, {}, actor=actor)
    return changed

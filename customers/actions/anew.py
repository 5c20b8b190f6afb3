"""Figures computed anew for every customer of the organisation."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from customers.models import Customer
from tenancy.models import Membership, TenantModel
from workspace.actions.job import enqueue
from workspace.models import Job
from workspace.progress import Progress


@transaction.atomic
def save_policy(policy: TenantModel, rebuild: str, *, actor: Membership) -> Job:
    """Store a policy by which figures are computed (its version is the next one already); those of all customers follow
    in a job of the kind `rebuild`."""
    policy.save()
    return enqueue(rebuild, {}, actor=actor)


def all_customers_anew(
    progress: Progress,
    refresh: Callable[[list[uuid.UUID]], object],
    *,
    at_once: int,
    end: Callable[[], object],
) -> Mapping[str, Any]:
    """By key, `at_once` in a transaction with its checkpoint; `end` runs with the last. Answers how many there were."""
    state = dict(progress.state)
    with progress.batch():
        total = Customer.objects.count()
    while True:
        with progress.batch():
            rows = Customer.objects.filter(pk__gt=state.get("after") or uuid.UUID(int=0)).order_by("pk")
            ids = list(rows.values_list("pk", flat=True)[:at_once])
            if not ids:
                end()
                return {"customers": state.get("done", 0)}
            refresh(ids)
            state = {"after": str(ids[-1]), "done": state.get("done", 0) + len(ids)}
            progress.checkpoint(state, done=state["done"], total=total)

"""The policy of data quality: how often customers are verified, and what counts as complete."""

from django.db import transaction

from customers.models import QualityPolicy
from tenancy.context import current_organization
from tenancy.models import Membership
from workspace.actions.job import enqueue
from workspace.models import Job

REBUILD = "customers.rebuild_health"


def quality_policy() -> QualityPolicy:
    """The organisation's policy, made with the defaults when it is asked for first."""
    return QualityPolicy.objects.get_or_create(organization=current_organization())[0]


def policy_in_force() -> QualityPolicy:
    """The organisation's policy, or the defaults, unsaved, while it has none: for reading."""
    return QualityPolicy.objects.first() or QualityPolicy()


@transaction.atomic
def save_quality_policy(policy: QualityPolicy, *, actor: Membership) -> Job:
    """Store the policy (its version is the next one already); the figures of all customers follow in a job."""
    policy.save()
    return enqueue(REBUILD, {}, actor=actor)

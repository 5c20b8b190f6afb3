"""The policy of data quality: how often customers are verified, and what counts as complete."""

from customers.models import QualityPolicy
from tenancy.context import current_organization

REBUILD = "customers.rebuild_health"


def quality_policy() -> QualityPolicy:
    """The organisation's policy, made with the defaults when it is asked for first."""
    return QualityPolicy.objects.get_or_create(organization=current_organization())[0]


def policy_in_force() -> QualityPolicy:
    """The organisation's policy, or the defaults, unsaved, while it has none: for reading."""
    return QualityPolicy.objects.first() or QualityPolicy()

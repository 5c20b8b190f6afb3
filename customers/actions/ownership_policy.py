"""The policy of ownership, and the caps of roles and persons."""

from django.db import transaction

from customers.models import OwnershipCap, OwnershipPolicy
from tenancy.context import current_organization
from tenancy.models import Membership, Role


def ownership_policy() -> OwnershipPolicy:
    """The organisation's policy, made with the defaults when it is asked for first."""
    return OwnershipPolicy.objects.get_or_create(organization=current_organization())[0]


def save_ownership_policy(policy: OwnershipPolicy) -> None:
    """Store the policy (its version is the next one already). Nobody loses a customer by a lower cap."""
    policy.save()


@transaction.atomic
def set_cap(most: int | None, *, role: Role | None = None, member: Membership | None = None) -> OwnershipCap:
    """Let this role or this person own at most so many customers; None: no limit. Replaces the cap they had."""
    cap, _made = OwnershipCap.objects.update_or_create(role=role, member=member, defaults={"most": most})
    return cap


def remove_cap(cap: OwnershipCap) -> None:
    """From now on the policy's cap, or that of their roles, counts."""
    cap.delete()

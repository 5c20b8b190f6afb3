"""What follows within the registry when customers change."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

from customers.actions.birthday import add_birthdays, refresh_birthdays
from customers.actions.collaborator import end_shares_of
from customers.actions.consent import refresh_standings
from customers.actions.duplicates import forget_pairs
from customers.actions.health import add_health, refresh_health
from customers.actions.pool import follow_customers as follow_pools
from customers.signals import customer_merged, customer_unmerged, customers_changed, customers_created
from tenancy.models import Membership
from tenancy.signals import membership_ended


@receiver(customers_created)
def add_figures(
    ids: Iterable[uuid.UUID], doubtful_phones: Iterable[uuid.UUID] | None = None, **_kwargs: Any
) -> None:
    add_health(ids, doubtful_phones)
    add_birthdays(ids)


@receiver(customers_changed)
def follow_customers(ids: Iterable[uuid.UUID], **_kwargs: Any) -> None:
    refresh_health(ids)
    refresh_birthdays(ids)
    follow_pools(ids)


@receiver(customer_merged)
def settle_pairs(merged: Iterable[uuid.UUID], **_kwargs: Any) -> None:
    forget_pairs(merged)


@receiver(membership_ended)
def end_shares(member: Membership, **_kwargs: Any) -> None:
    end_shares_of(member)


@receiver([customer_merged, customer_unmerged])
def settle_consents(survivor: uuid.UUID, merged: Iterable[uuid.UUID], **_kwargs: Any) -> None:
    refresh_standings([survivor, *merged])

"""What interactions does when customers speak."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

from customers.signals import customers_changed, customers_created
from interactions.actions import rollup


@receiver(customers_created)
def add_figures(ids: Iterable[uuid.UUID], **_kwargs: Any) -> None:
    rollup.add_new(ids)


@receiver(customers_changed)
def follow_customers(ids: Iterable[uuid.UUID], **_kwargs: Any) -> None:
    rollup.follow_customers(ids)

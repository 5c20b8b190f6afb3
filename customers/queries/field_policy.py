"""Which optional fields the organisation collects, and why."""

from collections.abc import Mapping

from customers.enums import FieldUse
from customers.models import FieldPolicy


def policies() -> Mapping[str, FieldPolicy]:
    """Key of a field → what was decided about it. One query."""
    return {policy.field: policy for policy in FieldPolicy.objects.all()}


def hidden_fields() -> frozenset[str]:
    """Keys of the fields that are not collected: no page shows them. One query."""
    return frozenset(FieldPolicy.objects.filter(use=FieldUse.HIDDEN).values_list("field", flat=True))


def required_fields() -> frozenset[str]:
    """Keys of the fields without which no customer is entered. One query."""
    return frozenset(FieldPolicy.objects.filter(use=FieldUse.REQUIRED).values_list("field", flat=True))

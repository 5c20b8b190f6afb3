"""What the custom fields hold for a customer."""

import uuid
from collections.abc import Iterable, Mapping, Sequence

from customers.custom import Spec, Value, stored
from customers.models import Customer, CustomValue
from customers.queries.custom import values_of
from tenancy.db import uuid7


def save_custom_values(customer: Customer, values: Mapping[str, Value], among: Sequence[Spec]) -> list[Spec]:
    """Make these the values of the fields that `values` names (by `Spec.name`); answers the fields that changed.

    The caller stores the customer with the next version in the same transaction.
    """
    by_name = {spec.name: spec for spec in among}
    held = values_of([customer.pk], among).get(customer.pk, {})
    touched = [
        by_name[name]
        for name, value in values.items()
        if name in by_name and stored(by_name[name], value) != stored(by_name[name], held.get(name))
    ]
    if touched:
        CustomValue.objects.filter(customer=customer, field__in=[spec.id for spec in touched]).delete()
        CustomValue.objects.bulk_create(
            row for spec in touched for row in rows_for(customer.pk, spec, values[spec.name])
        )
    return touched


def rows_for(customer: uuid.UUID, spec: Spec, value: Value) -> Iterable[CustomValue]:
    """The rows, unsaved."""
    for cell in stored(spec, value):
        yield CustomValue(id=uuid7(), customer_id=customer, field_id=spec.id, **{spec.column: cell})

"""Fields that the demo organisations have defined for themselves, filled for some of their customers."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from customers.actions.custom_field import ChoiceInput, save_custom_field
from customers.actions.custom_values import rows_for
from customers.custom import Spec, Value
from customers.enums import CustomerKind, CustomType
from customers.models import Customer, CustomField, CustomValue
from customers.queries.custom import specs
from tenancy.models import Membership

_WAYS = (("直供", "Direct"), ("经销", "Distributor"), ("代理", "Agent"))
_FIELDS = (
    CustomField(label_zh="门店数", label_en="Shops", type=CustomType.NUMBER, only=CustomerKind.COMPANY),
    CustomField(
        label_zh="合同到期日", label_en="Contract ends", type=CustomType.DATE,
        purpose_zh="到期前两个月联系续约", purpose_en="Two months before, talk about renewing it",
    ),
    CustomField(label_zh="合作方式", label_en="Way of working", type=CustomType.CHOICE, searchable=True, weight=2),
)  # fmt: skip


def define_some(actor: Membership) -> None:
    for plan in _FIELDS:
        names = (
            "label_zh",
            "label_en",
            "type",
            "only",
            "purpose_zh",
            "purpose_en",
            "searchable",
            "weight",
        )
        field = CustomField(**{name: getattr(plan, name) for name in names})
        choices = [ChoiceInput(zh, en) for zh, en in _WAYS] if field.has_choices else []
        save_custom_field(field, choices, actor=actor)
    CustomValue.objects.bulk_create(_rows(specs(), timezone.localdate()), batch_size=1000)


def _rows(fields: list[Spec], today: date) -> Iterator[CustomValue]:
    for place, customer in enumerate(Customer.objects.order_by("pk").only("pk", "kind")):
        for spec in fields:
            if spec.only in ("", customer.kind):
                yield from rows_for(customer.pk, spec, _value(spec, place, today))


def _value(spec: Spec, place: int, today: date) -> Value:
    """Two of three companies have shops, every other customer a contract, most a way of working."""
    if spec.type == CustomType.NUMBER:
        return Decimal(place * 7 % 40 + 1) if place % 3 else None
    if spec.type == CustomType.DATE:
        return today + timedelta(days=place * 37 % 700 - 60) if place % 2 else None
    return [spec.choices[place % len(spec.choices)].id] if place % 5 else []

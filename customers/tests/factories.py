"""Customers as the product makes them: with code, contact details and search document."""

from datetime import date
from typing import Any

import factory
from django.utils import timezone

from customers import normalise
from customers.actions.aliases import AliasInput
from customers.actions.consent import create_purpose, record_consent
from customers.actions.customer import PersonInput, create_customer
from customers.actions.points import PointInput
from customers.actions.pool import save_pool
from customers.actions.tags import save_tag, save_tag_group
from customers.enums import ConsentChannel, ConsentState, CustomerKind, PointKind
from customers.models import Consent, ConsentPurpose, ConsentWording, Customer, Pool, Tag, TagGroup
from tenancy.tests.factories import TenantFactory


class CustomerFactory(TenantFactory):
    """`phones`, `emails`, `wechats`: lists of contact details. `aliases`: other names. `people`: names of contact persons."""

    class Meta:
        model = Customer

    name = factory.Sequence(lambda n: f"客户{n}")
    kind = CustomerKind.COMPANY

    @classmethod
    def _create(
        cls, model_class, *args, phones=(), emails=(), wechats=(), aliases=(), people=(), actor=None, **fields
    ):
        given = ((PointKind.PHONE, phones), (PointKind.EMAIL, emails), (PointKind.WECHAT, wechats))
        points = [
            PointInput(kind, normalise.point(kind, value)) for kind, values in given for value in values
        ]
        return create_customer(
            model_class(**fields),
            actor=actor or fields.get("owner"),
            points=points,
            people=[PersonInput(name) for name in people],
            aliases=[AliasInput(name) for name in aliases],
        )


class TagFactory(TenantFactory):
    class Meta:
        model = Tag

    label_zh = factory.Sequence(lambda n: f"标签{n}")

    @classmethod
    def _create(cls, model_class, *args, **fields):
        return save_tag(model_class(**fields))


class TagGroupFactory(TenantFactory):
    class Meta:
        model = TagGroup

    label_zh = factory.Sequence(lambda n: f"分组{n}")

    @classmethod
    def _create(cls, model_class, *args, **fields):
        return save_tag_group(model_class(**fields))


class PoolFactory(TenantFactory):
    """`rules`: return rule → days. `claims`, `comes`: departments. `roles`: whose holders may claim."""

    class Meta:
        model = Pool

    label_zh = factory.Sequence(lambda n: f"公海{n}")

    @classmethod
    def _create(cls, model_class, *args, rules=(), claims=(), comes=(), roles=(), **fields):
        return save_pool(model_class(**fields), rules=dict(rules), claims=claims, comes=comes, roles=roles)


def purpose_of(
    label: str = "邮件资讯", text: str = "同意接收我们的资讯。", since: date = date(2020, 1, 1)
) -> ConsentPurpose:
    """A purpose of consent with one wording."""
    return create_purpose(ConsentPurpose(label_zh=label), ConsentWording(text_zh=text, in_force_from=since))


def consent_of(
    customer: Customer,
    purpose: ConsentPurpose,
    state: str = ConsentState.GIVEN,
    *,
    actor: Any = None,
    **fields: Any,
) -> Consent:
    given = {"at": timezone.now(), "channel": ConsentChannel.PAPER, **fields}
    return record_consent(Consent(customer=customer, purpose=purpose, state=state, **given), actor=actor)

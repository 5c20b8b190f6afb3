"""No model that holds something about a customer goes without saying how it is exported and how it is erased."""

import pytest
from django.apps import apps
from django.core.exceptions import FieldError
from django.utils import translation

from customers.models import Customer
from customers.privacy import OnErasure, privacy_rules
from customers.queries.privacy import columns_of
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel

pytestmark = [pytest.mark.django_db, pytest.mark.tenancy]


def keys_of(model):
    return [field for field in model._meta.concrete_fields if isinstance(field, TenantForeignKey)]


def about_customers() -> set[type[TenantModel]]:
    """Customer, and every model from which a chain of keys leads to it."""
    models = [model for model in apps.get_models() if issubclass(model, TenantModel)]
    found: set[type[TenantModel]] = {Customer}
    while True:
        more = {m for m in models if any(key.remote_field.model in found for key in keys_of(m))} - found
        if not more:
            return found
        found |= more


def test_every_model_about_a_customer_has_a_rule_and_no_other():
    ruled = {rule.model for rule in privacy_rules}
    assert sorted(m._meta.label for m in about_customers() - ruled) == [], (
        "register a customers.privacy.PrivacyRule"
    )
    assert sorted(m._meta.label for m in ruled - about_customers()) == []


def test_in_chinese_no_kind_and_no_column_of_it_is_left_in_english():
    with translation.override("zh-hans"):
        words = {word for rule in privacy_rules for word in (rule.label, *columns_of(rule))}
    assert len(words) > 150
    assert {word for word in words if word.isascii()} == set()


@pytest.mark.parametrize("rule", list(privacy_rules), ids=lambda rule: rule.key)
def test_a_rule_holds_what_it_says(rule, inside_ours):
    names = {field.name for field in rule.model._meta.concrete_fields}
    assert set(rule.hidden) <= names
    assert set(rule.blanks) <= names
    assert rule.paths
    for path in rule.paths:
        try:
            assert list(rule.model.objects.filter(**{f"{path}__in": [Customer().pk]})) == []
        except FieldError as error:  # pragma: no cover
            pytest.fail(f"{path}: {error}")
    if rule.on_erasure == OnErasure.KEEP or not rule.exported:
        assert len(str(rule.reason)) > 12
    assert bool(rule.blanks) == (rule.on_erasure == OnErasure.ANONYMISE)

"""No key to a customer without a rule for what a merge does with its rows."""

import pytest
from django.db.models import UniqueConstraint

from customers.merge_rules import customer_keys
from tenancy.models import TenantModel


def named(key):
    return f"{key.model._meta.label}.{key.field.name}"


def test_every_key_to_a_customer_says_what_a_merge_does_with_its_rows():
    assert [named(key) for key in customer_keys() if key.rule is None] == [], (
        'set merge_rules = {"<key>": move()} on the model, or another rule of customers/merge_rules.py'
    )


def test_no_rule_stands_for_a_key_that_is_not_there():
    known = {named(key) for key in customer_keys()}
    claimed = {
        f"{model._meta.label}.{name}"
        for model in TenantModel.__subclasses__()
        for name in getattr(model, "merge_rules", {})
    }
    assert claimed - known == set()


@pytest.mark.parametrize("key", [key for key in customer_keys() if key.rule], ids=named)
def test_a_rule_fits_its_model(key):
    """It names fields that exist, gives a reason for what stays, and minds what is unique for each customer."""
    names = {field.name for field in key.model._meta.local_fields}
    wanted = {*key.rule.same, *filter(None, (key.rule.live, key.rule.person))}
    assert wanted <= names
    if not key.rule.moves:
        assert len(key.rule.why) > 12
        return
    for constraint in key.model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and key.field.name in constraint.fields:
            others = set(constraint.fields) - {"organization", key.field.name}
            assert "id" in others or set(key.rule.same) <= others != set()

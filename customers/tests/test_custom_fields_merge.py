"""What a merge makes of the organisation's own fields."""

import pytest

from customers.actions.custom_values import save_custom_values
from customers.actions.merge import merge_customers
from customers.actions.unmerge import undo_merge
from customers.queries.custom import specs, values_of
from customers.tests.conftest import choice
from customers.tests.factories import CustomerFactory


def give(customer, fields, text, one, *several):
    values = {
        "x_nickname": text,
        "x_color": [choice(fields["color"], one).pk],
        "x_wants": [choice(fields["wants"], label).pk for label in several],
    }
    save_custom_values(customer, values, specs())


def held(customer):
    known = {row.id: str(row) for spec in specs() for row in spec.choices}
    values = values_of([customer.pk], specs()).get(customer.pk, {})
    return {
        name: [known[one] for one in value] if isinstance(value, list) else value
        for name, value in values.items()
    }


@pytest.mark.django_db
def test_any_of_several_is_united_and_all_else_stays_the_survivors(rep, fields):
    survivor, loser = CustomerFactory(owner=rep, name="云帆"), CustomerFactory(owner=rep, name="云帆公司")
    give(survivor, fields, "老云", "Red", "Tea", "Milk")
    give(loser, fields, "小云", "Blue", "Coffee", "Milk")
    before = held(survivor), held(loser)
    merge = merge_customers(survivor, [loser], actor=rep)
    assert held(survivor) == {"x_nickname": "老云", "x_color": ["Red"], "x_wants": ["Tea", "Coffee", "Milk"]}
    undo_merge(merge, actor=rep)
    assert (held(survivor), held(loser)) == before


@pytest.mark.django_db
def test_what_the_survivor_lacks_comes_with_the_merged_one(rep, fields):
    survivor, loser = CustomerFactory(owner=rep, name="云帆"), CustomerFactory(owner=rep, name="云帆公司")
    give(loser, fields, "小云", "Blue", "Coffee")
    merge_customers(survivor, [loser], actor=rep)
    assert held(survivor) == {"x_nickname": "小云", "x_color": ["Blue"], "x_wants": ["Coffee"]}

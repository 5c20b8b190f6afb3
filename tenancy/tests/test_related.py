"""What a list reads of the rows that its own rows point to."""

import pytest

from tenancy.models import Department
from tenancy.related import with_related
from tenancy.tests.factories import DepartmentFactory, MembershipFactory
from tenancy.tests.pages import count_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def sales(inside_ours) -> Department:
    return DepartmentFactory(
        name="销售部", parent=DepartmentFactory(name="总部"), manager=MembershipFactory(name="李娜")
    )


def test_of_what_rows_point_to_no_more_than_the_named_columns_are_read(sales):
    rows = with_related(Department.objects.filter(pk=sales.pk), parent=["name"], manager=[])
    names = []
    read = count_queries(lambda: names.extend((row.parent.name, row.manager.name) for row in rows))
    assert (read, names) == (1, [("总部", "李娜")])
    row = rows.get()
    assert row.parent.get_deferred_fields() >= {"version", "manager_id"}
    assert row.get_deferred_fields() == row.manager.get_deferred_fields() == set()


def test_what_was_not_named_costs_a_statement(sales):
    row = with_related(Department.objects.all(), parent=["name"]).get(pk=sales.pk)
    assert count_queries(lambda: row.parent.version) == 1
    assert row.parent.version == 1

"""The day on which customers return to a pool, in the list: as a column, as a filter, gone with the next contact."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from customers.models import ColumnChoice
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_list import CONTEXT, URL, browser, listed
from customers.views.cells import moment_text
from interactions.tests.factories import contact_with
from interactions.tests.test_pool_return import DAYS, clock, night, pool, rep  # noqa: F401
from tenancy.context import organization_context

pytestmark = pytest.mark.django_db


@pytest.fixture
def returning(ours, rep, pool, clock):  # noqa: F811
    """甲 returns in three days; 乙 was created later, 丙 is exempt."""
    first = CustomerFactory(owner=rep, name="甲")
    CustomerFactory(owner=rep, name="丙", tier="key")
    clock.pass_days(DAYS - 3)
    CustomerFactory(owner=rep, name="乙")
    night(ours)
    return first


def test_the_list_is_filtered_by_the_day_of_return(ours, rep, returning):  # noqa: F811
    client, due = browser(rep), timezone.localdate() + timedelta(days=3)

    def found(**query):
        return sorted(listed(client.get(URL, query)))

    assert found(returns_on_after=due.isoformat()) == ["甲"]
    assert found(returns_on_before=due.isoformat()) == ["甲"]
    assert found(returns_on_before=(due - timedelta(days=1)).isoformat()) == []
    assert found(returns_on_after=(due + timedelta(days=1)).isoformat()) == []
    assert found(returns_on_after="2024-02-30") == ["丙", "乙", "甲"]
    contact_with(returning, by=rep)
    assert found(returns_on_before=due.isoformat()) == []


def test_the_column_shows_it_until_somebody_is_in_touch(ours, rep, returning, django_assert_num_queries):  # noqa: F811
    ColumnChoice.objects.create(member=rep, columns=["returns_on"])
    client = browser(rep)
    client.get(URL)
    with django_assert_num_queries(9 + CONTEXT):
        page = client.get(URL)
    due = timezone.localdate() + timedelta(days=3)
    with override("en"):
        shown = f'data-label="Returns to the pool on" class="cell-whole">{moment_text(due, timezone.localdate())}<'
    assert page.content.decode().count(shown) == 1
    with organization_context(ours):
        contact_with(returning, by=rep)
    assert shown not in client.get(URL).content.decode()

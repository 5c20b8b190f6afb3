"""Pools are set up, ordered and archived."""

import pytest
from django.utils import timezone

from customers.actions.pool import archive_pool, restore_pool
from customers.actions.pool_claim import claim
from customers.models import (
    Customer,
    Pool,
    PoolEntry,
)
from customers.queries.pools import pools_of
from customers.tests.factories import PoolFactory
from customers.tests.pools import waiting
from customers.tests.test_customer_list import URL, browser
from tenancy.access import viewer_for
from tenancy.errors import Refused
from tenancy.tests.factories import RoleFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_a_pool_is_archived_when_empty(claimer):
    pool = PoolFactory()
    customer = waiting(pool)
    with pytest.raises(Refused, match="Customers wait in this pool"):
        archive_pool(pool)
    claim([customer.pk], pool, viewer=viewer_for(claimer))
    Customer.objects.filter(pk=waiting(pool).pk).update(archived_at=timezone.now())
    PoolEntry.objects.update(archived=True)
    archive_pool(pool)
    assert not PoolEntry.objects.exists()
    assert pools_of(viewer_for(claimer)).seen == []
    restore_pool(pool)
    assert Pool.objects.active().count() == 1


def settings_form(**fields):
    return {"label_zh": "华东公海", "cool_off_days": "30", "keep_days": "90", "keep_most": "5", **fields}


def test_an_administrator_sets_up_a_pool_and_a_stale_edit_is_shown(pool_admin, claimer):
    client, role = browser(pool_admin), RoleFactory()
    data = settings_form(
        label_en="East", tiers=["ordinary", "potential"], regions=["east"], sources=["web"],
        comes=[str(claimer.department.pk)], claims=[str(claimer.department.pk)], roles=[str(role.pk)],
        rule_contact="90", exempt_tiers=["key"], claims_per_day="3", most_held="", takes_unowned="on",
    )  # fmt: skip
    answer = client.post(f"{URL}pools/settings/new/", data)
    pool = Pool.objects.get()
    assert answer.headers["Location"] == f"{URL}pools/settings/{pool.pk}/tonight/"
    assert (pool.tiers, pool.regions, pool.sources, pool.exempt_tiers) == (
        ["ordinary", "potential"], ["east"], ["web"], ["key"],
    )  # fmt: skip
    assert (pool.claims_per_day, pool.most_held, pool.takes_unowned) == (3, None, True)
    assert list(pool.rules.values_list("rule", "days")) == [("contact", 90)]
    assert sorted(pool.department_links.values_list("use", "department")) == [
        ("claims", claimer.department.pk), ("comes", claimer.department.pk),
    ]  # fmt: skip
    assert client.get(f"{URL}pools/settings/").status_code == 200
    form = client.get(f"{URL}pools/settings/{pool.pk}/").context["form"]
    assert (form["rule_contact"].value(), form["claims"].value()) == (90, [claimer.department.pk])
    edit = data | {"version": form.initial["version"], "rule_contact": "", "claims": [], "roles": []}
    assert client.post(f"{URL}pools/settings/{pool.pk}/", edit).status_code == 302
    assert client.post(f"{URL}pools/settings/{pool.pk}/", edit | {"label_en": "West"}).status_code == 409
    assert (pool.rules.count(), pool.role_links.count(), pool.department_links.count()) == (0, 0, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"label_zh": ""},
        {"label_zh": "\u200b\u202e"},
        {"label_zh": "x" * 41},
        {"tiers": ["gold"]},
        {"claims": ["nonsense"]},
        {"rule_contact": "6"},
        {"rule_contact": "3651"},
        {"rule_contact": "-1"},
        {"rule_contact": "九十"},
        {"claims_per_day": "1e9"},
        {"cool_off_days": ""},
        {"keep_days": "99999"},
    ],
)
def test_what_a_pool_cannot_be_is_refused_with_the_reason(pool_admin, wrong):
    answer = browser(pool_admin).post(f"{URL}pools/settings/new/", settings_form(**wrong))
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not Pool.objects.exists()


def test_full_width_digits_are_numbers(pool_admin):
    browser(pool_admin).post(
        f"{URL}pools/settings/new/", settings_form(rule_contact="９０", claims_per_day="５")
    )
    assert Pool.objects.get().claims_per_day == 5
    assert Pool.objects.get().rules.get().days == 90


def test_the_order_of_pools_is_changed_and_a_form_sent_twice_makes_one(pool_admin):
    client = browser(pool_admin)
    data = settings_form(id="0193a0a0-0000-7000-8000-000000000001")
    client.post(f"{URL}pools/settings/new/", data)
    client.post(f"{URL}pools/settings/new/", data)
    first, second = Pool.objects.get(), PoolFactory()
    client.post(f"{URL}pools/settings/{second.pk}/move/", {"way": "up"})
    assert list(Pool.objects.all()) == [second, first]
    client.post(f"{URL}pools/settings/{second.pk}/move/", {"way": "up"})
    assert list(Pool.objects.all()) == [second, first]


# session, user, organisation, membership with rights, unread notes; the pool, its departments, roles and rules; the
# departments of each of two lists, the roles; five for the transaction and its settings
def test_the_form_reads_departments_and_roles_once(pool_admin, django_assert_num_queries):
    pool, client = PoolFactory(), browser(pool_admin)
    for _ in range(3):
        RoleFactory()
    client.get(f"{URL}pools/settings/{pool.pk}/")
    with django_assert_num_queries(16):
        page = client.get(f"{URL}pools/settings/{pool.pk}/").content.decode()
    assert page.count('name="roles"') >= 3

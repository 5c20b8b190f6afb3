"""Every reveal, export and print is counted and in the audit."""

import pytest

from customers.actions.disclosure import record_disclosure
from customers.enums import DisclosureKind
from customers.models import DisclosedCustomer, Disclosure
from customers.signals import disclosed
from customers.tests.factories import CustomerFactory
from tenancy.access import viewer_for
from tenancy.models import AuditEntry

pytestmark = pytest.mark.django_db


def accesses():
    return [
        (e.table_name, e.object_id, e.after)
        for e in AuditEntry.objects.filter(operation="access").order_by("id")
    ]


def test_an_export_is_one_disclosure_about_each_of_its_customers(admin):
    rows = [CustomerFactory(), CustomerFactory()]
    heard = []
    disclosed.connect(lambda disclosure, **_: heard.append(disclosure.pk), dispatch_uid="test", weak=False)
    try:
        row = record_disclosure(
            DisclosureKind.EXPORT, viewer_for(admin), [one.pk for one in rows], "customers"
        )
    finally:
        disclosed.disconnect(dispatch_uid="test")
    assert (row.kind, row.by, row.customers, row.what) == ("export", admin, 2, "customers")
    about = DisclosedCustomer.objects.filter(disclosure=row).values_list("customer", flat=True)
    assert sorted(about) == sorted(one.pk for one in rows)
    assert accesses() == [("customers_customer", None, {"action": "export", "what": "customers", "count": 2})]
    assert heard == [row.pk]


def test_a_count_alone_is_enough_and_nobody_is_nothing(admin):
    viewer = viewer_for(admin)
    assert record_disclosure(DisclosureKind.PRINT, viewer, 7, "customers").customers == 7
    assert record_disclosure(DisclosureKind.PRINT, viewer, [], "customers") is None
    assert Disclosure.objects.count() == 1
    assert DisclosedCustomer.objects.count() == 0


def test_what_the_pages_reveal_is_counted(admin, client):
    customer = CustomerFactory(phones=["13812345678"], identity_number="11010519491231002X")
    point = customer.points.get()
    client.force_login(admin.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = f"/o/ours/customers/{customer.pk}"
    assert client.post(f"{page}/details/{point.pk}/").status_code == 200
    assert client.post(f"{page}/numbers/identity_number/").status_code == 200
    assert client.get(f"{page}/edit/").status_code == 200
    found = Disclosure.objects.order_by("id").values_list("kind", "what", "by")
    assert list(found) == [
        (DisclosureKind.REVEAL, what, admin.pk) for what in ("phone", "identity_number", "edit")
    ]
    assert set(DisclosedCustomer.objects.values_list("customer", flat=True)) == {customer.pk}
    assert [entry[0] for entry in accesses()] == [
        "customers_contactpoint",
        "customers_customer",
        "customers_customer",
    ]

"""What somebody tries who may do less than they want to: by hand-made forms and addresses."""

import pytest

from customers.models import ContactPoint
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_edit import BASE, points
from customers.tests.test_customer_list import URL, browser

pytestmark = pytest.mark.django_db


def test_the_kind_of_a_masked_detail_changes_only_with_a_value_typed_anew(inside_ours):
    clerk = member_with("customers.view_customer", "customers.change_customer")
    customer = CustomerFactory(name="云帆科技", phones=["13812345678"])
    point = ContactPoint.objects.get()
    before = ContactPoint.objects.values("kind", "value_index", "tail_index").get()

    def answer(*row: str):
        data = {**BASE, **points(row), "version": str(type(customer).objects.get().version)}
        return browser(clerk).post(f"{URL}{customer.pk}/edit/", data)

    refused = answer("wechat", "", "", str(point.pk))
    assert refused.status_code == 422
    assert "Enter the number or address again to change its kind." in refused.content.decode()
    assert ContactPoint.objects.values("kind", "value_index", "tail_index").get() == before
    assert answer("phone", "", "手机", str(point.pk)).status_code == 302
    assert ContactPoint.objects.get().label == "手机"
    assert answer("wechat", "yunfan_2024", "", str(point.pk)).status_code == 302
    assert (ContactPoint.objects.get().kind, ContactPoint.objects.get().value) == ("wechat", "yunfan_2024")
    assert bytes(ContactPoint.objects.get().value_index) != bytes(before["value_index"])

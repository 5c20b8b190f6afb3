"""Unsuitable visiting times that the organisation does not collect: nowhere to be seen, and all there again when it does."""

from datetime import date, time

import pytest

from customers.enums import FieldUse
from customers.models import UnsuitableTime
from customers.queries.visiting import unsuitable_time
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_fields import decide
from customers.tests.test_customer_list import URL, browser
from customers.tests.test_uncollected_details import collect, hide

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 30)


@pytest.mark.parametrize("kind", ["person", "company"])
def test_times_that_are_not_collected_are_nowhere_and_come_back(admin, rep, colleague, kind):
    customer = CustomerFactory(owner=rep, kind=kind, name="云帆")
    row = UnsuitableTime.objects.create(
        customer=customer, weekday=0, starts=time(12), ends=time(14), note="午休"
    )
    client, page = browser(rep), f"{URL}{customer.pk}/"
    add, remove = f"{page}times/new/", f"{page}times/{row.pk}/remove/"
    posted = {"weekday": "", "starts": "09:00", "ends": "10:00"}
    paper = client.get(f"{page}collection/").content.decode()
    assert "Unsuitable visiting times" in paper and "Monday 12:00–14:00 午休" in paper
    assert "Unsuitable visiting times" in client.get(f"{URL}collection/?kind={kind}").content.decode()
    hide(admin, "unsuitable_times")
    text = client.get(page).content.decode()
    assert "Not to be visited" not in text and "午休" not in text and add not in text
    assert [
        client.get(add).status_code,
        client.post(add, posted).status_code,
        client.post(remove).status_code,
    ] == [404] * 3
    assert browser(colleague).get(add).status_code == 404
    for paper in (f"{page}collection/", f"{URL}collection/?kind={kind}"):
        text = client.get(paper).content.decode()
        assert "Unsuitable visiting times" not in text and "午休" not in text
    assert unsuitable_time(customer.pk, MONDAY, time(12)) is None
    assert UnsuitableTime.objects.get() == row
    collect(admin, "unsuitable_times")
    assert "午休" in client.get(page).content.decode()
    assert client.get(add).status_code == 200
    assert unsuitable_time(customer.pk, MONDAY, time(12)) == row
    assert client.post(remove).status_code == 302


def test_the_purpose_of_unsuitable_times_stands_on_paper(admin, rep):
    decide(admin, unsuitable_times=FieldUse.COLLECTED)
    paper = browser(rep).get(f"{URL}collection/").content.decode()
    assert "<dt>Unsuitable visiting times<small>To visit</small></dt>" in paper

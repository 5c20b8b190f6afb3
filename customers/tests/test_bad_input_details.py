"""What cannot be, in what hangs on a customer: needs, credit, contact details, other names, consents, own fields. Told at
the field, and nothing is stored; or put right, and stored so."""

from datetime import date
from decimal import Decimal

import pytest

from customers.models import (
    Consent,
    ContactPoint,
    Customer,
    CustomerAlias,
    CustomerNeeds,
)
from customers.queries.custom import specs, values_of
from customers.tests.factories import CustomerFactory, purpose_of
from customers.tests.test_bad_input import ODD
from customers.tests.test_customer_edit import BASE, form_of, points
from customers.tests.test_customer_list import URL, browser

pytestmark = pytest.mark.django_db
TOLD = object()
CLEAN = {
    "over-long": TOLD,
    "emoji": "😀👨‍👩‍👧",
    "right to left": "مرحباabc",
    "nul": "ab",
    "full width": "12345",
    "markup": "<script>alert(1)</script>",
    "impossible day": "2023-02-29",
    "formula": "=cmd|' /C calc'!A0",
    "surrogate": "\\ud800",
}
"""What a free text keeps of each odd value, on the customer's own form."""
WORDS = CLEAN | {"nul": TOLD}
"""And on the others, which refuse what no keyboard sends."""
NOTHING = dict.fromkeys(ODD, TOLD)
"""A choice, a number or a day takes none of them."""
DIGITS = NOTHING | {"full width": "12345", "impossible day": "20230229"}
"""What may be a number of some kind is kept as its digits."""


def answers(send, stored) -> dict:
    """Odd value → what is stored after it was sent, TOLD when it was refused and nothing changed."""
    found = {}
    for name, value in ODD.items():
        before = stored()
        answer = send(value)
        assert answer.status_code in (302, 422), name
        if answer.status_code == 422:
            assert stored() == before, name
        found[name] = stored() if answer.status_code == 302 else TOLD
    return found


@pytest.fixture
def person(rep):
    return CustomerFactory(owner=rep, kind="person", name="张伟")


def told_at(answer, field: str):
    """The answer, whose errors are at this field and nowhere else."""
    if answer.status_code == 422:
        assert list(answer.context["form"].errors) == [field]
    return answer


@pytest.mark.parametrize("field", ["intention", "income", "need_type", "buying_channel"])
def test_choices_of_needs(rep, person, field):
    client, page = browser(rep), f"{URL}{person.pk}/needs/edit/"
    sent = answers(
        lambda odd: told_at(client.post(page, {"preferences": "茶", field: odd}), field),
        CustomerNeeds.objects.count,
    )
    assert sent == NOTHING


@pytest.mark.parametrize("field", ["service_preferences", "preferences", "potential_needs", "family_notes"])
def test_words_of_needs(rep, person, field):
    client, page = browser(rep), f"{URL}{person.pk}/needs/edit/"

    def stored():
        row = CustomerNeeds.objects.filter(customer=person).first()
        return row and getattr(row, field)

    def send(odd):
        row = CustomerNeeds.objects.filter(customer=person).first()
        version = {"version": str(row.version)} if row else {}
        return told_at(client.post(page, {**version, field: odd}), field)

    assert answers(send, stored) == WORDS


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("credit_rating", NOTHING),
        ("credit_note", CLEAN),
        ("identity_number", DIGITS),
        ("bank_account", DIGITS),
    ],
)
def test_credit_and_numbers(rep, person, field, expected):
    client, page = browser(rep), f"{URL}{person.pk}/credit/"

    def send(odd):
        version = Customer.objects.get().version
        return told_at(client.post(page, {"version": str(version), "override": "1", field: odd}), field)

    assert answers(send, lambda: getattr(Customer.objects.get(), field)) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("phone", DIGITS), ("email", NOTHING), ("wechat", NOTHING | {"full width": "12345"}), ("fax", NOTHING)],
)
def test_contact_details(rep, person, kind, expected):
    client = browser(rep)

    def send(odd):
        data = {**form_of(client, person), **points((kind, odd)), "override": "1"}
        answer = client.post(f"{URL}{person.pk}/edit/", data)
        if answer.status_code == 422:
            assert not answer.context["form"].errors
            [row] = [form for form in answer.context["points"] if form.errors]
            assert set(row.errors) <= {"kind", "value"}
        return answer

    def stored():
        point = ContactPoint.objects.order_by("-pk").first()
        return point and point.value

    assert answers(send, stored) == expected


def test_labels_of_contact_details(rep, person):
    client = browser(rep)

    def send(odd):
        data = {**form_of(client, person), **points(("phone", "13812345678", odd))}
        return client.post(f"{URL}{person.pk}/edit/", data | {"override": "1"})

    def stored():
        point = ContactPoint.objects.first()
        return point and point.label

    assert answers(send, stored) == WORDS | {"markup": TOLD}


def test_other_names(rep, person):
    client = browser(rep)

    def send(odd, kind="short"):
        rows = {"aliases-TOTAL_FORMS": "1", "aliases-INITIAL_FORMS": "0", "aliases-0-kind": kind,
                "aliases-0-name": odd}  # fmt: skip
        answer = client.post(f"{URL}{person.pk}/edit/", {**form_of(client, person), **rows, "override": "1"})
        if answer.status_code == 422:
            assert [list(form.errors) for form in answer.context["aliases"]] == [
                ["name" if kind == "short" else "kind"]
            ]
        return answer

    def stored():
        return CustomerAlias.objects.values_list("name", flat=True).first()

    assert answers(send, stored) == WORDS
    assert answers(lambda odd: send("小张", odd), stored) == NOTHING


@pytest.mark.parametrize("field", ["purpose", "state", "channel", "at"])
def test_choices_and_moment_of_a_consent(rep, person, field):
    client, purpose = browser(rep), purpose_of()
    data = {"purpose": str(purpose.pk), "state": "given", "channel": "phone", "at": "2026-01-02T10:00"}
    page = f"{URL}{person.pk}/consents/new/"
    sent = answers(lambda odd: told_at(client.post(page, {**data, field: odd}), field), Consent.objects.count)
    assert sent == NOTHING


def test_words_of_a_consent(rep, person):
    client, purpose = browser(rep), purpose_of()
    data = {"purpose": str(purpose.pk), "state": "given", "channel": "phone", "at": "2026-01-02T10:00"}
    page = f"{URL}{person.pk}/consents/new/"

    def stored():
        row = Consent.objects.order_by("-pk").first()
        return row and row.note

    assert answers(lambda odd: told_at(client.post(page, {**data, "note": odd}), "note"), stored) == WORDS


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x_size", NOTHING | {"full width": Decimal(12345)}),
        ("x_nickname", CLEAN),
        ("x_opened", NOTHING),
        ("x_color", NOTHING),
        ("x_wants", NOTHING),
        ("x_chain", NOTHING),
    ],
)
def test_fields_of_the_organisation_s_own(rep, fields, name, expected):
    client = browser(rep)
    data = {**BASE, **points(), "owner": str(rep.pk), "street": "科技路1号", "x_opened": "2020-02-29"}

    def stored():
        row = Customer.objects.order_by("-pk").first()
        return values_of([row.pk], specs())[row.pk].get(name) if row else None

    def send(odd):
        answer = told_at(client.post(f"{URL}new/", {**data, name: odd, "override": "1"}), name)
        if answer.status_code == 422:
            assert "科技路1号" in answer.content.decode()
        elif name != "x_opened":
            row = Customer.objects.order_by("-pk").first()
            assert values_of([row.pk], specs())[row.pk]["x_opened"] == date(2020, 2, 29)
        return answer

    assert answers(send, stored) == expected

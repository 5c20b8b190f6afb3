"""Fields of the organisation's own that count for completeness: required ones, and those that were given a weight."""

import pytest

from customers.actions.custom_field import archive_custom_field, save_custom_field
from customers.actions.customer import edit_customer
from customers.custom import CustomInput
from customers.enums import CustomerKind
from customers.models import Customer, CustomerHealth
from customers.queries.custom import specs
from customers.tests.conftest import define
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_list import URL, browser
from tenancy.context import organization_context
from workspace.models import Job
from workspace.runner import drain

FULL = {
    "phones": ["13812345678"], "emails": ["w@example.com"], "people": ["王芳"], "industry": "茶叶", "city": "上海",
    "street": "淮海路 1 号", "source": "visit",
}  # fmt: skip
# phone 2, email 1, people 3, industry 2, city 2, street 1, source 1, owner 1
WHOLE = 13


def completeness(customer) -> int:
    return CustomerHealth.objects.get(customer=customer).completeness


def give(customer, actor, **values):
    customer = Customer.objects.get(pk=customer.pk)
    customer.version += 1
    edit_customer(customer, actor=actor, custom=CustomInput(values, specs()))


@pytest.mark.django_db
def test_what_is_missing_lowers_the_completeness_by_its_weight(keeper, rep):
    define(keeper, "text", "Nickname")
    define(keeper, "text", "Licence", required=True, only="company")
    define(keeper, "choices", "Wants", "Tea", "Milk", weight=4)
    define(keeper, "date", "Born", weight=9, only="person")
    company = CustomerFactory(owner=rep, **FULL)
    assert completeness(company) == 100 * WHOLE // (WHOLE + 5)
    give(company, rep, x_licence="A1")
    assert completeness(company) == 100 * (WHOLE + 1) // (WHOLE + 5)
    wants = next(spec for spec in specs() if spec.key == "wants")
    give(company, rep, x_wants=[choice.id for choice in wants.choices])
    assert completeness(company) == 100
    give(company, rep, x_wants=[])
    assert completeness(company) == 100 * (WHOLE + 1) // (WHOLE + 5)
    person = CustomerFactory(owner=rep, kind=CustomerKind.PERSON)
    assert completeness(person) == 100 * 1 // (12 + 13)


@pytest.mark.django_db(transaction=True)
def test_the_figures_follow_the_definition_in_a_job(keeper, rep, ours):
    field = define(keeper, "number", "Size")
    company = CustomerFactory(owner=rep, **FULL)
    assert (completeness(company), Job.objects.count()) == (100, 0)

    def saved(**changes):
        field.refresh_from_db()
        for name, value in changes.items():
            setattr(field, name, value)
        field.version += 1
        save_custom_field(field, actor=keeper)

    saved(label_zh="面积")
    assert Job.objects.count() == 0
    saved(weight=7)
    drain(ours)
    with organization_context(ours):
        assert completeness(company) == 100 * WHOLE // (WHOLE + 7)
        saved(only="person")
    drain(ours)
    with organization_context(ours):
        assert completeness(company) == 100
        saved(only="", required=True, weight=0)
    drain(ours)
    with organization_context(ours):
        assert completeness(company) == 100 * WHOLE // (WHOLE + 1)
        archive_custom_field(field, archived=True, actor=keeper)
    drain(ours)
    with organization_context(ours):
        assert completeness(company) == 100


@pytest.mark.django_db
def test_the_page_and_the_worklist_name_what_is_missing(keeper, rep):
    define(keeper, "text", "Licence <b>", label_zh="执照", weight=3)
    company = CustomerFactory(owner=rep, **FULL)
    client = browser(rep)
    page = client.get(f"{URL}{company.pk}/")
    [missing] = page.context["health"]["missing"]
    assert (missing["label"], missing["url"].split("#")[1]) == ("Licence <b>", "div_id_x_licence_b")
    assert "Licence &lt;b&gt;</a>" in page.content.decode()
    assert 'id="div_id_x_licence_b"' in client.get(missing["url"]).content.decode()
    bare = CustomerFactory(owner=rep)
    [row] = client.get(f"{URL}quality/lists/scant/").context["rows"]
    assert (row["name"], row["missing"][-1]) == (bare.name, "Licence <b>")
    give(company, rep, x_licence_b="A1")
    assert client.get(f"{URL}{company.pk}/").context["health"]["missing"] == []


@pytest.mark.django_db
def test_a_weight_is_checked(keeper):
    base = {"label_en": "Size", "type": "number", "choices-TOTAL_FORMS": 0, "choices-INITIAL_FORMS": 0}
    client = browser(keeper)
    for weight in ("11", "-1", "x", "1.5", "9" * 30):
        answer = client.post(f"{URL}custom-fields/new/", {**base, "weight": weight})
        assert list(answer.context["form"].errors) == ["weight"]
    assert client.post(f"{URL}custom-fields/new/", {**base, "weight": ""}).status_code == 302

"""Fields of the organisation's own: defined, entered, listed, filtered, imported, found, archived, destroyed."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.actions.custom_field import (
    ChoiceInput,
    archive_custom_field,
    destroy_custom_field,
    move_custom_field,
    save_custom_field,
)
from customers.actions.custom_values import save_custom_values
from customers.actions.search import refresh_search
from customers.custom import LARGEST, SCALE, Spec, loaded, stored
from customers.models import CustomChoice, Customer, CustomField, CustomValue, TimelineEntry
from customers.queries.custom import specs, values_of
from customers.tests.conftest import choice, define
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_edit import BASE, form_of, points
from customers.tests.test_customer_list import URL, browser
from customers.tests.test_import_pipeline import importer, walk  # noqa: F401
from tenancy.context import organization_context
from tenancy.errors import Refused
from workspace.runner import drain

PAGE = f"{URL}custom-fields/"
LABELS = {"label_zh": "店铺面积", "label_en": "Shop size"}


def posted(fields):
    return {
        "x_size": "１２，５00.25",
        "x_nickname": "  老王　铺子 ",
        "x_opened": "2020-02-29",
        "x_color": str(choice(fields["color"], "Blue").pk),
        "x_wants": [str(choice(fields["wants"], one).pk) for one in ("Milk", "Tea")],
        "x_chain": "false",
    }


def held(customer):
    return values_of([customer.pk], specs())[customer.pk]


@pytest.mark.django_db
def test_an_admin_defines_a_field_and_others_may_not(keeper, rep, ours, theirs):
    data = {
        **LABELS,
        "type": "choice",
        "choices-TOTAL_FORMS": "2",
        "choices-INITIAL_FORMS": "0",
        "choices-0-label_zh": "大",
        "choices-1-label_en": "Small",
    }
    assert browser(rep).post(f"{PAGE}new/", data).status_code == 403
    assert browser(keeper).post(f"{PAGE}new/", {**data, "label_zh": "", "label_en": ""}).status_code == 422
    assert browser(keeper).post(f"{PAGE}new/", {**data, "choices-TOTAL_FORMS": "0"}).status_code == 422
    assert (
        browser(keeper).post(f"{PAGE}new/", {**data, "type": "number", "searchable": "on"}).status_code == 422
    )
    assert browser(keeper).post(f"{PAGE}new/", data).status_code == 302
    field = CustomField.objects.get()
    assert (field.key, field.name, [str(one) for one in field.choices.all()]) == (
        "shop_size",
        "x_shop_size",
        ["大", "Small"],
    )
    assert browser(keeper).post(f"{PAGE}new/", data).status_code == 302
    assert CustomField.objects.order_by("-position").first().key == "shop_size_2"
    with organization_context(theirs):
        assert CustomField.objects.count() == 0
    shown = browser(keeper).get(PAGE).content.decode()
    assert "Shop size" in shown and "x_shop_size_2" in shown


@pytest.mark.django_db
def test_a_choice_is_retired_and_stays_where_it_was_chosen(keeper, rep, fields):
    customer = CustomerFactory(owner=rep, name="云帆")
    client = browser(rep)
    client.post(
        f"{URL}{customer.pk}/edit/",
        {**form_of(client, customer), "x_color": str(choice(fields["color"], "Red").pk)},
    )
    rows = list(CustomChoice.objects.filter(field=fields["color"]))
    data = {
        "label_en": "Colour",
        "version": "1",
        "choices-TOTAL_FORMS": "3",
        "choices-INITIAL_FORMS": "2",
        "choices-2-label_en": "Green",
    }
    for number, row in enumerate(rows):
        data |= {f"choices-{number}-id": str(row.pk), f"choices-{number}-label_en": row.label_en}
    data["choices-0-gone"] = "on"
    assert browser(keeper).post(f"{PAGE}{fields['color'].pk}/", data).status_code == 302
    assert CustomField.objects.get(pk=fields["color"].pk).label_en == "Colour"
    mine = browser(rep).get(f"{URL}{customer.pk}/edit/").context["form"].fields["x_color"].choices
    assert [label for _, label in mine] == ["—", "Red", "Blue", "Green"]
    fresh = browser(rep).get(f"{URL}new/").context["form"].fields["x_color"].choices
    assert [label for _, label in fresh] == ["—", "Blue", "Green"]


@pytest.mark.django_db
def test_a_customer_is_entered_with_them_and_its_page_shows_them(rep, fields):
    client = browser(rep)
    assert (
        client.post(f"{URL}new/", {**BASE, **points(), **posted(fields), "owner": str(rep.pk)}).status_code
        == 302
    )
    customer = Customer.objects.get()
    assert held(customer) == {
        "x_size": Decimal("12500.25"),
        "x_nickname": "老王 铺子",
        "x_opened": date(2020, 2, 29),
        "x_color": [choice(fields["color"], "Blue").pk],
        "x_wants": [choice(fields["wants"], one).pk for one in ("Tea", "Milk")],
        "x_chain": False,
    }
    page = client.get(f"{URL}{customer.pk}/").content.decode()
    for text in ("12,500.25", "老王 铺子", "Blue", "Tea, Milk", "29 Feb 2020"):
        assert text in page, text
    for typed in ("老王", "blue"):
        assert [row["name"] for row in client.get(URL, {"q": typed}).context["rows"]] == ["云帆科技"], typed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("x_size", "大"),
        ("x_size", "1e40"),
        ("x_size", "1.23456"),
        ("x_size", "NaN"),
        ("x_nickname", "长" * 501),
        ("x_opened", "2023-02-29"),
        ("x_opened", "昨天"),
        ("x_color", "green"),
        ("x_wants", ["water"]),
        ("x_chain", "maybe"),
    ],
)
def test_bad_input_is_shown_again(rep, fields, field, value):
    answer = browser(rep).post(f"{URL}new/", {**BASE, **points(), "street": "科技路1号", field: value})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert "科技路1号" in answer.content.decode() and Customer.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["😀", "مرحبا", "a\u202eb", "x\x00y", "<script>alert(1)</script>", "=1+1"])
def test_odd_texts_are_kept_and_shown_escaped(rep, fields, text):
    client = browser(rep)
    client.post(f"{URL}new/", {**BASE, **points(), "x_nickname": text, "owner": str(rep.pk)})
    customer = Customer.objects.get()
    assert held(customer)["x_nickname"] == text.replace("\x00", "").replace("\u202e", "")
    assert "<script>alert" not in client.get(f"{URL}{customer.pk}/").content.decode()


@pytest.mark.django_db
def test_an_edit_tells_what_changed_and_a_stale_one_is_refused(rep, fields):
    customer = CustomerFactory(owner=rep, name="云帆")
    client = browser(rep)
    old = form_of(client, customer)
    assert (
        client.post(f"{URL}{customer.pk}/edit/", {**old, "x_size": "5", "x_chain": "true"}).status_code == 302
    )
    entry = TimelineEntry.objects.order_by("-pk").first()
    assert entry.params == {"fields": [], "own": [["面积", "Size"], ["", "Chain"]]}
    assert "Size, Chain" in client.get(f"{URL}{customer.pk}/timeline/").content.decode()
    answer = client.post(f"{URL}{customer.pk}/edit/", {**old, "x_size": "7"})
    assert answer.status_code == 409
    assert {one.name: (one.mine, one.theirs) for one in answer.context["form"].conflict}["x_size"] == (
        "7",
        "5",
    )
    assert (
        client.post(f"{URL}{customer.pk}/edit/", {**form_of(client, customer), "x_size": ""}).status_code
        == 302
    )
    assert "x_size" not in held(customer)


@pytest.mark.django_db
def test_a_required_field_is_asked_for_of_its_kind_only(keeper, rep):
    define(keeper, "text", "Licence", required=True, only="company")
    client = browser(rep)
    assert list(client.post(f"{URL}new/", {**BASE, **points()}).context["form"].errors) == ["x_licence"]
    assert client.post(f"{URL}quick/", {"kind": "company", "name": "云帆"}).status_code == 422
    assert (
        client.post(f"{URL}quick/", {"kind": "company", "name": "云帆", "x_licence": "A1"}).status_code == 302
    )
    assert client.post(f"{URL}new/", {**BASE, **points(), "kind": "person"}).status_code == 302


def listed(client, **query):
    return sorted(row["name"] for row in client.get(URL, query).context["rows"])


@pytest.mark.django_db
def test_an_archived_field_is_nowhere_and_a_destroyed_one_leaves_nothing(keeper, rep, fields, ours):
    client = browser(rep)
    client.post(f"{URL}new/", {**BASE, **points(), **posted(fields), "owner": str(rep.pk)})
    customer = Customer.objects.get()
    size = fields["size"]
    assert browser(keeper).post(f"{PAGE}{size.pk}/destroy/").status_code == 302
    assert CustomValue.objects.filter(field=size).count() == 1  # it is in use
    browser(keeper).post(f"{PAGE}{size.pk}/archive/")
    assert "12,500.25" not in client.get(f"{URL}{customer.pk}/").content.decode()
    assert "x_size" not in client.get(f"{URL}{customer.pk}/edit/").context["form"].fields
    assert listed(client, x_size_after="99999") == ["云帆科技"]
    client.post(f"{URL}{customer.pk}/edit/", {**form_of(client, customer), "tier": "key"})
    browser(keeper).post(f"{PAGE}{size.pk}/restore/")
    assert held(customer)["x_size"] == Decimal("12500.25")
    browser(keeper).post(f"{PAGE}{size.pk}/archive/")
    browser(keeper).post(f"{PAGE}{size.pk}/destroy/")
    drain(ours)
    assert (
        CustomField.objects.filter(pk=size.pk).exists(),
        CustomValue.objects.filter(field=size).count(),
    ) == (False, 0)


@pytest.mark.django_db
def test_fields_change_places(keeper, fields):
    browser(keeper).post(f"{PAGE}{fields['note'].pk}/move/", {"way": "up"})
    assert [spec.key for spec in specs()][:2] == ["nickname", "size"]
    browser(keeper).post(f"{PAGE}{fields['note'].pk}/move/", {"way": "up"})
    assert specs()[0].key == "nickname"


@pytest.mark.django_db
def test_no_more_than_fifty(keeper):
    for number in range(50):
        CustomField.objects.create(key=f"k{number}", label_en=f"K{number}", type="text")
    data = {**LABELS, "type": "text", "choices-TOTAL_FORMS": "0", "choices-INITIAL_FORMS": "0"}
    assert browser(keeper).post(f"{PAGE}new/", data).status_code == 422
    assert CustomField.objects.count() == 50


SPEC = Spec(None, "x", "number", "", "x")


@given(st.decimals(-LARGEST, LARGEST, places=4))
def test_a_number_comes_back_as_it_went(number):
    assert loaded(SPEC, stored(SPEC, number)) == number
    assert stored(SPEC, number) == [int(number * SCALE)]


def give(customer, **values):
    save_custom_values(customer, values, specs())
    refresh_search([customer.pk])


def found(client, text):
    return [row["name"] for row in client.get(URL, {"q": text}).context["rows"]]


@pytest.mark.django_db
def test_the_search_follows_archiving_destroying_and_new_words(keeper, rep, fields, ours):
    customer = CustomerFactory(owner=rep, name="云帆科技")
    give(customer, x_nickname="zebrafish", x_color=[choice(fields["color"], "Blue").pk])
    client = browser(rep)
    assert (found(client, "zebrafish"), found(client, "blue")) == (["云帆科技"], ["云帆科技"])
    rows = [
        ChoiceInput("", "Turquoise" if one.label_en == "Blue" else one.label_en, one.pk)
        for one in CustomChoice.objects.filter(field=fields["color"])
    ]
    field = CustomField.objects.get(pk=fields["color"].pk)
    field.version += 1
    save_custom_field(field, rows, actor=keeper)
    archive_custom_field(fields["note"], archived=True, actor=keeper)
    drain(ours)
    assert (found(client, "turquoise"), found(client, "zebrafish")) == (["云帆科技"], [])


@pytest.mark.django_db
def test_what_is_being_destroyed_cannot_be_brought_back(keeper, rep, fields, ours):
    give(CustomerFactory(owner=rep), x_color=[choice(fields["color"], "Blue").pk])
    field = CustomField.objects.get(pk=fields["color"].pk)
    archive_custom_field(field, archived=True, actor=keeper)
    destroy_custom_field(field, actor=keeper)
    for again in (
        lambda: archive_custom_field(field, archived=False, actor=keeper),
        lambda: destroy_custom_field(field, actor=keeper),
    ):
        with pytest.raises(Refused):
            again()
    drain(ours)
    assert not CustomField.objects.filter(pk=field.pk).exists()
    assert (CustomValue.objects.count(), CustomChoice.objects.filter(field=field.pk).count()) == (0, 0)


@pytest.mark.django_db
def test_moving_passes_over_archived_fields(keeper, fields):
    archive_custom_field(fields["note"], archived=True, actor=keeper)
    move_custom_field(fields["opened"], up=True)
    assert [spec.key for spec in specs()][:2] == ["opened", "size"]

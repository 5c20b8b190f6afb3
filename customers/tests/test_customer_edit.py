"""Making and changing customers: nothing typed is lost, made twice, overwritten or leaked."""

# ruff: noqa: E501

import re
import threading

import pytest
from django.db import connection, connections
from django.test import Client

from customers.enums import FieldUse
from customers.models import ContactPerson, ContactPoint, Customer, FieldPolicy, TimelineEntry
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_list import URL, browser
from tenancy.context import organization_context
from tenancy.db import uuid7
from tenancy.enums import Scope
from tenancy.models import AuditEntry
from tenancy.tests.factories import OrganizationFactory

BASE = {"kind": "company", "relationship": "customer", "tier": "ordinary", "name": "云帆科技"}


def points(*rows: tuple) -> dict:
    """(kind, value, label, id, gone) of each row, as the form posts them."""
    data = {"points-TOTAL_FORMS": str(len(rows)), "points-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        row = (*row, "", "", "")
        data |= {
            f"points-{number}-{name}": row[place]
            for place, name in enumerate(("kind", "value", "label", "id"))
        }
    return data


@pytest.mark.django_db
def test_a_customer_is_made_with_all_its_details(rep):
    data = {
        **BASE, **points(("phone", "１３８ 1234 5678", "手机"), ("email", "Info@Example.COM"), ("wechat", ""), ("phone", "010-88886666")),
        "id": str(uuid7()), "owner": str(rep.pk), "person_name": "王芳",
        "person_title": "采购经理", "person_phone": "13900001111", "city": "　杭州市\x00", "remarks": "第一行\r\n第二行",
    }  # fmt: skip
    answer = browser(rep).post(f"{URL}new/", data)
    customer = Customer.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{URL}{customer.pk}/")
    assert (customer.name_key, customer.code, customer.owner, customer.created_by) == (
        "yunfankeji",
        "C000001",
        rep,
        rep,
    )
    assert (customer.city, customer.remarks) == ("杭州市", "第一行\n第二行")
    own = ContactPoint.objects.filter(person=None)
    assert [(p.kind, p.value, p.label, p.is_primary) for p in own] == [
        ("phone", "+8613812345678", "手机", True), ("email", "info@example.com", "", True), ("phone", "+861088886666", "", False),
    ]  # fmt: skip
    person = ContactPerson.objects.get()
    assert (person.name, person.points.get().value) == ("王芳", "+8613900001111")
    assert [entry.kind for entry in TimelineEntry.objects.all()] == ["customer.created"]
    for typed in ("云帆", "13812345678", "5678", "info@example.com", "13900001111", "王芳", "wangfang"):
        assert [row["name"] for row in browser(rep).get(URL, {"q": typed}).context["rows"]] == ["云帆科技"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "  "), ("name", "\u200b"), ("name", "长" * 201), ("birthday", "2023-02-30"), ("birthday", "2999-01-01"),
        ("birthday", "1500-01-01"), ("tier", "gold"), ("owner", "nobody"), ("owner", "01890000-0000-7000-8000-000000000001"), ("birthday", "lunar 1985-08-31"),
        ("birthday", "lunar 1985-06-01 leap"), ("birthday", "1985-13-01"), ("distance", "远"), ("distance", "-1"), ("distance", "60000"),
        ("age_band", "old"), ("region", "mars"), ("business_category", "长" * 81), ("street2", "x" * 201), ("person_title", "经理"), ("person_phone", "abc"), ("points-0-value", "abc"), ("remarks", "x" * 4001),
    ],
)  # fmt: skip
def test_bad_input_is_shown_again_with_everything_typed(rep, field, value):
    data = {**BASE, **points(("phone", "13812345678")), "street": "科技路1号", field: value}
    answer = browser(rep).post(f"{URL}new/", data)
    assert answer.status_code == 422
    assert Customer.objects.count() == 0
    assert "科技路1号" in answer.content.decode()


@pytest.mark.django_db
def test_what_keeps_it_from_being_saved_is_said_at_the_top_in_the_order_of_the_page(rep):
    data = {**BASE, **points(("phone", "13812345678"), ("phone", "abc")), "name": "", "street": "x" * 201}
    answer = browser(rep).post(f"{URL}new/", data)
    assert answer.context["problems"] == [
        ("Name", "id_name"), ("Number or address", "id_points-1-value"), ("Street", "id_street")
    ]  # fmt: skip
    text = answer.content.decode()
    assert text.index('id="not-saved"') < text.index('name="name"')
    assert [f'id="{key}"' in text for _label, key in answer.context["problems"]] == [True] * 3
    [number] = re.findall(r'<input[^>]* name="points-1-value"[^>]*>', text)
    assert 'class="form-control is-invalid"' in number
    assert browser(rep).get(f"{URL}new/").context["problems"] == []


@pytest.mark.django_db
def test_a_possible_duplicate_stands_beside_the_name_and_asks_nobody_to_ask_themselves(rep):
    CustomerFactory(owner=rep, name="云帆科技")
    answer = browser(rep).post(f"{URL}new/", {**BASE, **points()})
    text = answer.content.decode()
    assert answer.context["problems"] == [("possible duplicates", "id_override")]
    assert text.index('name="name"') < text.index('name="override"') < text.index('name="tier"')
    assert (
        "same name, similar name · yours</li>" in text or "same name · yours</li>" in text,
        "· ask " in text,
    ) == (True, False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        "😀",
        "مرحبا",
        "a\u202eb",
        "Robert'); DROP TABLE x;--",
        "<script>alert(1)</script>",
        "𠮷野家",
        "A" * 200,
    ],
)
def test_odd_names_are_kept_and_shown_escaped(rep, name):
    answer = browser(rep).post(f"{URL}new/", {**BASE, **points(), "name": name})
    assert answer.status_code == 302
    assert Customer.objects.get().name == name.replace("\u202e", "")
    assert "<script>alert" not in browser(rep).get(answer["Location"]).content.decode()
    assert browser(rep).get(URL, {"q": name}).status_code == 200


@pytest.mark.django_db
def test_sending_a_form_again_makes_one_customer(rep):
    data = {**BASE, **points(("phone", "13812345678")), "id": str(uuid7()), "owner": str(rep.pk)}
    answers = [browser(rep).post(f"{URL}new/", data) for _ in range(10)]
    assert {answer["Location"] for answer in answers} == {f"{URL}{Customer.objects.get().pk}/"}
    assert ContactPoint.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_submits_at_once_make_one_customer():
    with organization_context(OrganizationFactory(slug="ours")):
        rep = member_with(scope=Scope.OWN)
    data = {**BASE, **points(("phone", "13812345678")), "id": str(uuid7())}
    clients, answers = [browser(rep) for _ in range(10)], []

    def send(client: Client) -> None:
        try:
            answers.append(client.post(f"{URL}new/", data).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [302] * 10
    with organization_context(rep.organization):
        assert (Customer.objects.count(), ContactPoint.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_a_duplicate_is_told_without_opening_what_is_out_of_reach(rep, colleague):
    CustomerFactory(name="机密客户", owner=colleague, phones=["13812345678"])
    CustomerFactory(name="云帆科技", owner=rep)
    data = {**BASE, **points(("phone", "138 1234 5678"))}
    for url in (f"{URL}new/", f"{URL}duplicates/"):
        answer = browser(rep).post(url, data)
        text = answer.content.decode()
        found = [(d.name, d.owner, d.reasons) for d in answer.context["form"].duplicates]
        assert sorted(found) == [("", colleague.name, ["phone"]), ("云帆科技", rep.name, ["name"])]
        assert "机密" not in text and "C000001" not in text
    assert Customer.objects.count() == 2
    assert browser(rep).post(f"{URL}new/", {**data, "override": "1"}).status_code == 302
    entry = TimelineEntry.objects.order_by("-pk").first()
    assert entry.params == {"despite": ["name", "phone"]}


@pytest.mark.django_db
def test_a_doubtful_identity_number_is_a_warning(rep):
    customer = CustomerFactory(name="云帆", owner=rep)
    page = f"{URL}{customer.pk}/credit/"
    data = {"version": "1", "identity_number": "110105194912310021"}
    assert browser(rep).post(page, data).status_code == 422
    assert browser(rep).post(page, {**data, "override": "1"}).status_code == 302
    assert Customer.objects.get().identity_number == "110105194912310021"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("identity_number", "!!!!"),
        ("bank_account", "12"),
        ("credit_rating", "Z"),
        ("credit_note", "x" * 2001),
    ],
)
def test_bad_credit_is_shown_again(rep, field, value):
    customer = CustomerFactory(name="云帆", owner=rep)
    answer = browser(rep).post(f"{URL}{customer.pk}/credit/", {"version": "1", field: value})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert Customer.objects.get().version == 1


def form_of(client: Client, customer: Customer) -> dict:
    """What the edit page would post back unchanged."""
    response = client.get(f"{URL}{customer.pk}/edit/")
    form, rows = response.context["form"], response.context["points"]
    data = {
        name: field.value()
        for name, field in ((f.html_name, f) for f in form)
        if field.value() not in (None, False)
    }
    data |= {field.html_name: field.value() for field in rows.management_form}
    for row in rows:
        data |= {field.html_name: field.value() for field in row if field.value() not in (None, False)}
    return data


@pytest.mark.django_db
def test_who_may_not_read_a_detail_keeps_it_unread(inside_ours):
    clerk = member_with("customers.view_customer", "customers.change_customer", scope=Scope.OWN)
    customer = CustomerFactory(
        name="云帆", owner=clerk, phones=["13812345678"], identity_number="11010519491231002X"
    )
    client = browser(clerk)
    page = client.get(f"{URL}{customer.pk}/edit/").content.decode()
    assert "138****5678" in page and "11****2X" in page and "12345678" not in page and "19491231" not in page
    data = {**form_of(client, customer), "tier": "key"}
    assert client.post(f"{URL}{customer.pk}/edit/", data).status_code == 302
    customer = Customer.objects.get()
    assert (customer.tier, customer.identity_number) == ("key", "11010519491231002X")
    assert customer.points.get().value == "+8613812345678"
    point = customer.points.get()
    assert client.post(f"{URL}{customer.pk}/details/{point.pk}/").status_code == 403


@pytest.mark.django_db
def test_an_edit_says_what_changed_and_a_detail_can_go(rep):
    customer = CustomerFactory(name="云帆", owner=rep, phones=["13812345678"], emails=["a@example.com"])
    client = browser(rep)
    data = {**form_of(client, customer), "name": "云帆科技", "points-1-gone": "on"}
    assert client.post(f"{URL}{customer.pk}/edit/", data).status_code == 302
    assert [p.kind for p in customer.points.all()] == ["phone"]
    entry = TimelineEntry.objects.get(kind="customer.edited")
    assert entry.params == {"fields": ["name", "points"]}
    assert [row["name"] for row in client.get(URL, {"q": "yunfankeji"}).context["rows"]] == ["云帆科技"]
    assert client.get(URL, {"q": "a@example.com"}).context["rows"] == []


@pytest.mark.django_db
def test_a_stale_edit_is_refused_and_nothing_of_either_side_is_lost(rep):
    customer = CustomerFactory(name="云帆", owner=rep, city="杭州", phones=["13812345678"])
    mine, theirs = browser(rep), browser(rep)
    old = form_of(mine, customer)
    theirs.post(f"{URL}{customer.pk}/edit/", {**form_of(theirs, customer), "city": "宁波", "tier": "key"})
    answer = mine.post(f"{URL}{customer.pk}/edit/", {**old, "city": "苏州", "points-0-value": "13900000000"})
    assert answer.status_code == 409
    shown = {f.name: (f.mine, f.theirs, f.original) for f in answer.context["form"].conflict}
    assert shown["city"] == ("苏州", "宁波", "杭州")
    assert Customer.objects.get().city == "宁波"
    again = dict(answer.context["hidden"]) | {
        field.html_name: field.value() for field in answer.context["form"].conflict_form() if field.value()
    }
    again |= {"resolve-city": "mine", "resolve-tier": "theirs", "resolve-points": "mine"}
    again |= {"original": answer.context["form"].original}
    assert mine.post(f"{URL}{customer.pk}/edit/", again).status_code == 302
    customer = Customer.objects.get()
    assert (customer.city, customer.tier, customer.points.get().value) == ("苏州", "key", "+8613900000000")


@pytest.mark.django_db
@pytest.mark.parametrize("use", [FieldUse.COLLECTED, FieldUse.REQUIRED])
def test_a_conflict_asks_about_nothing_that_nobody_typed(rep, use):
    FieldPolicy.objects.create(field="region", use=use)
    customer = CustomerFactory(name="云帆", owner=rep, phones=["13812345678"], province="浙江", region="east")
    client, page = browser(rep), f"{URL}{customer.pk}/edit/"
    old = form_of(client, customer)
    client.post(page, {**form_of(client, customer), "province": "广东", "region": ""})
    assert Customer.objects.get().region == "south"
    answer = client.post(page, {**old, "province": "四川"})
    assert (answer.status_code, answer.context["point_sides"]) == (409, [])
    assert [one.name for one in answer.context["form"].conflict] == ["province"]
    again = dict(answer.context["hidden"]) | {
        field.html_name: field.value() for field in answer.context["form"].conflict_form() if field.value()
    }
    again |= {"original": answer.context["form"].original, "resolve-province": "mine"}
    assert client.post(page, again).status_code == 302
    customer = Customer.objects.get()
    assert (customer.province, customer.region, customer.points.count()) == ("四川", "west", 1)


@pytest.mark.django_db
def test_showing_a_detail_in_full_is_recorded(rep):
    customer = CustomerFactory(
        name="云帆", owner=rep, phones=["13812345678"], identity_number="11010519491231002X"
    )
    client, point = browser(rep), ContactPoint.objects.get()
    page = client.get(f"{URL}{customer.pk}/").content.decode()
    assert "138****5678" in page and "12345678" not in page and "1010519491231" not in page
    assert "138 1234 5678" in client.post(f"{URL}{customer.pk}/details/{point.pk}/").content.decode()
    assert (
        "11010519491231002X" in client.post(f"{URL}{customer.pk}/numbers/identity_number/").content.decode()
    )
    seen = AuditEntry.objects.filter(operation="access").order_by("id")
    assert [(e.table_name, e.object_id, e.actor_id) for e in seen] == [
        ("customers_contactpoint", point.pk, rep.pk), ("customers_customer", customer.pk, rep.pk),
    ]  # fmt: skip
    assert client.post(f"{URL}{customer.pk}/numbers/name/").status_code == 404


PERSON, DETAIL = "人", 9


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 3])
def test_the_page_costs_the_same_for_one_contact_person_and_for_three(rep, people, django_assert_num_queries):
    customer = CustomerFactory(name="云帆", owner=rep, phones=["13812345678"])
    for number in range(people):
        ContactPerson.objects.create(customer=customer, name=f"{PERSON}{number}")
    client = browser(rep)
    client.get(f"{URL}{customer.pk}/")
    with django_assert_num_queries(DETAIL + 5):
        assert client.get(f"{URL}{customer.pk}/").content.decode().count(f'"row-title">{PERSON}') == people


SECRETS = (
    "13812345678",
    "138 1234 5678",
    "secret@example.com",
    "wx_secret",
    "11010519491231002X",
    "6222021234567890",
    "5678",
)


@pytest.mark.django_db
def test_no_table_holds_a_contact_detail_in_the_clear(rep, owner_cursor_factory):
    client = browser(rep)
    data = {
        **BASE, **points(("phone", "138 1234 5678"), ("email", "secret@example.com"), ("wechat", "wx_secret")),
        "person_name": "王芳", "person_phone": "13812345678",
    }  # fmt: skip
    numbers = {"identity_number": "11010519491231002X", "bank_account": "6222 0212 3456 7890"}
    data["owner"] = str(rep.pk)
    client.post(f"{URL}new/", {**data, "points-0-value": "bad"})
    client.post(f"{URL}duplicates/", data)
    client.post(f"{URL}new/", data)
    customer = Customer.objects.get()
    client.post(f"{URL}{customer.pk}/edit/", {**form_of(client, customer), "tier": "key"})
    assert client.post(f"{URL}{customer.pk}/credit/", {"version": "2", **numbers}).status_code == 302
    client.get(URL, {"q": "13812345678"})
    client.get(f"{URL}{customer.pk}/")
    assert text_of_all_tables() != ""
    found = [secret for secret in SECRETS[:-1] if secret in text_of_all_tables()]
    assert found == []


def text_of_all_tables() -> str:
    """Every value of every table that the application can read, in this transaction; bytes as hex and as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I', relname) FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace AND has_table_privilege(oid, 'SELECT')"
        )
        texts = []
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT t::text, encode(convert_to(t::text, 'UTF8'), 'escape') FROM {table} t")
            texts += [part for row in cursor.fetchall() for part in row]
    plain = "\n".join(texts)
    hexes = {secret: secret.encode().hex() for secret in SECRETS[:-1]}
    return plain + "".join(secret for secret, code in hexes.items() if code in plain)

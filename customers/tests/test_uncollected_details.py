"""Phone, email, WeChat and unsuitable visiting times that the organisation does not collect: nowhere to be seen, asked for or
brought by a file, and all there again when it does."""

import re
from datetime import time

import pytest

from customers.actions.disclosure import Disclosure
from customers.actions.employment import register_person
from customers.actions.erasure import erase_customer
from customers.actions.health import refresh_health
from customers.actions.person import save_person
from customers.actions.points import PointInput
from customers.fields import CONTACT
from customers.forms.imports import MappingForm
from customers.models import (
    ColumnChoice,
    ContactPerson,
    ContactPoint,
    Customer,
    CustomerHealth,
    FieldPolicy,
    TimelineEntry,
    UnsuitableTime,
)
from customers.queries.privacy import sections_about
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory, PoolFactory
from customers.tests.import_files import csv_bytes
from customers.tests.pools import waiting
from customers.tests.test_customer_edit import BASE, form_of, points
from customers.tests.test_customer_fields import decide
from customers.tests.test_customer_list import CONTEXT, URL, browser, listed
from customers.tests.test_import_pipeline import importer, walk  # noqa: F401
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.enums import Scope
from workspace.models import Job
from workspace.tests.factories import SavedViewFactory

pytestmark = pytest.mark.django_db
ROWS = (("phone", "+8613812345678"), ("email", "a@example.com"), ("wechat", "yunfan_88"))
TYPED = dict(ROWS)
SHOWN = {"phone": "138****5678", "email": "a***@example.com", "wechat": "yu****88"}
HTMX = {"HTTP_HX_REQUEST": "true"}


def of_all_kinds(owner, **fields):
    return CustomerFactory(
        **{"name": "云帆", **fields},
        owner=owner,
        phones=["13812345678"],
        emails=["a@example.com"],
        wechats=["yunfan_88"],
    )


def person_of(company, name="王芳"):
    given = [PointInput(kind, value) for kind, value in ROWS]
    return save_person(ContactPerson(customer=company, name=name), points=given, actor=company.owner)


def hide(actor, *keys):
    assert decide(actor, **dict.fromkeys(keys, "hidden")) == len(keys)


def collect(actor, *keys):
    decide(actor, **dict.fromkeys(keys, "collected"))


def kinds_in(page: str) -> set[str]:
    """The kinds that a page's rows of contact details offer or are of."""
    selects = re.findall(r'<select name="points-[^"]*-kind".*?</select>', page, re.DOTALL)
    return set(re.findall(r'<option value="(\w+)"', "".join(selects)))


def values(rows) -> list[tuple]:
    return sorted((row.kind, row.value) for row in rows)


def held(customer) -> list[tuple]:
    rows = ContactPoint.objects.filter(customer=customer).order_by("person", "position", "kind")
    return [(row.pk, row.kind, row.value, row.label, row.is_primary) for row in rows]


def test_they_are_decided_about_like_every_other_field_and_times_cannot_be_required(inside_ours):
    keeper = member_with("customers.change_fieldpolicy")
    form = browser(keeper).get(f"{URL}fields/").context["form"]
    offered = {name.removeprefix("use-"): [value for value, _label in field.choices]
               for name, field in form.fields.items() if name.startswith("use-")}  # fmt: skip
    assert {key: uses for key, uses in offered.items() if uses != ["collected", "required", "hidden"]} == {
        "unsuitable_times": ["collected", "hidden"]
    }
    posted = {name: field.initial or "" for name, field in form.fields.items()}
    refused = browser(keeper).post(f"{URL}fields/", {**posted, "use-unsuitable_times": "required"})
    assert (refused.status_code, FieldPolicy.objects.count()) == (422, 0)
    chosen = {
        "use-unsuitable_times": "hidden",
        "purpose_en-unsuitable_times": "To plan visits",
        "use-wechat": "hidden",
    }
    assert browser(keeper).post(f"{URL}fields/", {**posted, **chosen}).status_code == 302
    rows = FieldPolicy.objects.order_by("field").values_list("field", "use", "purpose_en")
    assert list(rows) == [("unsuitable_times", "hidden", "To plan visits"), ("wechat", "hidden", "")]


@pytest.mark.parametrize("kind", CONTACT)
@pytest.mark.parametrize("customer_kind", ["person", "company"])
def test_forms_offer_no_row_of_a_kind_that_is_not_collected(admin, rep, kind, customer_kind):
    customer = of_all_kinds(rep, kind=customer_kind)
    person = person_of(customer)
    hide(admin, kind)
    client, rest = browser(rep), set(CONTACT) - {kind}
    people = f"{URL}{customer.pk}/people/"
    for page in (f"{URL}new/", f"{URL}{customer.pk}/edit/", f"{people}new/", f"{people}{person.pk}/"):
        answer = client.get(page)
        text = answer.content.decode()
        assert kinds_in(text) == rest, page
        assert kinds_in(text.partition("<template data-point-template>")[2]) == rest, page
        assert [
            row["kind"].value() for row in answer.context["points"] if row["kind"].value() not in rest
        ] == [], page
        assert TYPED[kind].removeprefix("+86") not in text.replace(" ", ""), page
    form = client.get(f"{URL}new/").context["form"]
    assert ("person_phone" in form.fields) == (kind != "phone")
    assert 'name="person_name"' in client.get(f"{URL}new/").content.decode()
    decide(admin, **dict.fromkeys(rest, "required"))
    quick = client.get(f"{URL}quick/").context["form"]
    assert {field.name for field in quick.contact_fields()} == rest


def test_without_a_rule_the_quick_form_has_a_phone_and_none_where_phones_are_not_collected(admin, rep):
    client = browser(rep)
    assert [field.name for field in client.get(f"{URL}quick/").context["form"].contact_fields()] == ["phone"]
    hide(admin, "phone")
    answer = client.get(f"{URL}quick/")
    assert (answer.status_code, answer.context["form"].contact_fields()) == (200, [])
    assert (
        client.post(f"{URL}quick/", {"kind": "person", "name": "李四", "phone": "13812345678"}).status_code
        == 302
    )
    assert Customer.objects.get().points.count() == 0


@pytest.mark.parametrize("kind", CONTACT)
def test_what_is_posted_of_a_hidden_kind_is_passed_over(admin, rep, kind):
    """From a form that was open before it was decided: not refused, not stored, not shown again."""
    hide(admin, kind)
    client = browser(rep)
    broken = points(*ROWS, (kind, "？"))
    data = {**BASE, **broken, "owner": str(rep.pk), "person_name": "王芳", "person_phone": "13900001111"}
    again = client.post(f"{URL}new/", {**data, "name": ""})
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["name"])
    assert [row["kind"].value() for row in again.context["points"]] == [one for one in CONTACT if one != kind]
    assert client.post(f"{URL}new/", data).status_code == 302
    customer = Customer.objects.get()
    assert values(customer.points.filter(person=None)) == sorted(row for row in ROWS if row[0] != kind)
    assert ContactPerson.objects.get().points.count() == (0 if kind == "phone" else 1)
    added = client.post(f"{URL}{customer.pk}/people/new/", {"name": "赵六", **broken})
    assert added.status_code == 302
    assert kind not in ContactPerson.objects.get(name="赵六").points.values_list("kind", flat=True)


@pytest.mark.parametrize("kind", CONTACT)
@pytest.mark.parametrize("customer_kind", ["person", "company"])
def test_an_edit_leaves_what_is_stored_of_a_hidden_kind_and_it_comes_back(admin, rep, kind, customer_kind):
    customer = of_all_kinds(rep, kind=customer_kind)
    person = person_of(customer)
    before, client = held(customer), browser(rep)
    own = customer.points.get(kind=kind, person=None)
    early = form_of(client, customer)  # open since before it was decided
    hide(admin, kind)
    others = [one for one in CONTACT if one != kind]
    page = f"{URL}{customer.pk}/edit/"
    assert client.post(page, {**form_of(client, customer), "tier": "key"}).status_code == 302
    assert held(customer) == before
    assert TimelineEntry.objects.get(kind="customer.edited").params == {"fields": ["tier"]}
    # What the collected ones of its neighbours lose or become does not touch it either.
    data = form_of(client, customer) | {"points-0-gone": "on"}
    assert client.post(page, data).status_code == 302
    assert sorted(customer.points.filter(person=None).values_list("kind", flat=True)) == sorted(
        {kind, others[1]}
    )
    assert client.post(page, early | {"version": form_of(client, customer)["version"]}).status_code == 302
    [kept] = customer.points.filter(person=None, kind=kind)
    assert (kept.pk, kept.value) == (own.pk, TYPED[kind])
    url = f"{URL}{customer.pk}/people/{person.pk}/"
    rows = client.get(url).context["points"]
    posted = {field.html_name: field.value() for field in rows.management_form}
    for row in rows:
        posted |= {field.html_name: field.value() for field in row if field.value() not in (None, False)}
    assert client.post(url, {"name": "王芳芳", **posted}).status_code == 302
    assert values(person.points.all()) == sorted(ROWS)
    collect(admin, kind)
    assert SHOWN[kind] in client.get(f"{URL}{customer.pk}/").content.decode()
    assert {row["kind"].value() for row in client.get(page).context["points"]} >= {kind}


def test_with_none_of_them_collected_the_section_is_gone_and_nothing_is_lost(admin, rep):
    customer = of_all_kinds(rep, kind="company")
    person = person_of(customer)
    before, client = held(customer), browser(rep)
    early = form_of(client, customer)
    hide(admin, *CONTACT)
    people = f"{URL}{customer.pk}/people/"
    for page in (f"{URL}new/", f"{URL}{customer.pk}/edit/", f"{people}new/", f"{people}{person.pk}/"):
        text = client.get(page).content.decode()
        assert "Contact details" not in text and "points-" not in text and "contact-details" not in text, page
    assert "Contact details" not in client.get(f"{URL}{customer.pk}/").content.decode()
    assert client.post(f"{URL}{customer.pk}/edit/", {**early, "tier": "key"}).status_code == 302
    assert client.post(f"{people}{person.pk}/", {"name": "王芳芳"}).status_code == 302
    assert (
        client.post(f"{people}{person.pk}/", {"name": "王芳", **points(("phone", "13900001111"))}).status_code
        == 302
    )
    assert held(customer) == before
    assert client.post(f"{URL}new/", {**BASE, "name": "新公司"}).status_code == 302
    assert client.post(f"{URL}new/", {**BASE, "name": "另一家", **points(*ROWS)}).status_code == 302
    assert ContactPoint.objects.exclude(customer=customer).count() == 0


def test_a_conflict_asks_nothing_about_details_that_are_not_collected(admin, rep):
    customer, client = of_all_kinds(rep, city="杭州"), browser(rep)
    hide(admin, *CONTACT)
    old = form_of(client, customer)
    client.post(f"{URL}{customer.pk}/edit/", {**form_of(client, customer), "city": "宁波"})
    answer = client.post(f"{URL}{customer.pk}/edit/", {**old, "city": "苏州"})
    assert (answer.status_code, answer.context["point_sides"]) == (409, [])
    assert "Contact details" not in answer.content.decode()
    collect(admin, "phone")
    answer = client.post(f"{URL}{customer.pk}/edit/", {**old, "city": "苏州"})
    assert [side["text"] for side in answer.context["point_sides"]] == ["", "138****5678"]


@pytest.mark.parametrize("kind", CONTACT)
def test_pages_do_not_show_what_is_stored_of_it(admin, rep, kind):
    company = of_all_kinds(rep, kind="company", people=[])
    person = person_of(company)
    someone = of_all_kinds(rep, kind="person", name="张伟")
    hide(admin, kind)
    client = browser(rep)
    for customer in (company, someone):
        text = client.get(f"{URL}{customer.pk}/").content.decode()
        assert [one for one in CONTACT if SHOWN[one] in text] == [one for one in CONTACT if one != kind]
        paper = client.get(f"{URL}{customer.pk}/collection/").content.decode().replace(" ", "")
        assert TYPED[kind].removeprefix("+86") not in paper
        checked = [row["thing"].key for row in client.get(f"{URL}{customer.pk}/verify/").context["rows"]]
        assert kind not in {key.partition(":")[0] for key in checked}
    for owner in (None, person):
        hidden = company.points.get(kind=kind, person=owner)
        assert client.post(f"{URL}{company.pk}/details/{hidden.pk}/").status_code == 404
    assert Disclosure.objects.filter(what=kind).count() == 0


def test_lists_have_no_column_of_phones_and_what_names_it_still_opens(admin, rep, django_assert_num_queries):
    of_all_kinds(rep)
    mine = SavedViewFactory(owner=rep, page="customers", name="我的", query="", columns=["phone", "city"])
    ColumnChoice.objects.create(member=rep, columns=["phone", "tier"])
    hide(admin, "phone")
    client = browser(rep)
    for query in ("", f"?view={mine.pk}", "?sort=phone&phone=138&sort=-phone"):
        answer = client.get(f"{URL}{query}")
        assert (answer.status_code, listed(answer)) == (200, ["云帆"])
        text = answer.content.decode()
        assert "138****5678" not in text and 'data-label="Phone"' not in text
    assert "phone" not in [one["fact"].key for one in client.get(f"{URL}columns/").context["columns"]]
    # A number as a whole still finds: who knows it is told nothing by it, and nobody enters a customer twice.
    assert listed(client.get(URL, {"q": "13812345678"})) == ["云帆"]
    with django_assert_num_queries(9 + CONTEXT):  # the list with phones reads them with one more
        client.get(URL)


def test_exports_have_no_phone(admin):
    exporter = member_with(*RIGHTS, "customers.export_customer")
    of_all_kinds(exporter)
    hide(admin, "phone")
    asked = {"answered": "1", "all": "1", "format": "csv", "columns": "all", "query": ""}
    data = b"".join(browser(exporter).post(f"{URL}export/", asked).streaming_content).decode("utf-8-sig")
    assert "云帆" in data and "Phone" not in data and "13812345678" not in data.replace(" ", "")


def test_a_pool_has_no_column_of_phones(claimer):
    pool = PoolFactory()
    waiting(pool, phones=["13812345678"])
    client = browser(claimer)
    text = client.get(f"{URL}pools/").content.decode()
    assert "138****5678" in text and ">Phone<" in text
    hide(claimer, "phone")
    text = client.get(f"{URL}pools/").content.decode()
    assert "138****5678" not in text and ">Phone<" not in text


@pytest.mark.parametrize("kind", CONTACT)
def test_the_duplicate_warning_does_not_ask_about_it(admin, rep, kind):
    of_all_kinds(rep)
    client = browser(rep)
    person_phone = "13812345678" if kind == "phone" else ""
    asked = {"kind": "company", "name": "新公司", "person_phone": person_phone, **points((kind, TYPED[kind]))}

    def reasons():
        answer = client.post(f"{URL}duplicates/", asked, **HTMX)
        return [one.reasons for one in answer.context["form"].duplicates]

    assert reasons() == [[kind]]
    hide(admin, kind)
    assert reasons() == []
    assert (
        client.post(f"{URL}new/", {**BASE, "name": "新公司", **points((kind, TYPED[kind]))}).status_code
        == 302
    )


@pytest.mark.parametrize(("kind", "heading", "cell"), [
    ("phone", "手机", "13900139000"), ("email", "邮箱", "b@example.com"), ("wechat", "微信", "wx_new_88"),
])  # fmt: skip
def test_a_file_does_not_bring_it(walk, importer, kind, heading, cell):  # noqa: F811
    old = of_all_kinds(importer, code="K-1", kind="person")
    hide(importer, kind)
    walk.upload(csv_bytes(f"编号,姓名,{heading}", f"K-1,云帆,{cell}", f"K-2,新,{cell}"))
    form = MappingForm(batch=walk.batch, headings=["编号", "姓名", heading], viewer=viewer_for(importer))
    targets = [key for _label, group in form.fields["column_2"].choices[1:] for key, _name in group]
    assert set(CONTACT) - set(targets) == {kind}
    assert (kind in [key for key, _label in form.fields["match"].choices]) is False
    posted = {**{f"column_{place}": target for place, target in enumerate(["code", "name", kind])},
              "policy": "update", "match": ["code"], "kind": "person", "tier": "ordinary"}  # fmt: skip
    bound = MappingForm(
        posted, batch=walk.batch, headings=["编号", "姓名", heading], viewer=viewer_for(importer)
    )
    assert list(bound.errors) == ["column_2"]
    before = held(old)
    walk.check(policy="update").apply()
    assert walk.batch.mapping == ["code", "name", ""]
    assert held(old) == before
    assert Customer.objects.get(code="K-2").points.count() == 0


def test_what_is_not_collected_does_not_count(admin, rep):
    silent = CustomerFactory(owner=rep, kind="person", name="张伟", phones=["5550123"])
    nobody = CustomerFactory(owner=rep, kind="person", name="李娜")

    def figures(customer):
        refresh_health([customer.pk])
        row = CustomerHealth.objects.get(customer=customer)
        return row.unreachable, row.doubtful_phone

    assert (figures(silent), figures(nobody)) == ((False, True), (True, False))
    hide(admin, "phone")
    assert Job.objects.get().kind == "customers.rebuild_health"
    assert (figures(silent), figures(nobody)) == ((True, False), (True, False))
    shown = browser(rep).get(f"{URL}{nobody.pk}/").context
    assert [one["label"] for one in shown["health"]["missing"] if str(one["label"]) == "Phone"] == []
    assert "Find out how to reach them" in browser(rep).get(f"{URL}{nobody.pk}/").content.decode()
    hide(admin, "email", "wechat")
    assert (figures(silent), figures(nobody)) == ((False, False), (False, False))


def test_hiding_wechat_does_not_disturb_phones(admin, rep):
    customer = of_all_kinds(rep)
    hide(admin, "wechat")
    decide(admin, phone="required")
    client = browser(rep)
    data = form_of(client, customer) | {"points-0-value": "13900001111"}
    assert client.post(f"{URL}{customer.pk}/edit/", data).status_code == 302
    assert values(customer.points.all()) == [
        ("email", "a@example.com"), ("phone", "+8613900001111"), ("wechat", "yunfan_88"),
    ]  # fmt: skip
    assert "139****1111" in client.get(URL).content.decode()
    lost = form_of(client, customer) | {"points-0-gone": "on"}
    assert client.post(f"{URL}{customer.pk}/edit/", lost).status_code == 422


def test_access_and_erasure_cover_what_is_stored_all_the_same(admin, rep):
    customer = of_all_kinds(rep, kind="person")
    UnsuitableTime.objects.create(customer=customer, starts=time(12), ends=time(14), note="午休")
    hide(admin, *CONTACT, "unsuitable_times")
    package = str([section.rows for section in sections_about([customer.pk])])
    assert all(value in package for value in TYPED.values()) and "午休" in package
    erase_customer(customer, reason="asked for")
    assert (ContactPoint.objects.count(), UnsuitableTime.objects.count()) == (0, 0)


def test_a_contact_person_gets_a_page_without_what_is_not_collected(admin, rep):
    person = person_of(CustomerFactory(owner=rep, kind="company"))
    hide(admin, "wechat")
    individual = register_person(person, actor=rep)
    assert sorted(individual.points.values_list("kind", flat=True)) == ["email", "phone"]
    assert person.points.count() == 3


def test_another_organisation_goes_on_collecting(admin, theirs):
    hide(admin, *CONTACT, "unsuitable_times")
    with organization_context(theirs):
        stranger = member_with(scope=Scope.OWN)
        of_all_kinds(stranger)
    text = browser(stranger).get(f"/o/{theirs.slug}/customers/").content.decode()
    assert "138****5678" in text


NUMBERS = {"identity_number": "11010519491231002X", "bank_account": "6222021234567890"}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_page_does_not_show_the_other_fields_either(admin, rep, name):
    where = {"city": "杭州", "street": "西湖路1号", "postcode": "310000"}
    customer = CustomerFactory(owner=rep, name="云帆", remarks="老客户备注", **where, **NUMBERS)
    client, page = browser(rep), f"{URL}{customer.pk}/"
    text = client.get(page).content.decode()
    assert "老客户备注" in text and "杭州西湖路1号 310000" in text
    assert [one["name"] for one in client.get(page).context["numbers"]] == list(NUMBERS)
    hide(admin, name, "remarks", "street", "postcode")
    text = client.get(page).content.decode()
    assert "老客户备注" not in text and "杭州" in text and "西湖路" not in text and "310000" not in text
    assert [one["name"] for one in client.get(page).context["numbers"]] == [
        one for one in NUMBERS if one != name
    ]
    assert client.post(f"{page}numbers/{name}/").status_code == 404


@pytest.mark.parametrize(("keys", "hint"), [
    ((), "Name, pinyin, code, phone or email"), (("phone", "wechat"), "Name, pinyin, code or email"),
    (("email",), "Name, pinyin, code or phone"), (("phone", "email"), "Name, pinyin or code"),
])  # fmt: skip
def test_the_search_box_names_what_is_collected(admin, rep, keys, hint):
    if keys:
        hide(admin, *keys)
    page = browser(rep).get(URL, {"q": "nobody"}).content.decode()
    assert f'placeholder="{hint}"' in page
    assert ("full phone number" in page) == ("phone" not in keys)

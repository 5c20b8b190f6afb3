"""Everything that may be known of a customer: entered in steps, under the organisation's field policy, on paper."""

# ruff: noqa: E501

import re
from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from customers.actions.birthday import pass_birthdays, refresh_birthdays
from customers.actions.field_policy import Decision, decide_fields
from customers.enums import FieldUse
from customers.models import (
    Customer,
    CustomerBirthday,
    CustomerHealth,
    CustomerNeeds,
    FieldPolicy,
    TimelineEntry,
    UnsuitableTime,
)
from customers.queries.visiting import unsuitable_time
from customers.regions import region_of_province
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_edit import BASE, form_of, points
from customers.tests.test_customer_list import URL, browser
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.models import AuditEntry
from workspace.models import Job

pytestmark = pytest.mark.django_db
PERSON = {**BASE, "kind": "person", "name": "张伟"}


def decide(actor, **uses):
    return decide_fields(
        [Decision(key, use, "为了回访", "To visit") for key, use in uses.items()], actor=actor
    )


def test_a_customer_is_entered_in_three_steps(rep):
    client = browser(rep)
    answer = client.post(
        f"{URL}new/",
        {
            **PERSON, **points(), "owner": str(rep.pk), "continue": "1", "birthday_calendar": "lunar", "birthday_year": "1985", "birthday_month": "8",
            "birthday_day": "15", "province": "广东省", "distance": "１２.５", "area": "urban", "age_band": "18_45",
            "business_category": "百货", "street2": "Unit 5",
        },
    )  # fmt: skip
    customer = Customer.objects.get()
    assert answer["Location"] == f"{URL}{customer.pk}/needs/edit/?steps=1"
    assert (customer.birthday, customer.birthday_typed) == (date(1985, 9, 29), "lunar 1985-08-15")
    assert (customer.region, customer.distance, customer.area) == ("south", 12500, "urban")
    needs = {
        "intention": "high",
        "income": "over_3000",
        "preferences": "茶\r\n咖啡",
        "buying_channel": "market",
    }
    answer = client.post(answer["Location"], needs)
    assert answer["Location"] == f"{URL}{customer.pk}/credit/?steps=1"
    assert CustomerNeeds.objects.get().preferences == "茶\n咖啡"
    answer = client.post(
        answer["Location"], {"version": "1", "credit_rating": "A", "credit_note": "按时付款"}
    )
    assert answer["Location"] == f"{URL}{customer.pk}/"
    customer.refresh_from_db()
    assert (customer.credit_rating, customer.credit_note, customer.version) == ("A", "按时付款", 2)
    lines = [entry.params.get("fields") for entry in TimelineEntry.objects.order_by("pk")]
    assert lines == [
        None,
        ["intention", "income", "buying_channel", "preferences"],
        ["credit_rating", "credit_note"],
    ]
    page = client.get(f"{URL}{customer.pk}/").content.decode()
    assert "lunar 15/8/1985" in page and "12.5 km" in page and "按时付款" in page
    assert "咖啡" in client.get(f"{URL}{customer.pk}/needs/").content.decode()


@pytest.mark.parametrize(
    "field", ["intention", "income", "need_type", "buying_channel", "preferences", "family_notes"]
)
def test_bad_needs_are_shown_again(rep, field):
    customer = CustomerFactory(owner=rep, kind="person", name="张伟")
    answer = browser(rep).post(
        f"{URL}{customer.pk}/needs/edit/", {field: "x" * 1001, "potential_needs": "新品"}
    )
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert "新品" in answer.content.decode()
    assert CustomerNeeds.objects.count() == 0


def test_two_who_enter_needs_at_once_lose_nothing(rep):
    customer = CustomerFactory(owner=rep, kind="person", name="张伟")
    client, page = browser(rep), f"{URL}{customer.pk}/needs/edit/"
    client.post(page, {"intention": "low"})
    old = client.get(page).context["form"].initial
    client.post(page, {"intention": "high", "version": "1"})
    answer = client.post(page, {"intention": "none", "version": "1", "snapshot": old["snapshot"]})
    assert answer.status_code == 409
    assert [(one.name, one.mine, one.theirs) for one in answer.context["form"].conflict] == [
        ("intention", "None", "High")
    ]


def test_an_edit_keeps_a_birthday_without_a_year(rep):
    customer = CustomerFactory(owner=rep, kind="person", name="张伟", birthday_typed="--05-20")
    client = browser(rep)
    data = form_of(client, customer)
    assert data["birthday"] == "--05-20"
    client.post(f"{URL}{customer.pk}/edit/", {**data, "city": "杭州"})
    customer.refresh_from_db()
    assert (customer.birthday, customer.birthday_typed, customer.city) == (None, "--05-20", "杭州")
    client.post(f"{URL}{customer.pk}/edit/", {**form_of(client, customer), "birthday": "1990-05-20"})
    customer.refresh_from_db()
    assert (customer.birthday, customer.birthday_typed) == (date(1990, 5, 20), "")
    assert TimelineEntry.objects.order_by("-pk").first().params == {"fields": ["birthday"]}


def test_a_conflict_over_a_birthday_can_be_settled(rep):
    customer = CustomerFactory(owner=rep, kind="person", name="张伟", birthday_typed="lunar --08-15")
    client = browser(rep)
    old = form_of(client, customer)
    client.post(f"{URL}{customer.pk}/edit/", {**form_of(client, customer), "birthday": "--05-20"})
    answer = client.post(f"{URL}{customer.pk}/edit/", {**old, "birthday": "--06-01"})
    [conflict] = answer.context["form"].conflict
    assert (conflict.mine, conflict.theirs, conflict.original) == ("--06-01", "--05-20", "lunar --08-15")
    again = {f.html_name: f.value() for f in answer.context["form"].conflict_form() if f.value()}
    again |= {
        **dict(answer.context["hidden"]),
        "resolve-birthday": "theirs",
        "original": answer.context["form"].original,
    }
    assert client.post(f"{URL}{customer.pk}/edit/", again).status_code == 302
    customer.refresh_from_db()
    assert customer.birthday_typed == "--05-20"


def test_the_next_birthday_follows_the_customer_and_the_calendar(rep, colleague, ours):
    customer = CustomerFactory(owner=rep, kind="person", name="张伟", birthday=date(1990, 5, 20))
    CustomerFactory(owner=rep, name="无生日")
    row = CustomerBirthday.objects.get()
    assert (row.customer_id, row.owner_id, row.next_on.month, row.next_on.day) == (customer.pk, rep.pk, 5, 20)
    assert row.next_on >= timezone.localdate()
    CustomerBirthday.objects.update(next_on=date(2020, 5, 20))
    pass_birthdays(ours.pk)
    assert CustomerBirthday.objects.get().next_on == row.next_on
    CustomerBirthday.objects.all().delete()
    pass_birthdays(ours.pk)
    assert CustomerBirthday.objects.get().next_on == row.next_on
    listed = browser(rep).get(URL, {"sort": "birthday"}).context["rows"]
    assert [one["name"] for one in listed] == ["张伟"]
    assert browser(colleague).get(URL, {"sort": "birthday"}).context["rows"] == []


def test_the_database_and_the_calendar_agree_on_the_next_birthday(rep):
    today = timezone.localdate()
    births = [date(1800, 1, 1), date(1896, 2, 29), date(2000, 2, 29), date(2024, 2, 28), date(1999, 12, 31)]
    births += [
        date(1987, day.month, min(day.day, 28)) for day in (today, today - timedelta(1), today + timedelta(1))
    ]
    ids = [CustomerFactory(owner=rep, kind="person", birthday=day).pk for day in births]
    ids.append(CustomerFactory(owner=rep, kind="person", birthday_typed="lunar --08-15").pk)
    told = dict(CustomerBirthday.objects.values_list("customer_id", "next_on"))
    assert set(told) == set(ids)
    refresh_birthdays(ids)
    assert dict(CustomerBirthday.objects.values_list("customer_id", "next_on")) == told


def test_a_field_that_is_not_collected_is_nowhere(admin, rep):
    customer = CustomerFactory(
        owner=rep, kind="person", name="张伟", gender="male", source="web", industry="纺织"
    )
    before = CustomerHealth.objects.get().missing
    assert decide(admin, gender="hidden", source="hidden", city="hidden", birthday="hidden") == 4
    assert Job.objects.get().kind == "customers.rebuild_health"
    client = browser(rep)
    page = client.get(f"{URL}{customer.pk}/").content.decode()
    assert "Gender" not in page and "Website" not in page
    assert {"gender", "source", "birthday"}.isdisjoint(
        client.get(f"{URL}{customer.pk}/edit/").context["form"].fields
    )
    listed = client.get(URL, {"source": "email", "sort": "birthday"})
    offered = client.get(f"{URL}columns/").context["columns"]
    assert "city" not in [column["fact"].key for column in offered]
    assert [row["name"] for row in listed.context["rows"]] == [
        "张伟"
    ]  # neither filtered nor sorted by what is not there
    assert "source" not in client.get(f"{URL}filters/").content.decode()
    answer = client.post(f"{URL}{customer.pk}/edit/", {**form_of(client, customer), "tier": "key"})
    customer.refresh_from_db()
    assert (answer.status_code, customer.gender, customer.source) == (302, "male", "web")
    assert CustomerHealth.objects.get().missing != before


def test_a_required_field_is_asked_for_and_an_old_customer_can_still_be_saved(admin, rep):
    old = CustomerFactory(owner=rep, kind="person", name="老客户")
    decide(admin, gender="required", industry="required", income="required")
    client = browser(rep)
    answer = client.post(f"{URL}new/", {**PERSON, **points()})
    asked = ["Your organisation asks for this."]
    assert answer.status_code == 422
    assert dict(answer.context["form"].errors) == {"gender": asked, "income": asked}
    assert "To visit" in answer.content.decode()
    assert (
        client.post(f"{URL}new/", {**PERSON, **points(), "gender": "male", "income": "over_3000"}).status_code
        == 302
    )
    quick = client.post(f"{URL}quick/", {"kind": "person", "name": "李四"})
    assert (quick.status_code, list(quick.context["form"].errors)) == (422, ["gender", "income"])
    data = form_of(client, old)
    first = client.post(f"{URL}{old.pk}/edit/", data)
    assert (first.status_code, first.context["form"].warnings) == (
        422, ["Your organisation asks for “Gender”, which is empty."],
    )  # fmt: skip
    assert client.post(f"{URL}{old.pk}/edit/", {**data, "override": "1"}).status_code == 302
    needs = client.post(f"{URL}{old.pk}/needs/edit/", {"intention": "low"})
    assert (needs.status_code, list(needs.context["form"].errors)) == (422, ["income"])


LATER = {
    "intention": "high",
    "need_type": "producer",
    "family_notes": "爱好\r\n钓鱼",
    "credit_rating": "A",
    "identity_number": "11010519491231002X",
}


@pytest.mark.parametrize("page", ["new", "quick"])
def test_required_needs_and_credit_are_asked_for_when_a_customer_is_made(admin, rep, page):
    decide(admin, **dict.fromkeys(LATER, "required"))
    client, url = browser(rep), f"{URL}{page}/"
    form = client.get(url).context["form"]
    assert set(LATER) <= set(form.fields)
    assert {"income", "preferences", "credit_note", "bank_account"}.isdisjoint(form.fields)
    assert "data-no-draft" in form.fields["identity_number"].widget.attrs
    answer = client.post(url, {**PERSON, **points()})
    assert (answer.status_code, sorted(answer.context["form"].errors)) == (422, sorted(LATER))
    assert Customer.objects.count() == 0
    assert client.post(url, {**PERSON, **points(), **LATER}).status_code == 302
    customer, needs = Customer.objects.get(), CustomerNeeds.objects.get()
    assert (customer.credit_rating, customer.identity_number) == ("A", LATER["identity_number"])
    assert (needs.customer_id, needs.pk, needs.intention) == (customer.pk, customer.pk, "high")
    assert (needs.need_type, needs.family_notes) == ("producer", "爱好\n钓鱼")
    assert [entry.kind for entry in TimelineEntry.objects.all()] == ["customer.created"]


def test_a_company_is_not_asked_for_what_only_a_person_has(admin, rep):
    decide(admin, income="required")
    data = {**BASE, **points(), "income": "over_3000"}
    assert browser(rep).post(f"{URL}new/", data).status_code == 302
    assert CustomerNeeds.objects.count() == 0


def test_without_such_a_rule_needs_and_credit_stay_steps_of_their_own(rep):
    form = browser(rep).get(f"{URL}new/").context["form"]
    assert {*LATER, "income", "credit_note"}.isdisjoint(form.fields)


def test_what_is_required_cannot_be_taken_away_again(admin, rep):
    customer = CustomerFactory(owner=rep, kind="person", name="张伟", credit_rating="A", gender="male")
    client = browser(rep)
    client.post(f"{URL}{customer.pk}/needs/edit/", {"intention": "high"})
    decide(admin, gender="required", credit_rating="required", intention="required")
    asked = ["Your organisation asks for this."]
    for page, field in (("edit", "gender"), ("credit", "credit_rating"), ("needs/edit", "intention")):
        url = f"{URL}{customer.pk}/{page}/"
        form = client.get(url).context["form"]
        kept = {one.html_name: one.value() for one in form if one.value() is not None} | points()
        answer = client.post(url, {**kept, field: "", "override": "1"})
        assert (answer.status_code, dict(answer.context["form"].errors)) == (422, {field: asked}), page
    customer.refresh_from_db()
    assert (customer.gender, customer.credit_rating) == ("male", "A")
    assert CustomerNeeds.objects.get().intention == "high"


def test_contact_details_can_be_required(admin, rep):
    old = CustomerFactory(owner=rep, kind="company", name="老客户", phones=["13812345678"])
    decide(admin, phone="required", wechat="required")
    client = browser(rep)
    page = client.get(f"{URL}new/").content.decode()
    assert "Your organisation asks for: Phone, WeChat" in page
    answer = client.post(f"{URL}new/", {**BASE, **points(("phone", "13900001111"))})
    asked = "Your organisation asks for “{}”, which is empty.".format
    assert (answer.status_code, dict(answer.context["form"].errors)) == (422, {"__all__": [asked("WeChat")]})
    nameless = client.post(f"{URL}new/", {**BASE, "name": "", **points(("phone", "13900001111"))})
    assert sorted(nameless.context["form"].errors) == ["__all__", "name"]  # every error at once
    both = points(("phone", "13900001111"), ("wechat", "yunfan_88"))
    assert client.post(f"{URL}new/", {**BASE, **both}).status_code == 302
    quick = {"kind": "person", "name": "李四", "phone": "13900002222"}
    answer = client.post(f"{URL}quick/", quick)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["wechat"])
    assert client.post(f"{URL}quick/", {**quick, "wechat": "坏 的"}).status_code == 422
    assert client.post(f"{URL}quick/", {**quick, "wechat": "lisi_2026"}).status_code == 302
    made = Customer.objects.get(name="李四").points.values_list("kind", flat=True)
    assert sorted(made) == ["phone", "wechat"]
    # An old one may go on without what it never had, but does not lose what it has.
    data = form_of(client, old)
    answer = client.post(f"{URL}{old.pk}/edit/", data)
    assert (answer.status_code, answer.context["form"].warnings) == (422, [asked("WeChat")])
    assert client.post(f"{URL}{old.pk}/edit/", {**data, "override": "1"}).status_code == 302
    lost = {**form_of(client, old), "points-0-gone": "on", "override": "1"}
    answer = client.post(f"{URL}{old.pk}/edit/", lost)
    assert (answer.status_code, dict(answer.context["form"].errors)) == (422, {"__all__": [asked("Phone")]})
    assert old.points.count() == 1


@pytest.mark.parametrize("page", ["new/", "quick/"])
def test_what_is_asked_for_is_marked_at_its_label(admin, rep, page):
    decide(admin, industry="required", gender="required", birthday="required", intention="required")
    shown = browser(rep).get(f"{URL}{page}").content.decode()
    labels = re.findall(r"<(?:label|legend)[^>]*>\s*([^<]*?)\s*<span class=\"asteriskField\">", shown)
    assert {"Name", "Industry", "Gender", "Birthday", "Purchase intention"} <= set(labels)
    assert "Source" not in labels


def test_the_policy_is_set_on_its_page_by_who_may(admin, rep):
    keeper = member_with("customers.change_fieldpolicy")
    page = f"{URL}fields/"
    assert browser(admin).get(page).status_code == 403
    data = browser(keeper).get(page).context["form"]
    posted = {name: field.initial or "" for name, field in data.fields.items()}
    posted |= {
        "use-gender": "required",
        "purpose_zh-gender": "称呼",
        "purpose_en-gender": "How to address them",
    }
    assert browser(keeper).post(page, posted).status_code == 302
    row = FieldPolicy.objects.get()
    assert (row.field, row.use, row.purpose_zh, row.purpose_en) == (
        "gender",
        "required",
        "称呼",
        "How to address them",
    )
    assert browser(keeper).post(page, {**posted, "use-gender": "perhaps"}).status_code == 422
    department_only = member_with("customers.change_fieldpolicy", scope=Scope.DEPARTMENT)
    assert browser(department_only).get(page).status_code == 403


def test_another_organisation_decides_for_itself(admin, rep, theirs):
    decide(admin, gender="hidden")
    with organization_context(theirs):
        assert FieldPolicy.objects.count() == 0


def test_times_at_which_a_customer_is_not_to_be_visited(rep, colleague):
    customer = CustomerFactory(owner=rep, name="云帆")
    client, page = browser(rep), f"{URL}{customer.pk}/times/new/"
    posted = {"weekday": "0", "starts": "12:00", "ends": "14:00", "note": "午休"}
    assert client.post(page, {**posted, "ends": "11:00"}).status_code == 422
    assert client.post(page, {**posted, "weekday": "9"}).status_code == 422
    assert client.post(page, posted).status_code == 302
    row = UnsuitableTime.objects.get()
    assert (row.weekday, row.starts, row.ends, row.note) == (0, time(12), time(14), "午休")
    monday = date(2026, 11, 30)
    assert unsuitable_time(customer.pk, monday, time(12)) == row
    assert unsuitable_time(customer.pk, monday, time(14)) is None
    assert unsuitable_time(customer.pk, date(2026, 12, 1), time(12)) is None
    assert unsuitable_time(customer.pk, monday, None) is None
    assert "午休" in client.get(f"{URL}{customer.pk}/").content.decode()
    remove = f"{URL}{customer.pk}/times/{row.pk}/remove/"
    assert browser(colleague).post(remove).status_code == 404
    assert client.post(remove).status_code == 302
    assert UnsuitableTime.objects.count() == 0


def test_the_form_on_paper_follows_the_policy_and_printing_details_is_recorded(admin, rep):
    decide(admin, gender="hidden", city=FieldUse.REQUIRED)
    customer = CustomerFactory(owner=rep, kind="person", name="张伟", city="杭州", phones=["13812345678"])
    blank = browser(rep).get(f"{URL}collection/").content.decode()
    assert "City *" in blank and "Gender" not in blank and "To visit" in blank and "Industry" not in blank
    assert "Industry" in browser(rep).get(f"{URL}collection/?kind=company").content.decode()
    assert AuditEntry.objects.filter(operation="access").count() == 0
    page = browser(rep).get(f"{URL}{customer.pk}/collection/").content.decode()
    assert "138 1234 5678" in page and "杭州" in page
    [seen] = AuditEntry.objects.filter(operation="access")
    assert (seen.object_id, seen.actor_id) == (customer.pk, rep.pk)
    clerk = member_with("customers.view_customer")
    masked = browser(clerk).get(f"{URL}{customer.pk}/collection/").content.decode()
    assert "138****5678" in masked and "1234 5678" not in masked


@pytest.mark.parametrize(
    ("province", "region"),
    [("广东省", "south"), ("内蒙古自治区", "north"), ("上海", "east"), ("Bayern", ""), ("", "")],
)
def test_the_region_of_a_province(province, region):
    assert region_of_province(province) == region


def test_the_person_chooses_the_primary_phone(rep):
    data = {**BASE, **points(("phone", "13812345678"), ("phone", "13900001111")), "points-1-primary": "on"}
    browser(rep).post(f"{URL}new/", data)
    assert [point.is_primary for point in Customer.objects.get().points.order_by("position")] == [False, True]

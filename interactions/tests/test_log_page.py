"""The form that logs a contact, as the browser sends it."""

import json
from datetime import time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from customers.enums import FieldUse
from customers.fields import UNSUITABLE_TIMES
from customers.models import FieldPolicy, UnsuitableTime
from interactions.actions.interaction import update_contact
from interactions.models import CustomerContact, Interaction, Plan
from interactions.tests.conftest import rep_of, signed_in
from interactions.tests.factories import contact_with, customer_of, person_of, plan_for
from tenancy.context import organization_context
from tenancy.db import uuid7
from tenancy.enums import Scope
from tenancy.tests.factories import DepartmentFactory, MembershipFactory, grant

pytestmark = pytest.mark.django_db

NEW = "/o/ours/contacts/new/"
PALETTE = "/o/ours/palette/"


@pytest.fixture
def rep(ours):
    return rep_of(ours, Scope.OWN)


@pytest.fixture
def customer(ours, rep):
    with organization_context(ours):
        return customer_of(rep, "张伟")


@pytest.fixture
def client(rep):
    return signed_in(rep)


def entered(customer, **more) -> dict:
    return {
        "id": str(uuid7()),
        "customer": str(customer.pk),
        "kind": "call",
        "summary": "电话确认",
        "ahead": "",
        **more,
    }


def stored(ours, model=Interaction):
    with organization_context(ours):
        return list(model.objects.all())


def test_a_saved_contact_closes_the_dialog_and_offers_undo(client, ours, customer, htmx):
    answer = client.post(NEW, entered(customer, ahead="week", next_subject="寄合同"), **htmx)
    [contact], [plan] = stored(ours), stored(ours, Plan)
    assert answer.status_code == 204
    events = json.loads(answer["HX-Trigger"])
    assert set(events) == {"toast", "dialog-close", "contacts-changed"}
    assert events["toast"]["undo_url"] == f"/o/ours/contacts/{contact.pk}/undo/"
    assert (plan.subject, plan.kind) == ("寄合同", "call")
    with organization_context(ours):
        assert plan.due_on == timezone.localdate() + timedelta(days=7)


def test_the_same_form_sent_ten_times_makes_one_row(client, ours, customer):
    data = entered(customer, ahead="tomorrow")
    places = {client.post(NEW, data)["Location"] for _ in range(10)}
    assert places == {f"/o/ours/customers/{customer.pk}/"}
    assert (len(stored(ours)), len(stored(ours, Plan))) == (1, 1)


def test_undo_takes_back_the_contact_and_its_next_step(client, ours, customer):
    client.post(NEW, entered(customer, ahead="tomorrow"))
    [contact] = stored(ours)
    answer = client.post(f"/o/ours/contacts/{contact.pk}/undo/", {"next": "/o/ours/"})
    assert answer["Location"] == "/o/ours/"
    [plan] = stored(ours, Plan)
    [row] = stored(ours, CustomerContact)
    assert (plan.status, row.last_contact, row.next_step) == ("cancelled", None, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("summary", ""),
        ("summary", "a\x00b"),
        ("summary", "x" * 4001),
        ("kind", "telepathy"),
        ("at", "2999-01-01T10:00"),
        ("at", "not a date"),
        ("ahead", "never"),
        ("next_subject", "y" * 201),
        ("person", "01890000-0000-7000-8000-000000000001"),
        ("with_members", "01890000-0000-7000-8000-000000000001"),
    ],
)
def test_what_is_wrong_is_said_and_the_input_kept(client, ours, customer, htmx, field, value):
    answer = client.post(NEW, entered(customer, **{"summary": "保留这句话", field: value}), **htmx)
    assert answer.status_code == 422
    if field != "summary":
        assert "保留这句话" in answer.content.decode()
    assert stored(ours) == []


def test_a_picked_date_is_needed_when_it_is_to_be_picked(client, ours, customer):
    assert client.post(NEW, entered(customer, ahead="date")).status_code == 422
    assert client.post(NEW, entered(customer, ahead="date", next_on="2030-02-03")).status_code == 302
    assert [str(plan.due_on) for plan in stored(ours, Plan)] == ["2030-02-03"]


@pytest.mark.parametrize("key", ["", "?customer=nonsense", "?plan=nonsense"])
def test_strange_links(client, key):
    assert client.get(NEW + key).status_code == (404 if key else 200)


def test_a_customer_out_of_reach_is_not_there(client, ours, theirs, customer):
    colleague = rep_of(ours, Scope.OWN)
    stranger = rep_of(theirs, Scope.ORGANIZATION)
    with organization_context(ours):
        other = customer_of(colleague, "别人的客户")
    with organization_context(theirs):
        foreign = customer_of(stranger, "Foreign")
    for row in (other, foreign):
        assert client.get(f"{NEW}?customer={row.pk}").status_code == 404
        assert client.post(NEW, entered(row)).status_code == 404
    page = client.get(NEW).content.decode()
    assert ("张伟" in page, "别人的客户" in page, "Foreign" in page) == (True, False, False)
    assert stored(ours) == []


def test_an_archived_customer_is_not_there(client, ours, customer):
    with organization_context(ours):
        type(customer).objects.filter(pk=customer.pk).update(archived_at=timezone.now())
    assert client.get(f"{NEW}?customer={customer.pk}").status_code == 404


def test_a_person_of_another_customer_is_refused(client, ours, rep, customer):
    with organization_context(ours):
        stranger = person_of(customer_of(rep, "别家"))
    assert client.post(NEW, entered(customer, person=str(stranger.pk))).status_code == 422
    assert stored(ours) == []


def test_logging_finishes_the_plan_it_was_opened_from(client, ours, rep, customer):
    with organization_context(ours):
        plan = plan_for(customer, rep, kind="meeting", subject="年度评审")
    page = client.get(f"{NEW}?plan={plan.pk}").content.decode()
    assert "年度评审" in page
    client.post(NEW, entered(customer, plan=str(plan.pk), ahead="month"))
    old, new = sorted(stored(ours, Plan), key=lambda row: row.created_at)
    assert (old.status, new.status) == ("done", "planned")


def test_a_refused_file_keeps_nothing(client, ours, customer):
    program = SimpleUploadedFile("x.png", b"MZ\x90\x00" + b"\x00" * 200, content_type="image/png")
    assert client.post(NEW, entered(customer, files=program)).status_code == 422
    assert stored(ours) == []


def test_a_text_file_is_kept_with_the_contact(client, ours, customer):
    note = SimpleUploadedFile("笔记.txt", "会议记录".encode(), content_type="text/plain")
    assert client.post(NEW, entered(customer, files=note)).status_code == 302
    [contact] = stored(ours)
    page = client.get(f"/o/ours/files/{contact.folder_id}/")
    with organization_context(ours):
        assert contact.folder.attachments.get().file.name == "笔记.txt"
    assert page.status_code in (200, 404)


def test_a_stale_edit_is_refused_with_both_sides(client, ours, rep, customer):
    with organization_context(ours):
        contact = contact_with(customer, rep)
    url = f"/o/ours/contacts/{contact.pk}/edit/"
    fields = client.get(url).context["form"]
    data = {
        "version": fields["version"].value(),
        "snapshot": fields["snapshot"].value(),
        "kind": "visit",
        "at": fields["at"].value().strftime("%Y-%m-%dT%H:%M"),
    }
    assert client.post(url, {**data, "summary": "第一次"}).status_code == 302
    conflict = client.post(url, {**data, "summary": "第二次"})
    assert conflict.status_code == 409
    assert "第一次" in conflict.content.decode()
    assert [row.summary for row in stored(ours)] == ["第一次"]


def test_whoever_takes_over_reads_but_does_not_rewrite(ours, rep, customer):
    successor = rep_of(ours, Scope.OWN)
    with organization_context(ours):
        contact = contact_with(customer, rep)
        type(customer).objects.filter(pk=customer.pk).update(owner=successor)
    browser = signed_in(successor)
    assert browser.get(f"/o/ours/contacts/{contact.pk}/").status_code == 200
    assert browser.get(f"/o/ours/contacts/{contact.pk}/edit/").status_code == 404
    assert browser.post(f"/o/ours/contacts/{contact.pk}/delete/").status_code == 404
    assert signed_in(rep).get(f"/o/ours/contacts/{contact.pk}/").status_code == 404


def test_typing_finds_customers_within_reach(client, ours, rep):
    from customers.actions.customer import create_customer
    from customers.models import Customer

    with organization_context(ours):
        create_customer(Customer(name="杭州西子纺织", owner=rep), actor=rep)
        create_customer(Customer(name="西子电梯", owner=rep_of(ours, Scope.OWN)), actor=rep)
    answer = client.get(NEW, {"q": "西子"}, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="customer-choices")
    text = answer.content.decode()
    assert ("杭州西子纺织" in text, "西子电梯" in text, "<html" in text) == (True, False, False)


def test_a_page_that_does_not_listen_is_loaded_again(client, ours, customer, htmx):
    here = f"http://testserver/o/ours/customers/{customer.pk}/"
    answer = client.post(NEW, entered(customer), **htmx, HTTP_HX_CURRENT_URL=here)
    assert (answer.status_code, answer["HX-Refresh"]) == (200, "true")
    today = client.post(NEW, entered(customer), **htmx, HTTP_HX_CURRENT_URL="http://testserver/o/ours/")
    assert today.status_code == 204


def not_on_any_day(ours, customer):
    with organization_context(ours):
        UnsuitableTime.objects.create(customer=customer, starts=time(0), ends=time(23, 59), note="门店装修")


@pytest.mark.parametrize("step", [{"ahead": "week"}, {"ahead": "date", "next_on": "2199-01-01"}])
def test_a_visit_on_a_day_that_does_not_suit_is_planned_only_when_meant(client, ours, customer, step):
    not_on_any_day(ours, customer)
    data = entered(customer, kind="visit", **step)
    answer = client.post(NEW, data)
    assert (answer.status_code, stored(ours), stored(ours, Plan)) == (422, [], [])
    text = answer.content.decode()
    assert "门店装修" in text and 'name="override"' in text and "电话确认" in text
    client.post(NEW, {**data, "override": "1"})
    assert [len(stored(ours, model)) for model in (Interaction, Plan)] == [1, 1]


def test_nobody_is_warned_of_times_that_are_not_collected(client, ours, customer):
    not_on_any_day(ours, customer)
    with organization_context(ours):
        FieldPolicy.objects.create(field=UNSUITABLE_TIMES, use=FieldUse.HIDDEN)
    assert client.post(NEW, entered(customer, kind="visit", ahead="week")).status_code == 302
    plan = {
        "id": str(uuid7()),
        "customer": str(customer.pk),
        "kind": "visit",
        "due_on": "2199-01-01",
        "due_time": "12:00",
    }
    assert client.post("/o/ours/contacts/plans/new/", plan).status_code == 302
    assert len(stored(ours, Plan)) == 2
    with organization_context(ours):
        FieldPolicy.objects.update(use=FieldUse.COLLECTED)
    warned = client.post("/o/ours/contacts/plans/new/", {**plan, "id": str(uuid7())})
    assert (warned.status_code, "门店装修" in warned.content.decode()) == (422, True)


def test_a_call_or_no_next_step_asks_nothing(client, ours, customer):
    not_on_any_day(ours, customer)
    client.post(NEW, entered(customer, kind="call", ahead="week"))
    client.post(NEW, entered(customer, kind="visit", ahead=""))
    assert [len(stored(ours, model)) for model in (Interaction, Plan)] == [2, 1]


def test_the_customer_whose_page_is_open_is_meant(client, ours, theirs, customer, htmx):
    colleague, stranger = rep_of(ours, Scope.OWN), rep_of(theirs, Scope.OWN)
    with organization_context(ours):
        other = customer_of(colleague, "别人的客户")
    with organization_context(theirs):
        foreign = customer_of(stranger, "Foreign")

    def meant(page: str, query: str = ""):
        answer = client.get(NEW + query, **htmx, HTTP_HX_CURRENT_URL=f"http://testserver{page}")
        return answer.context["customer"], answer.context.get("another_url")

    here = f"/o/ours/customers/{customer.pk}/"
    assert meant(here) == meant(f"{here}timeline/?kind=call") == (customer, f"{NEW}?q=")
    assert meant(here, "?q=") == (None, None)
    for page in (
        "/o/ours/customers/",
        "/o/ours/nonsense/",
        f"/o/ours/customers/imports/{customer.pk}/",
        f"/o/theirs/customers/{foreign.pk}/",
        f"/o/ours/customers/{foreign.pk}/",
        f"/o/ours/customers/{other.pk}/",
    ):
        assert meant(page) == (None, None)
    assert meant("/o/ours/", f"?customer={customer.pk}") == (customer, "")


@pytest.mark.parametrize(("chip", "button", "days"), [("", "week", 7), ("tomorrow", None, 1)])
def test_saving_and_the_next_step_are_one_tap(client, ours, customer, chip, button, days):
    client.post(NEW, entered(customer, ahead=[chip, button] if button else chip))
    [plan] = stored(ours, Plan)
    with organization_context(ours):
        assert plan.due_on == timezone.localdate() + timedelta(days=days)


def test_the_palette_offers_to_log_with_whom_it_shows(client, ours, customer):
    with organization_context(ours):
        reader = MembershipFactory()
        grant(reader, "customers.view_customer", scope=Scope.OWN)
        known = customer_of(reader, "只能看")
    mine, theirs = client.get(PALETTE), signed_in(reader).get(PALETTE)
    assert f'href="{NEW}?customer={customer.pk}" data-open-in-dialog' in mine.content.decode()
    assert str(known.pk) not in mine.content.decode()
    assert f"/o/ours/customers/{known.pk}/" in theirs.content.decode()
    assert NEW not in theirs.content.decode()


def test_companions_of_other_departments_come_apart_without_those_chosen(client, ours, rep, customer):
    with organization_context(ours):
        near = MembershipFactory(name="同部门", department=rep.department)
        elsewhere = DepartmentFactory()
        other = MembershipFactory(name="别部门", department=elsewhere)
        chosen = MembershipFactory(name="已同行", department=elsewhere)
        contact = contact_with(customer, rep)
        update_contact(contact, companions=[chosen])
    page = client.get(f"/o/ours/contacts/{contact.pk}/edit/").content.decode()
    select = page[page.index('<select name="with_members"') :]
    select = select[: select.index("</select>")]
    assert near.name in select and f'<option value="{chosen.pk}" selected>已同行' in select
    assert other.name not in select and 'hx-trigger="load"' in select
    for url in (NEW, f"/o/ours/contacts/{contact.pk}/edit/"):
        more = client.get(f"{url}?colleagues=others&with_members={chosen.pk}&with_members=x").content.decode()
        assert other.name in more and near.name not in more and chosen.name not in more
    with organization_context(ours):
        changer = MembershipFactory(department=rep.department)
        grant(
            changer,
            "interactions.view_interaction",
            "interactions.change_interaction",
            "customers.view_customer",
        )
    others = f"/o/ours/contacts/{contact.pk}/edit/?colleagues=others"
    assert others in signed_in(changer).get(others.partition("?")[0]).content.decode()
    assert other.name in signed_in(changer).get(others).content.decode()
    assert signed_in(changer).get(f"{NEW}?colleagues=others").status_code == 403

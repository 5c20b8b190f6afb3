"""Consents: in the words of the day, only ever added to, the newest counts, on the page and in lists."""

from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings as settings_of_django
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actions.consent import NotWorded, add_wording, archive_purpose
from customers.actions.erasure import erase_customer
from customers.actions.merge import merge_customers
from customers.actions.unmerge import undo_merge
from customers.enums import ConsentState
from customers.models import Consent, ConsentPurpose, ConsentStanding, ConsentWording, TimelineEntry
from customers.queries.listing import columns_for
from customers.queries.privacy import sections_about
from customers.tests.factories import CustomerFactory, consent_of, purpose_of
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.tests.conftest import inside_ours, ours, theirs  # noqa: F401
from tenancy.tests.factories import MembershipFactory, grant
from workspace.tests.conftest import signed_in

pytestmark = pytest.mark.django_db
HISTORY, PURPOSES = 13, 12
GIVEN, WITHDRAWN = ConsentState.GIVEN, ConsentState.WITHDRAWN


@pytest.fixture
def admin(inside_ours):  # noqa: F811
    member = MembershipFactory(name="管理员", language="en")
    grant(member)
    return member


def standing(customer, purpose) -> str | None:
    row = ConsentStanding.objects.filter(customer=customer, purpose=purpose).first()
    return row and row.state


def test_the_wording_is_that_of_the_day(admin):
    purpose = purpose_of(since=date(2024, 1, 1))
    second = add_wording(ConsentWording(purpose=purpose, text_zh="新的措辞", in_force_from=date(2025, 1, 1)))
    customer = CustomerFactory()
    moment = timezone.make_aware(timezone.datetime(2024, 12, 31, 23, 59))
    old = consent_of(customer, purpose, at=moment)
    new = consent_of(customer, purpose, at=moment + timedelta(minutes=1))
    assert (old.wording.number, new.wording.number, new.wording) == (1, 2, second)
    early = timezone.make_aware(timezone.datetime(2023, 12, 31, 12, 0))
    with pytest.raises(NotWorded):
        consent_of(customer, purpose, at=early)
    assert consent_of(customer, purpose, WITHDRAWN, at=early).wording is None
    assert standing(customer, purpose) == GIVEN, "the newest counts, not what was recorded last"


def test_nothing_recorded_is_ever_changed(admin):
    consent = consent_of(CustomerFactory(), purpose_of())
    consent.state = WITHDRAWN
    with pytest.raises(TypeError):
        consent.save()
    assert Consent.objects.get().state == GIVEN


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE customers_consent SET state = 'withdrawn'",
        "UPDATE customers_consent SET at = at - interval '1 day'",
        "UPDATE customers_consent SET note = NULL",
        "UPDATE customers_consent SET note = substring(note from 1 for 20)",
        "UPDATE customers_consent SET note = set_byte(note, 20, 255 - get_byte(note, 20))",
        "UPDATE customers_consent SET customer_id = gen_random_uuid()",
        "DELETE FROM customers_consent",
        "UPDATE customers_consentwording SET text_zh = 'x'",
        "UPDATE customers_consentwording SET in_force_from = in_force_from - 1",
    ],
)
def test_the_database_refuses_whatever_changes_it(admin, statement):
    consent = consent_of(CustomerFactory(), purpose_of(), note="录音 7788")
    stored = Consent.objects.values().get(), ConsentWording.objects.values().get()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        assert cursor.fetchone()[0] == settings_of_django.DATABASES["default"]["USER"]
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert (Consent.objects.values().get(), ConsentWording.objects.values().get()) == stored
    assert Consent.objects.get().note == consent.note


def test_it_ends_with_its_customer(admin):
    gone, stays = CustomerFactory(owner=admin), CustomerFactory(owner=admin)
    for customer in (gone, stays):
        consent_of(customer, purpose_of(f"用途{customer.code}"), note="录音 7788")
    erase_customer(gone, reason="1")
    assert [consent.customer_id for consent in Consent.objects.all()] == [stays.pk]


@given(
    said=st.lists(st.tuples(st.sampled_from([GIVEN, WITHDRAWN]), st.integers(0, 5)), min_size=1, max_size=8)
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_newest_of_any_order_counts(admin, said):
    purpose, customer, now = purpose_of(), CustomerFactory(), timezone.now()
    for state, minutes in said:
        consent_of(customer, purpose, state, at=now - timedelta(minutes=minutes))
    newest = min(minutes for _state, minutes in said)
    assert standing(customer, purpose) == [state for state, minutes in said if minutes == newest][-1]


def test_a_merge_keeps_both_sides_and_counts_the_newest_of_them(admin):
    purpose, other, now = purpose_of(), purpose_of("电话回访"), timezone.now()
    one, two = CustomerFactory(owner=admin), CustomerFactory(owner=admin)
    consent_of(one, purpose, GIVEN, at=now - timedelta(days=9))
    consent_of(two, purpose, WITHDRAWN, at=now - timedelta(days=3))
    consent_of(two, other, GIVEN)
    merge = merge_customers(one, [two], actor=admin)
    assert (standing(one, purpose), standing(one, other)) == (WITHDRAWN, GIVEN)
    assert sorted(Consent.objects.values_list("customer", flat=True)) == sorted([one.pk, two.pk, two.pk])
    page = signed_in(admin).get(f"/o/ours/customers/{one.pk}/consents/").content.decode()
    assert page.count("before the merge") == 2
    undo_merge(merge, actor=admin)
    assert (standing(one, purpose), standing(one, other)) == (GIVEN, None)
    assert standing(two, purpose) == WITHDRAWN


def test_recorded_in_the_browser_and_withdrawn(admin):
    purpose, customer = purpose_of(), CustomerFactory(owner=admin)
    browser, url = signed_in(admin), f"/o/ours/customers/{customer.pk}/consents/new/"
    page = f"/o/ours/customers/{customer.pk}/"
    assert "Not asked yet" in browser.get(page).content.decode()
    assert "checked" in browser.get(f"{url}?purpose={purpose.pk}&state=given").content.decode()
    data = {
        "purpose": purpose.pk,
        "state": "given",
        "channel": "paper",
        "at": "2025-03-01T10:00",
        "note": "合同第3页",
    }
    assert browser.post(url, data).url == page
    row = Consent.objects.get()
    assert (row.note, row.recorded_by, row.wording.number) == ("合同第3页", admin, 1)
    assert "tag-green" in browser.get(page).content.decode()
    browser.post(url, {**data, "state": "withdrawn", "at": "2025-04-01T10:00"})
    assert standing(customer, purpose) == WITHDRAWN
    [newest, oldest] = TimelineEntry.objects.filter(customer=customer, kind="customer.consent").order_by(
        "-at"
    )
    assert (newest.params["state"], oldest.params["state"], newest.text) == ("withdrawn", "given", "")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"purpose": "x"}, "purpose"), ({"state": "maybe"}, "state"), ({"channel": ""}, "channel"),
        ({"at": "2025-02-30T10:00"}, "at"), ({"at": "1889-01-01T10:00"}, "at"), ({"at": "2999-01-01T10:00"}, "at"),
        ({"at": "2019-01-01T10:00"}, "at"), ({"note": "字" * 1001}, "note"), ({"note": "a\x00b"}, "note"),
    ],
)  # fmt: skip
def test_bad_input_is_told_beside_the_field(admin, wrong, field):
    customer = CustomerFactory(owner=admin)
    data = {
        "purpose": purpose_of().pk,
        "state": "given",
        "channel": "paper",
        "at": "2025-03-01T10:00",
        "note": "",
    }
    response = signed_in(admin).post(f"/o/ours/customers/{customer.pk}/consents/new/", {**data, **wrong})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert Consent.objects.count() == 0


def test_a_double_submit_makes_one(admin):
    customer, purpose = CustomerFactory(owner=admin), purpose_of()
    browser, url = signed_in(admin), f"/o/ours/customers/{customer.pk}/consents/new/"
    data = {
        "id": "01900000-0000-7000-8000-000000000001", "purpose": purpose.pk, "state": "given", "channel": "paper",
        "at": "2025-03-01T10:00",
    }  # fmt: skip
    assert [browser.post(url, data).status_code for _time in range(2)] == [302, 302]
    assert Consent.objects.count() == 1


def test_lists_filter_and_show_it(admin):
    purpose = purpose_of()
    agreed, withdrew, silent = (CustomerFactory(owner=admin, name=name) for name in ("甲方", "乙方", "丙方"))
    consent_of(agreed, purpose)
    consent_of(withdrew, purpose, WITHDRAWN)
    key, browser = f"consent_{purpose.pk.hex}", signed_in(admin)

    def found(*states):
        page = browser.get(f"/o/ours/customers/?{urlencode([(key, state) for state in states])}")
        return sorted(row.name for row in (agreed, withdrew, silent) if row.name in page.content.decode())

    assert (found("given"), found("withdrawn"), found("never")) == (["甲方"], ["乙方"], ["丙方"])
    assert found("given", "never") == ["丙方", "甲方"]
    viewer = viewer_for(admin)
    assert [fact.key for fact in columns_for(viewer, [key])] == [key]
    archive_purpose(purpose)
    assert [fact.key for fact in columns_for(viewer_for(admin), [key])] == []


def test_it_leaves_with_the_person(admin):
    customer, purpose = CustomerFactory(owner=admin), purpose_of()
    consent_of(customer, purpose, note="录音 7788", actor=admin)
    [section] = [one for one in sections_about([customer.pk]) if one.key == "customers.consent"]
    assert "录音 7788" in section.rows[0] and "邮件资讯" in section.rows[0]


def test_purposes_and_wordings_in_the_browser(admin):
    browser, base = signed_in(admin), "/o/ours/customers/consents/"
    assert "No purposes yet" in browser.get(base).content.decode()
    data = {"label_zh": "案例引用", "text_zh": "同意", "in_force_from": "2025-01-01"}
    assert browser.post(f"{base}new/", {**data, "text_zh": " "}).status_code == 422
    assert browser.post(f"{base}new/", data).url == base
    purpose = ConsentPurpose.objects.get()
    wording = f"{base}{purpose.pk}/wording/"
    same_day = browser.post(wording, {"text_zh": "同意二", "in_force_from": "2025-01-01"})
    assert same_day.status_code == 422 and "already a wording" in same_day.content.decode()
    assert browser.post(wording, {"text_en": "I agree", "in_force_from": "2025-02-01"}).status_code == 302
    assert list(ConsentWording.objects.order_by("number").values_list("number", "text_zh")) == [
        (1, "同意"),
        (2, ""),
    ]
    stale = {"label_zh": "改名", "version": "1"}
    assert browser.post(f"{base}{purpose.pk}/", stale).status_code == 302
    assert browser.post(f"{base}{purpose.pk}/", {**stale, "label_zh": "再改"}).status_code == 409


def test_owner_colleague_and_another_organisation(admin, theirs):  # noqa: F811
    customer, purpose = CustomerFactory(owner=admin), purpose_of()
    with organization_context(theirs):
        stranger = MembershipFactory(name="Stranger")
        grant(stranger)
        foreign = purpose_of("Foreign")
    url = f"/o/theirs/customers/{customer.pk}/consents/"
    assert signed_in(stranger).get(url).status_code == 404
    data = {"purpose": foreign.pk, "state": "given", "channel": "paper", "at": "2025-03-01T10:00"}
    response = signed_in(admin).post(f"/o/ours/customers/{customer.pk}/consents/new/", data)
    assert response.status_code == 422 and list(response.context["form"].errors) == ["purpose"]
    with organization_context(theirs):
        assert list(ConsentPurpose.objects.all()) == [foreign] != [purpose]


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_pages(admin, rows, django_assert_num_queries):
    customer = CustomerFactory(owner=admin)
    for number in range(rows):
        consent_of(customer, purpose_of(f"用途{number}"), actor=admin)
    browser = signed_in(admin)
    browser.get(f"/o/ours/customers/{customer.pk}/consents/")
    with django_assert_num_queries(HISTORY):
        browser.get(f"/o/ours/customers/{customer.pk}/consents/")
    with django_assert_num_queries(PURPOSES):
        browser.get("/o/ours/customers/consents/")

"""Consents in a file: added, never changed; a revert withdraws what it gave."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from customers.actions.consent import archive_purpose, create_purpose, record_consent
from customers.actions.merge import merge_customers
from customers.models import Consent, ConsentPurpose, ConsentStanding, ConsentWording, Customer, TimelineEntry
from customers.queries.imports import lines
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.import_files import Walk, csv_bytes
from customers.tests.test_import_pipeline import IMPORTER, importer, walk  # noqa: F401
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.tests.pages import browser

NUMBERS = (("老", "13600136000"), ("新", "13500135000"))
HEAD = "姓名,手机,同意事项,是否同意,同意方式,同意日期"


def ask(zh: str, en: str, since: date = date(2020, 1, 1)) -> ConsentPurpose:
    return create_purpose(
        ConsentPurpose(label_zh=zh, label_en=en), ConsentWording(text_zh=f"我同意{zh}", in_force_from=since)
    )


@pytest.fixture
def news(inside_ours) -> ConsentPurpose:
    return ask("电子报", "Newsletter")


def codes(walk):  # noqa: F811
    return [row.problems and row.problems[0][0] for row in walk.batch.staged.order_by("number")]


def said() -> list[tuple]:
    rows = Consent.objects.order_by("customer__name", "at", "recorded_at")
    return list(rows.values_list("customer__name", "state", "channel"))


def test_new_customers_bring_theirs_in_either_language(walk, news, importer, english):  # noqa: F811
    rows = (
        "甲,13800138000,电子报,同意,纸质,2024-05-01",
        "乙,13900139000,ＮＥＷＳＬＥＴＴＥＲ,withdrawn,Email,2024/5/2",
        "丙,13700137000,,,,",
    )
    walk.upload(csv_bytes(HEAD, *rows)).check()
    assert walk.batch.mapping[2:] == ["consent_purpose", "consent_state", "consent_channel", "consent_date"]
    details = [line.details for line in lines(walk.batch, "", 0, viewer_for(importer))[0]]
    assert [one.partition(" · ")[2] for one in details] == [
        "Newsletter · Agreed · 1 May 2024", "Newsletter · Withdrawn · 2 May 2024", "",
    ]  # fmt: skip
    walk.apply()
    assert said() == [("乙", "withdrawn", "email"), ("甲", "given", "paper")]
    given = Consent.objects.get(state="given")
    assert (timezone.localdate(given.at), given.wording, given.recorded_by, given.purpose) == (
        date(2024, 5, 1), news.wordings.get(), importer, news,
    )  # fmt: skip
    assert set(ConsentStanding.objects.values_list("customer__name", "state")) == {
        ("甲", "given"), ("乙", "withdrawn"),
    }  # fmt: skip
    line = TimelineEntry.objects.get(customer__name="甲", kind="customer.consent")
    assert (line.params["purpose"], line.at) == (["电子报", "Newsletter"], given.at)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ("别的,同意,纸质,2024-05-01", "unknown_purpose"),
        ("旧的,同意,纸质,2024-05-01", "unknown_purpose"),
        ("\u202e,同意,纸质,2024-05-01", "unknown_purpose"),
        ("😀,同意,纸质,2024-05-01", "unknown_purpose"),
        ("=1+1,同意,纸质,2024-05-01", "unknown_purpose"),
        ("电子报,也许,纸质,2024-05-01", "bad_choice"),
        ("电子报,同意,鸽子,2024-05-01", "bad_choice"),
        ("电子报,同意,纸质,2024-02-30", "bad_date"),
        ("电子报,同意,纸质,2999-01-01", "date_future"),
        ("电子报,同意,纸质,1989-12-31", "date_past"),
        ("电子报,同意,纸质,2019-12-31", "not_worded"),
        ("电子报,,纸质,2024-05-01", "consent_incomplete"),
        (",同意,,", "consent_incomplete"),
        ("电子报,同意,\x00,2024-05-01", "control"),
        ("#REF!,同意,纸质,2024-05-01", "formula_error"),
        ("电子报,撤回,纸质,2019-12-31", None),
        ("电子报,同意,纸质,２０２４-０５-０１", None),
    ],
)
def test_what_cannot_be_read_is_told_row_by_row(walk, news, cells, code):  # noqa: F811
    archive_purpose(ask("旧的", "Old"))
    walk.upload(
        csv_bytes(HEAD, f"甲,13800138000,{cells}", "乙,13900139000,电子报,同意,纸质,2024-05-01")
    ).check()
    assert codes(walk) == [code, None]
    page = browser(walk.member).get(f"/o/ours/customers/imports/{walk.batch.pk}/", follow=True)
    assert page.status_code == 200
    walk.apply()
    assert Consent.objects.count() == (1 if code else 2)


def test_an_update_adds_to_what_was_said_once(walk, news, importer):  # noqa: F811
    customer = CustomerFactory(name="甲", owner=importer, phones=["13800138000"])
    version = Customer.objects.get().version
    for number in range(2):
        data = csv_bytes(HEAD, "甲,13800138000,电子报,同意,纸质,2024-05-01")
        walk.upload(data).check(policy="update").apply()
        assert said() == [("甲", "given", "paper")], number
    assert Customer.objects.get(pk=customer.pk).version == version
    assert not TimelineEntry.objects.filter(kind="customer.edited").exists()
    walk.revert()
    assert len(said()) == 1, "the second file gave nothing"


def test_a_revert_withdraws_what_it_gave_and_keeps_who_said_it(walk, news, importer):  # noqa: F811
    CustomerFactory(name="老", owner=importer, phones=["13600136000"])
    rows = (
        "甲,13800138000,电子报,同意,纸质,2024-05-01",
        "乙,13900139000,电子报,撤回,纸质,2024-05-01",
        "丙,13700137000,,,,",
        "老,13600136000,电子报,同意,邮件,2024-05-01",
    )
    walk.upload(csv_bytes(HEAD, *rows)).check(policy="update").apply()
    walk.revert()
    assert said() == [
        ("乙", "withdrawn", "paper"), ("甲", "given", "paper"), ("甲", "withdrawn", "paper"),
        ("老", "given", "email"), ("老", "withdrawn", "email"),
    ]  # fmt: skip
    assert set(ConsentStanding.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert set(Customer.objects.values_list("name", flat=True)) == {"甲", "乙", "老"}
    problems = {row.number: [one[0] for one in row.problems or ()] for row in walk.batch.staged.all()}
    assert sorted(problems.values()) == [[], [], ["activity_since"], ["consent_stays", "activity_since"]]
    assert [bool(one.note) for one in Consent.objects.order_by("recorded_at")][-2:] == [True, True]


def test_what_was_said_since_stands(walk, news, importer):  # noqa: F811
    customer = CustomerFactory(name="老", owner=importer, phones=["13600136000"])
    data = csv_bytes(HEAD, "老,13600136000,电子报,同意,邮件,2024-05-01")
    walk.upload(data).check(policy="update").apply()
    later = timezone.now() - timedelta(days=1)
    record_consent(
        Consent(customer=customer, purpose=news, state="given", channel="paper", at=later), actor=importer
    )
    walk.revert()
    assert [state for _name, state, _channel in said()] == ["given", "given"]
    assert codes(walk) == ["consent_stays"]


@pytest.mark.parametrize(
    ("since", "states", "told"),
    [(False, ["given", "withdrawn"], None), (True, ["given", "given"], "consent_stays")],
)
def test_a_merge_since_hides_nothing(walk, news, importer, since, states, told):  # noqa: F811
    gone, kept = (CustomerFactory(name=name, owner=importer, phones=[phone]) for name, phone in NUMBERS)
    data = csv_bytes(HEAD, "老,13600136000,电子报,同意,邮件,2024-05-01")
    walk.upload(data).check(policy="update").apply()
    merge_customers(kept, [gone], actor=importer)
    if since:
        later = timezone.now() - timedelta(days=1)
        record_consent(
            Consent(customer=kept, purpose=news, state="given", channel="paper", at=later), actor=importer
        )
    walk.revert()
    assert sorted(state for _name, state, _channel in said()) == states
    assert ConsentStanding.objects.get(customer=kept).state == states[-1]
    assert codes(walk) == [told]


def test_only_of_customers_within_reach_and_of_ones_own_purposes(ours, theirs, news, inside_ours):
    other = member_with(*IMPORTER, scope=Scope.OWN, name="别人")
    CustomerFactory(name="甲", owner=other, phones=["13800138000"])
    me = Walk(ours, member_with(*IMPORTER, scope=Scope.OWN, name="我"))
    with organization_context(theirs):
        ask("他们的", "Theirs")
    rows = ("甲,13800138000,电子报,同意,纸质,2024-05-01", "乙,13900139000,他们的,同意,纸质,2024-05-01")
    me.upload(csv_bytes(HEAD, *rows)).check(policy="update")
    assert codes(me) == ["exists_other", "unknown_purpose"]
    assert said() == []

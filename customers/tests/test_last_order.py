"""The day of a customer's last order: typed, brought by a file, listed, exported, merged; nowhere where it is not collected."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from customers.actions.field_policy import Decision, decide_fields
from customers.actions.merge import merge_customers
from customers.actions.unmerge import undo_merge
from customers.importing.headings import plain
from customers.importing.mapping import propose_day_first
from customers.importing.proposing import automatic
from customers.mergeable import CHOICES, default_of, sides_of
from customers.models import BulkRun, ColumnChoice, Customer, FieldPolicy, Pool, PoolRule, TimelineEntry
from customers.models.customer import FIRST_ORDER
from customers.queries.collection import collection_sections
from customers.registry import timeline_kinds
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory, PoolFactory
from customers.tests.import_files import csv_bytes
from customers.tests.test_cells import posted, shown, url
from customers.tests.test_customer_edit import BASE, form_of, points
from customers.tests.test_customer_list import CONTEXT, URL, browser, listed
from customers.tests.test_export import ALL, EXPORT, read_csv
from customers.tests.test_import_pipeline import importer, walk  # noqa: F401
from customers.views import list_parts
from tenancy.context import organization_context

pytestmark = pytest.mark.django_db
DAY = date(2024, 2, 29)


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


def last_order() -> date | None:
    return Customer.objects.get().last_order_on


def test_it_is_typed_changed_and_emptied(rep):
    client = browser(rep)
    client.post(f"{URL}new/", {**BASE, **points(), "owner": str(rep.pk), "last_order_on": "2024-02-29"})
    customer = Customer.objects.get()
    assert customer.last_order_on == DAY
    with override("en"):
        assert date_format(DAY, "SHORT_DATE_FORMAT") in client.get(f"{URL}{customer.pk}/").content.decode()
    form = form_of(client, customer)
    assert str(form["last_order_on"]) == "2024-02-29"
    client.post(f"{URL}{customer.pk}/edit/", {**form, "last_order_on": "2024-03-01"})
    assert last_order() == date(2024, 3, 1)
    client.post(f"{URL}{customer.pk}/edit/", {**form_of(client, customer), "last_order_on": ""})
    assert last_order() is None
    line = TimelineEntry.objects.filter(kind="customer.edited").last()
    assert line.params == {"fields": ["last_order_on"]}
    for language, words in (("en", "Changed: Last order on"), ("zh-hans", "修改：最近下单日期")):
        with override(language):
            assert timeline_kinds["customer.edited"].sentence(line.params) == words


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (None, "This day lies in the future."),
        (FIRST_ORDER - timedelta(days=1), "This day lies too far back."),
        ("2023-02-29", "Enter a valid date."),
    ],
)
def test_a_day_on_which_nobody_can_have_ordered_is_refused_on_page_and_in_cell(rep, day, reason):
    typed, client = str(day or tomorrow()), browser(rep)
    customer = CustomerFactory(owner=rep, name="甲", last_order_on=DAY)
    answer = client.post(f"{URL}{customer.pk}/edit/", {**form_of(client, customer), "last_order_on": typed})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["last_order_on"])
    assert reason in answer.content.decode()
    answer = posted(client, customer, "last_order_on", typed)
    assert (answer.status_code, reason in answer.content.decode()) == (422, True)
    assert last_order() == DAY


def test_today_is_a_day_on_which_somebody_ordered(rep):
    customer = CustomerFactory(owner=rep, name="甲")
    assert posted(browser(rep), customer, "last_order_on", str(timezone.localdate())).status_code == 200
    assert last_order() == timezone.localdate()


def test_a_cell_is_edited_emptied_and_undone(rep):
    customer, client = CustomerFactory(owner=rep, name="甲", last_order_on=DAY), browser(rep)
    assert 'type="date"' in client.get(url(customer, "last_order_on")).content.decode()
    answer = posted(client, customer, "last_order_on", "2023-05-06")
    with override("en"):
        assert shown(answer) == date_format(date(2023, 5, 6), "SHORT_DATE_FORMAT")
    assert last_order() == date(2023, 5, 6)
    client.post(f"{URL}undo/{BulkRun.objects.get().pk}/")
    assert last_order() == DAY
    posted(client, customer, "last_order_on", "")
    assert last_order() is None
    client.post(f"{URL}undo/{BulkRun.objects.latest('pk').pk}/")
    assert last_order() == DAY
    answer = posted(client, customer, "last_order_on", "2024-02-29")
    assert (answer.status_code, "HX-Trigger" in answer.headers) == (200, False)


def ordering(rep):
    """Four customers, two of whom are known to have ordered."""
    for name, day in (("甲", None), ("乙", DAY), ("丙", None), ("丁", date(2025, 1, 1))):
        CustomerFactory(owner=rep, name=name, last_order_on=day)


@pytest.mark.parametrize("reach", ["rep", "admin"])
def test_the_list_is_sorted_and_filtered_by_it_page_by_page(request, rep, reach, monkeypatch):
    ordering(rep)
    client = browser(request.getfixturevalue(reach))
    assert listed(client.get(URL, {"sort": "-last_order_on"})) == ["丁", "乙", "丙", "甲"]
    assert listed(client.get(URL, {"sort": "last_order_on"})) == ["乙", "丁", "甲", "丙"]
    bounds = {"last_order_on_after": "2024-02-29", "last_order_on_before": "2024-12-31"}
    assert listed(client.get(URL, bounds)) == ["乙"]
    assert listed(client.get(URL, {**bounds, "sort": "last_order_on"})) == ["乙"]
    assert listed(client.get(URL, {"last_order_on_before": "2024-02-28"})) == []
    monkeypatch.setattr(list_parts, "SIZE", 1)
    monkeypatch.setattr("customers.views.listing.SIZE", 1)
    address, found = f"{URL}?sort=-last_order_on", []
    while address:
        page = client.get(address)
        found += listed(page)
        address = page.context["next_url"] and f"{URL}{page.context['next_url']}"
    assert found == ["丁", "乙", "丙", "甲"]


def test_colleague_and_stranger_see_none_of_it(rep, colleague, theirs):
    ordering(rep)
    with organization_context(theirs):
        CustomerFactory(name="外", last_order_on=DAY)
    CustomerFactory(owner=colleague, name="同事的", last_order_on=DAY)
    for query in ({"sort": "last_order_on"}, {"last_order_on_after": "1990-01-01"}):
        assert listed(browser(colleague).get(URL, query)) == ["同事的"]
        assert "外" not in listed(browser(rep).get(URL, query))
    customer = Customer.objects.get(name="乙")
    assert browser(colleague).get(url(customer, "last_order_on")).status_code == 404


# session, user, organisation, membership with rights, unread notes, the list's settings, two parts of the list, the number;
# five for the transaction and its settings
@pytest.mark.parametrize("customers", [1, 3])
def test_the_sorted_column_costs_the_same_for_one_and_for_three(admin, customers, django_assert_num_queries):
    for number in range(customers):
        CustomerFactory(owner=admin, name=f"甲{number}", last_order_on=DAY)
    ColumnChoice.objects.create(member=admin, columns=["last_order_on"])
    client = browser(admin)
    client.get(URL)
    with django_assert_num_queries(10 + CONTEXT):
        page = client.get(URL, {"sort": "-last_order_on"})
    with override("en"):
        assert page.content.decode().count(date_format(DAY, "SHORT_DATE_FORMAT")) == customers


def test_it_is_in_files_and_on_paper(inside_ours):
    exporter = member_with(*RIGHTS, EXPORT)
    ColumnChoice.objects.create(member=exporter, columns=["name", "last_order_on"])
    customer = CustomerFactory(owner=exporter, name="乙", last_order_on=DAY)
    CustomerFactory(owner=exporter, name="甲")
    client = browser(exporter)
    table = read_csv(client.post(f"{URL}export/", {**ALL, "query": "sort=-last_order_on"}))
    assert table == [["Customer", "Last order on"], ["乙", "2024-02-29"], ["甲", ""]]
    with override("en"):
        assert (
            date_format(DAY, "SHORT_DATE_FORMAT")
            in client.get(f"{URL}{customer.pk}/collection/").content.decode()
        )


def test_where_it_is_not_collected_it_is_nowhere(admin):
    customer = CustomerFactory(owner=admin, name="甲", last_order_on=DAY)
    decide_fields([Decision("last_order_on", "hidden")], actor=admin)
    client = browser(admin)
    assert "last_order_on" not in client.get(f"{URL}{customer.pk}/edit/").context["form"].fields
    assert "Last order on" not in client.get(f"{URL}{customer.pk}/").content.decode()
    assert "last_order_on" not in client.get(f"{URL}filters/").content.decode()
    assert client.get(URL, {"sort": "last_order_on"}).context["sorting"] == "-updated"
    assert listed(client.get(URL, {"last_order_on_after": str(tomorrow())})) == ["甲"]
    assert client.get(url(customer, "last_order_on")).status_code == 404
    labels = [row["label"] for part in collection_sections("company") for row in part["rows"]]
    assert "Last order on" not in map(str, labels)
    assert (
        client.post(f"{URL}{customer.pk}/edit/", {**form_of(client, customer), "tier": "key"}).status_code
        == 302
    )
    assert last_order() == DAY


@pytest.mark.usefixtures("english")
def test_what_a_pool_counts_from_is_collected(inside_ours):
    """Customers must not return by days that nobody may enter any more."""
    client = browser(
        member_with("customers.manage_pools", "customers.view_customer", "customers.change_fieldpolicy")
    )
    pool = PoolFactory(rules={"order": 90})
    page = client.get(f"{URL}fields/")
    hide = {field.html_name: field.value() for field in page.context["form"]} | {
        "use-last_order_on": "hidden"
    }
    answer = client.post(f"{URL}fields/", hide)
    assert "Take “Days without an order” out of the pool first." in answer.content.decode()
    assert not FieldPolicy.objects.filter(use="hidden").exists()
    Pool.objects.update(archived_at=timezone.now())
    assert client.post(f"{URL}fields/", hide).status_code == 302
    Pool.objects.update(archived_at=None)
    PoolRule.objects.all().delete()
    asked = {
        "label_zh": "公海",
        "cool_off_days": "30",
        "keep_days": "90",
        "keep_most": "5",
        "rule_order": "90",
    }
    answer = client.post(f"{URL}pools/settings/{pool.pk}/", {**asked, "version": pool.version})
    assert "does not collect “Last order on”" in answer.content.decode()
    assert not PoolRule.objects.exists()


def test_of_two_days_the_later_is_proposed_by_a_merge_and_undone_with_it(admin):
    early = CustomerFactory(owner=admin, name="云帆", last_order_on=DAY)
    late = CustomerFactory(owner=admin, name="云帆", last_order_on=DAY + timedelta(days=1))
    never = CustomerFactory(owner=admin, name="云帆")
    choice = next(one for one in CHOICES if one.key == "last_order_on")
    for order in ((early, late, never), (never, late, early), (late, early, never)):
        assert default_of(choice, sides_of(order)) == str(late.pk)
    assert default_of(choice, sides_of([never, early])) == str(early.pk)
    Customer.objects.filter(pk=early.pk).update(updated_at=timezone.now())
    merge = merge_customers(early, [late, never], actor=admin)
    assert Customer.objects.get(pk=early.pk).last_order_on == late.last_order_on
    undo_merge(merge, actor=admin)
    assert Customer.objects.get(pk=early.pk).last_order_on == DAY


HEADINGS = (
    "最近下单日期", "最后下单时间", "最近成交日期", "最近订单日期", "最后购买时间", "Last order date", "last_order_on",
    "Last Purchase Date", "LAST ORDERED", "Date of last order",
)  # fmt: skip


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_column_is_recognised_by_what_other_programs_call_it(heading):
    assert automatic(["名称", heading], [["甲", "2024-01-31"]]) == ["name", "last_order_on"], plain(heading)


@pytest.mark.parametrize("heading", ["下单次数", "订单金额", "首次下单日期", "Orders", "First order date"])
def test_what_is_something_else_is_not_taken_for_it(heading):
    assert "last_order_on" not in automatic(["名称", heading], [["甲", "2024-01-31"]])


def test_a_file_brings_it_updates_it_and_takes_it_back(walk, importer):  # noqa: F811
    there = CustomerFactory(name="老", phones=["13800138000"], owner=importer, last_order_on=DAY)
    kept = CustomerFactory(name="旧", phones=["13900139000"], owner=importer, last_order_on=DAY)
    rows = [
        "13800138000,老,2025-03-01 10:20:30", "13900139000,旧,", "13700137000,新,2024/2/29", "13600136000,无,-",
    ]  # fmt: skip
    walk.upload(csv_bytes("手机,姓名,最近下单日期", *rows)).check(policy="update").apply()
    assert walk.counts() == (2, 2, 0, 0)
    held = dict(Customer.objects.values_list("name", "last_order_on"))
    assert held == {"老": date(2025, 3, 1), "旧": DAY, "新": DAY, "无": None}
    line = TimelineEntry.objects.get(customer=there, kind="customer.edited")
    assert line.params["fields"] == ["last_order_on"]
    walk.revert()
    assert dict(Customer.objects.values_list("name", "last_order_on")) == {"老": DAY, "旧": DAY}
    assert Customer.objects.get(pk=kept.pk).version == 1


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "date_future"), ("1900-01-01", "date_past"), ("1949-12-31", "date_past"), ("0000-00-00", "bad_date"),
        ("上周", "bad_date"),
    ],
)  # fmt: skip
def test_a_row_with_a_day_that_cannot_be_says_so(walk, cell, code):  # noqa: F811
    walk.upload(csv_bytes("姓名,最近下单日期", "甲,2024-02-29", f"乙,{cell or tomorrow()}")).check()
    assert (walk.counts(), walk.problems()) == ((1, 0, 0, 1), {3: [code]})


def test_the_days_of_a_file_tell_whether_the_day_stands_in_front():
    sample = [["甲", "03/04/2024"], ["乙", "31/10/2024"]]
    assert propose_day_first(sample, ["name", "last_order_on"])
    assert not propose_day_first(sample, ["name", ""])

"""Lists as files: the same rows in the same order, nothing that runs, nothing that the person may not see, all recorded."""

import csv
import io
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from customers.actions import export as actions
from customers.actions.export import purge_exports, run_export
from customers.actions.tags import link_tags
from customers.exporting.cells import as_text, escaped
from customers.exporting.writers import XlsxFile, csv_pieces
from customers.models import ColumnChoice, Customer, CustomerExport, DisclosedCustomer, Disclosure
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory, TagFactory
from customers.tests.test_customer_list import CONTEXT, URL, browser, listed
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.models import AuditEntry
from workspace.models import Job, StoredFile
from workspace.progress import Progress

pytestmark = pytest.mark.django_db
EXPORT = "customers.export_customer"
ALL = {"answered": "1", "all": "1", "format": "csv", "columns": "shown"}


@pytest.fixture
def exporter(inside_ours):
    return member_with(*RIGHTS, EXPORT, name="导出员")


def content(response) -> bytes:
    return b"".join(response.streaming_content)


def read_csv(response, encoding="utf-8-sig") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(response).decode(encoding), newline="")))


def read_xlsx(data: bytes) -> list[list]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def test_the_file_has_the_rows_order_and_columns_of_the_list(exporter):
    ColumnChoice.objects.create(member=exporter, columns=["name", "city", "tier"])
    for name, city in (("丙", "杭州"), ("甲", "北京"), ("乙", "杭州")):
        CustomerFactory(name=name, city=city, owner=exporter)
    client = browser(exporter)
    for query in ("city=杭州&sort=name", "sort=-name", "q=甲", ""):
        page = client.get(f"{URL}?{query}")
        table = read_csv(client.post(f"{URL}export/", {**ALL, "query": query}))
        assert [row[0] for row in table[1:]] == listed(page)
        with override("en"):
            assert table[0] == [str(heading["label"]) for heading in page.context["headings"]]


def test_ticked_customers_alone_and_all_columns(exporter):
    one, _two = (
        CustomerFactory(name="甲", owner=exporter, city="杭州"),
        CustomerFactory(name="乙", owner=exporter),
    )
    table = read_csv(browser(exporter).post(f"{URL}export/", {
        "ids": [str(one.pk)], "answered": "1", "format": "csv", "columns": "all"}))  # fmt: skip
    assert [row[0] for row in table] == ["Customer", "甲"]
    assert {"City", "Province", "Tags"} <= set(table[0])


def test_owner_colleague_and_stranger(exporter, rep, colleague, theirs):
    CustomerFactory(name="甲", owner=rep)
    CustomerFactory(name="乙", owner=colleague)
    with organization_context(theirs):
        CustomerFactory(name="丙")
    own = member_with("customers.view_customer", EXPORT, scope=Scope.DEPARTMENT, department=rep.department)
    names = [row[0] for row in read_csv(browser(own).post(f"{URL}export/", ALL))[1:]]
    assert names == ["甲"]
    assert browser(rep).post(f"{URL}export/", ALL).status_code == 403
    assert sorted(row[0] for row in read_csv(browser(exporter).post(f"{URL}export/", ALL))[1:]) == [
        "乙",
        "甲",
    ]


def test_a_narrower_right_to_export_than_to_view_narrows_the_file(rep, colleague):
    from tenancy.tests.factories import grant

    CustomerFactory(name="甲", owner=rep)
    CustomerFactory(name="乙", owner=colleague)
    looker = member_with("customers.view_customer", department=rep.department)
    grant(looker, EXPORT, scope=Scope.DEPARTMENT)
    assert [row[0] for row in read_csv(browser(looker).post(f"{URL}export/", ALL))[1:]] == ["甲"]


def test_phones_are_masked_unless_the_role_reveals_and_the_audit_knows(exporter, rep):
    CustomerFactory(name="甲", owner=rep, phones=["13812345678"])
    masked = member_with("customers.view_customer", EXPORT)
    seen = content(browser(masked).post(f"{URL}export/", ALL)).decode()
    assert "138****5678" in seen and "13812345678" not in seen
    assert "13812345678" in content(browser(exporter).post(f"{URL}export/", ALL)).decode()
    entries = AuditEntry.objects.filter(operation="access").order_by("id")
    assert [(one.after["action"], one.after["rows"], one.after["reveals"]) for one in entries] == [
        ("export", 1, False), ("export", 1, True),
    ]  # fmt: skip


@pytest.mark.parametrize("customers", [1, 3])
def test_statements_do_not_grow_with_the_rows(exporter, customers, django_assert_num_queries):
    tag = TagFactory()
    made = [
        CustomerFactory(name=f"客户{n}", owner=exporter, phones=[f"1381234000{n}"]) for n in range(customers)
    ]
    link_tags([one.pk for one in made], [tag.pk], actor=None)
    client = browser(exporter)
    read_csv(client.post(f"{URL}export/", ALL))
    with django_assert_num_queries(PRICE):
        assert len(read_csv(client.post(f"{URL}export/", ALL))) == customers + 1


# session, user, organisation, membership with rights, settings, count, export; what was disclosed; rows, phones, who is
# in them; two contexts
PRICE = 15 + 2 * CONTEXT


def run_here(job: Job) -> dict:
    Job.objects.filter(pk=job.pk).update(status="running", heartbeat_at=timezone.now())
    job.refresh_from_db()
    with override(job.requested_by.language):  # as the runner does
        return run_export(job, Progress(job, job.organization, job.requested_by))


@pytest.mark.parametrize("format", ["csv", "xlsx", "gb18030"])
def test_a_large_one_is_a_job_with_a_file_that_expires(exporter, rep, monkeypatch, format):
    monkeypatch.setattr(actions, "DIRECT", 2)
    monkeypatch.setattr("customers.exporting.rows.BATCH", 2)
    for number in range(5):
        CustomerFactory(name=f"客户{number}", owner=exporter, city="北京")
    client = browser(exporter)
    answer = client.post(f"{URL}export/", {**ALL, "format": format, "query": "sort=name"})
    assert answer["Location"] == f"{URL}exports/"
    row = CustomerExport.objects.select_related("job").get()
    assert (row.file, run_here(row.job)) == (None, {"rows": 5})
    data = content(client.get(f"{URL}exports/{row.pk}/"))
    encoding = "gb18030" if format == "gb18030" else "utf-8-sig"
    table = (
        read_xlsx(data)
        if format == "xlsx"
        else list(csv.reader(io.StringIO(data.decode(encoding), newline="")))
    )
    assert [line[0] for line in table] == ["Customer", *(f"客户{n}" for n in range(5))]
    assert browser(rep).get(f"{URL}exports/{row.pk}/").status_code == 403
    other = member_with("customers.view_customer", EXPORT)
    assert browser(other).get(f"{URL}exports/{row.pk}/").status_code == 404
    CustomerExport.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(f"{URL}exports/{row.pk}/").status_code == 404
    purge_exports(row.organization_id)
    assert (StoredFile.objects.count(), CustomerExport.objects.get().file) == (0, None)


def test_a_right_lost_meanwhile_ends_the_job(exporter, monkeypatch):
    from tenancy.models import MembershipRole
    from workspace.progress import JobFailed

    monkeypatch.setattr(actions, "DIRECT", 0)
    CustomerFactory(owner=exporter)
    browser(exporter).post(f"{URL}export/", ALL)
    MembershipRole.objects.get(membership=exporter).role.grants.filter(
        permission__codename="export_customer"
    ).delete()
    with pytest.raises(JobFailed):
        run_here(Job.objects.get())
    assert StoredFile.objects.count() == 0


def test_a_filter_that_is_gone_meanwhile_ends_the_job(exporter, monkeypatch):
    from workspace.progress import JobFailed

    monkeypatch.setattr(actions, "DIRECT", 0)
    CustomerFactory(owner=exporter, city="杭州")
    browser(exporter).post(f"{URL}export/", {**ALL, "query": "city=杭州"})
    row = CustomerExport.objects.get()
    row.query += "&own_gone=1"
    row.save()
    with pytest.raises(JobFailed, match="filter_gone"):
        run_here(Job.objects.get())
    assert StoredFile.objects.count() == 0


@pytest.mark.parametrize("data", [{"format": "pdf"}, {"format": "print"}, {"columns": "x"}, {"format": ""}])
def test_what_is_no_format_is_refused(exporter, data):
    assert browser(exporter).post(f"{URL}export/", {**ALL, **data}).status_code == 422
    assert CustomerExport.objects.count() == 0


def test_paper_shows_the_same_rows_and_is_recorded(exporter):
    customer = CustomerFactory(name="<b>甲</b>", owner=exporter)
    page = browser(exporter).get(f"{URL}print/", {"sort": "name"})
    assert "常青, printed by 导出员" in page.content.decode()
    assert page.context["rows"][0][0] == ("<b>甲</b>", False) and b"<b>\xe7\x94\xb2" not in page.content
    row, seen = CustomerExport.objects.get(), Disclosure.objects.get()
    assert (row.format, seen.pk) == ("print", row.pk)
    assert (seen.kind, seen.by, seen.what, seen.customers) == ("print", exporter, "customers", 1)
    assert [one.customer for one in DisclosedCustomer.objects.filter(disclosure=seen)] == [customer]
    told = AuditEntry.objects.get(operation="access").after
    assert (told["action"], told["format"], told["rows"]) == ("print", "print", 1)


LEADS = ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", " =", "\u3000=", "\u200b=", "\n@", " \t+"]


@pytest.mark.parametrize("lead", LEADS)
def test_no_cell_begins_a_formula(lead):
    assert escaped(f"{lead}cmd|' /C calc'!A0").startswith("'")


@pytest.mark.parametrize("text", ["-5", "+8613812345678", "-3.14", "甲", "a=b", "", "'=1"])
def test_numbers_and_plain_text_stay_as_they_are(text):
    assert escaped(text) == text


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40) | st.sampled_from(
    [f"{a}1+1" for a in LEADS]
)
CELL = st.one_of(
    st.none(), TEXT, st.integers(-(2**31), 2**31), st.dates(date(1900, 3, 1), date(2200, 1, 1)),
    st.datetimes(datetime(1900, 3, 1), datetime(2200, 1, 1)).map(lambda m: m.replace(second=0, microsecond=0)),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8))
def test_what_is_written_is_read_back_and_nothing_runs(rows):
    lines = list(
        csv.reader(
            io.StringIO(b"".join(csv_pieces(["a", "b", "c"], rows, "csv")).decode("utf-8-sig"), newline="")
        )
    )
    assert lines[1:] == [[as_text(cell) for cell in row] for row in rows]
    target = io.BytesIO()
    book = XlsxFile(target, ["a", "b", "c"])
    for row in rows:
        book.add(row)
    book.close()
    found = read_xlsx(target.getvalue())[1:]
    for row, cells in zip(rows, found, strict=False):
        for cell, read in zip(row, cells, strict=False):
            same(cell, read)
    texts = [cell for line in lines for cell in line]
    assert all(escaped(text) == text or text.startswith("'") for text in texts)


def same(cell, read) -> None:
    if cell is None or cell == "":
        assert read == ""
    elif isinstance(cell, datetime):
        moment = read if isinstance(read, datetime) else datetime(read.year, read.month, read.day)
        assert abs(moment - cell) < timedelta(seconds=1)
    elif isinstance(cell, date):
        assert (read.year, read.month, read.day) == (cell.year, cell.month, cell.day)
    elif isinstance(cell, int):
        assert read == cell
    else:
        assert read == escaped(cell)


def test_names_that_would_run_are_harmless_in_a_whole_export(exporter):
    CustomerFactory(name="=HYPERLINK(1)", owner=exporter)
    assert Customer.objects.count() == 1
    table = read_csv(browser(exporter).post(f"{URL}export/", ALL))
    assert table[1][0] == "'=HYPERLINK(1)"
    book = read_xlsx(content(browser(exporter).post(f"{URL}export/", {**ALL, "format": "xlsx"})))
    assert book[1][0] == "'=HYPERLINK(1)"


BROKEN = [
    ("city=杭州&tier=nothing", "Tier"),
    ("created_after=soon", "Created: from"),
    ("own_gone=1&city=杭州", "own_gone"),
    ("tag=%E2%80%AE", "Tags"),
    ("<b>=1", "&lt;b&gt;"),
]


@pytest.mark.parametrize(("query", "named"), BROKEN)
def test_what_the_list_does_not_understand_is_not_exported(exporter, query, named):
    CustomerFactory(name="甲", owner=exporter, city="杭州")
    CustomerFactory(name="乙", owner=exporter)
    client = browser(exporter)
    answer = client.post(f"{URL}export/", {**ALL, "query": query})
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "Nothing was exported" in told and f"{named}." in told and "<b>" not in told
    page = client.get(f"{URL}export/?{query}").content.decode()
    assert "Nothing was exported" in page and 'name="format"' not in page
    assert client.get(f"{URL}print/?{query}").status_code == 302
    assert (CustomerExport.objects.count(), AuditEntry.objects.filter(operation="access").count()) == (0, 0)


def test_ticked_customers_are_exported_whatever_the_address_says(exporter):
    one = CustomerFactory(name="甲", owner=exporter)
    CustomerFactory(name="乙", owner=exporter)
    data = {
        "ids": [str(one.pk)],
        "answered": "1",
        "format": "csv",
        "columns": "shown",
        "query": "tier=nothing",
    }
    assert [row[0] for row in read_csv(browser(exporter).post(f"{URL}export/", data))[1:]] == ["甲"]

"""The wizard as a person walks through it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.importing.rejected import escaped
from customers.importing.rows import unseal
from customers.models import Customer, Disclosure, ImportBatch, ImportRow
from customers.queries.imports import masked_cell
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory
from customers.tests.import_files import Walk, csv_bytes, xlsx_bytes
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.models import AuditEntry
from tenancy.tests.factories import grant
from workspace.runner import drain

IMPORTER = (*RIGHTS, "customers.import_customer")
BASE = "/o/ours/customers/imports/"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def importer(ours):
    with organization_context(ours):
        return member_with(*IMPORTER, name="管理员", language="en")


@pytest.fixture
def browser(client, importer):
    client.force_login(importer.user, backend=BACKEND)
    return client


def send(browser, data: bytes, name="客户.csv"):
    return browser.post(f"{BASE}new/", {"file": SimpleUploadedFile(name, data)})


def walked(browser, ours, data, **choices):
    """Upload, accept the proposed columns, check; answers the address of the preview."""
    page = browser.get(send(browser, data)["Location"])
    form = page.context["form"]
    chosen = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    preview = browser.post(page.request["PATH_INFO"], {**chosen, **choices})["Location"]
    drain(ours)
    return preview


def test_the_preview_counts_contact_persons_where_there_are_any(browser, ours):
    rows = ("公司名称,电话,联系人", "甲公司,0571-88130001,李雷", "甲公司,0571-88130001,韩梅梅")
    page = browser.get(walked(browser, ours, csv_bytes(*rows)))
    assert [tab["count"] for tab in page.context["tabs"]] == ["2", "1", "0", "1", "0", "0"]
    assert "Contact person of the customer in row 2." in page.content.decode()
    assert [one["value"] for one in page.context["highlights"]] == ["1", "0", "1", "0", "0"]


def test_from_the_file_to_the_customer_and_back(browser, ours):
    preview = walked(browser, ours, csv_bytes("姓名,手机,城市", "王小明,13812345678,上海", "李四,12,北京"))
    page = browser.get(preview)
    assert [line.name for line in page.context["lines"]] == ["王小明", "李四"]
    assert "138****5678" in page.content.decode() and "13812345678" not in page.content.decode()
    assert "“手机” is not a phone number." in page.content.decode()
    result = browser.post(preview)["Location"]
    drain(ours)
    assert [tab["count"] for tab in browser.get(result).context["tabs"]] == ["2", "1", "0", "0", "1"]
    with organization_context(ours):
        assert Customer.objects.get().name == "王小明"
    browser.post(result.replace("result", "revert"))
    drain(ours)
    with organization_context(ours):
        assert (Customer.objects.count(), ImportBatch.objects.get().status) == (0, "reverted")


def test_a_refused_file_leaves_nothing(browser, ours):
    page = send(browser, b"<html><table></table></html>", "客户.xls")
    assert page.status_code == 422
    assert "This is a web page under the name of a table. Nothing was imported." in page.content.decode()
    with organization_context(ours):
        assert not ImportBatch.objects.exists()


def test_a_file_that_is_refused_is_read_once_its_encoding_is_named(browser, ours):
    data = csv_bytes("姓名,城市", "陳大文,臺北市信義區", encoding="big5hkscs")
    refused = send(browser, data)
    assert "Choose the encoding of the file" in refused.content.decode()
    sent = browser.post(
        f"{BASE}new/", {"file": SimpleUploadedFile("客户.csv", data), "encoding": "big5hkscs"}
    )
    page = browser.get(sent["Location"])
    assert [row["examples"] for row in page.context["columns"]] == [["陳大文"], ["臺北市信義區"]]
    assert (
        browser.post(
            f"{BASE}new/", {"file": SimpleUploadedFile("客户.csv", data), "encoding": "x"}
        ).status_code
        == 422
    )


def test_rejected_rows_come_back_as_they_were_and_harmless(browser, ours):
    rows = ["姓名,手机,备注", '甲,12,"=HYPERLINK(""http://x"")"', "乙,34,-5"]
    preview = walked(browser, ours, csv_bytes(*rows))
    page = browser.get(preview + "rejected/")
    text = b"".join(page.streaming_content).decode("utf-8-sig")
    assert text.splitlines() == [
        "Row,Reason,姓名,手机,备注",
        '2,“手机” is not a phone number.,甲,12,"\'=HYPERLINK(""http://x"")"',
        "3,“手机” is not a phone number.,乙,34,-5",
    ]


LEAVING = csv_bytes(
    "姓名,手机,身份证号,微信,备注,内部",
    "甲,13912345678,11010519491231002X,geheim_2024_wx,回电 139 1234 5678 或 geheim@example.com,vip_geheim",
    "乙,12,,,,",
    "丙,18612345678,,,,",
)
WHOLE = "甲,13912345678,11010519491231002X,geheim_2024_wx,回电 139 1234 5678 或 geheim@example.com,vip_geheim"
MASKED = "甲,139****5678,11****2X,ge****wx,回电 ****.com,vi****im"


@pytest.fixture
def rejected(ours):
    """A rep's import with two rows that were not imported: one repeats a customer, one has no phone number."""
    with organization_context(ours):
        rep = member_with(*IMPORTER, scope=Scope.OWN, name="李销售")
        CustomerFactory(name="甲", owner=rep, phones=["13912345678"])
        columns = ["name", "phone", "identity_number", "wechat", "remarks", ""]
        walk = Walk(ours, rep).upload(LEAVING).check(columns).apply()
        assert walk.counts() == (1, 0, 1, 1)
    return walk


# Who: rights beside the import, their scope; what they read, and whether that is a disclosure.
@pytest.mark.parametrize(
    ("rights", "scope", "shown", "recorded"),
    [
        (("customers.reveal_contact",), Scope.ORGANIZATION, WHOLE, 1),
        (("customers.view_customer",), Scope.ORGANIZATION, MASKED, 0),
    ],
)
def test_a_colleague_gets_rejected_rows_in_full_by_right_only(
    client, ours, rejected, rights, scope, shown, recorded
):
    with organization_context(ours):
        colleague = member_with("customers.import_customer", *rights, scope=scope, name="赵同事")
    client.force_login(colleague.user, backend=BACKEND)
    assert taken(client, rejected)[1].partition(".,")[2] == shown
    with organization_context(ours):
        assert Disclosure.objects.count() == recorded


def test_a_right_that_ends_at_own_customers_reveals_no_colleague_s_file(client, ours, rejected):
    with organization_context(ours):
        colleague = member_with("customers.import_customer", name="赵同事")
        grant(colleague, "customers.reveal_contact", scope=Scope.OWN)
    client.force_login(colleague.user, backend=BACKEND)
    assert [line.partition(".,")[2] for line in taken(client, rejected)[1:]] == [MASKED, "乙,1****,,,,"]


def test_the_owner_gets_them_in_full_and_that_is_recorded(client, ours, rejected):
    client.force_login(rejected.member.user, backend=BACKEND)
    assert taken(client, rejected)[1].partition(".,")[2] == WHOLE
    with organization_context(ours):
        seen = Disclosure.objects.get()
        assert (seen.kind, seen.by, seen.what, seen.customers) == (
            "export",
            rejected.member,
            "import_rows",
            2,
        )
        entry = AuditEntry.objects.filter(operation="access").get()
        assert (entry.table_name, entry.object_id) == ("customers_importbatch", rejected.pk)


def test_a_stranger_finds_no_rejected_rows(client, ours, theirs, rejected):
    with organization_context(theirs):
        stranger = member_with(*IMPORTER)
    with organization_context(ours):
        other = member_with(*IMPORTER, scope=Scope.OWN)
    for member, at in ((stranger, "theirs"), (stranger, "ours"), (other, "ours")):
        client.force_login(member.user, backend=BACKEND)
        assert client.get(f"/o/{at}/customers/imports/{rejected.pk}/rejected/").status_code == 404
    with organization_context(ours):
        assert not Disclosure.objects.exists()


def test_the_result_says_to_whom_the_rows_are_masked(client, ours, rejected):
    with organization_context(ours):
        colleague = member_with("customers.import_customer", "customers.view_customer", name="赵同事")
    told = "Contact details in it are masked"
    for member, masked in ((colleague, True), (rejected.member, False)):
        client.force_login(member.user, backend=BACKEND)
        page = client.get(f"{BASE}{rejected.pk}/result/").content.decode()
        assert (told in page) == masked


def taken(client, walk) -> list[str]:
    page = client.get(f"{BASE}{walk.pk}/rejected/")
    return b"".join(page.streaming_content).decode("utf-8-sig").splitlines()


@pytest.mark.parametrize(
    ("text", "target", "shown"),
    [
        ("a.b@x.com", "email", "a***@x.com"),
        ("a.b@x.com;geheim@y.com", "email", "a.****om"),
        ("139 1234 5678", "phone", "139****5678"),
        ("139 1234 5678；186 1234 5678", "phone", "13****78"),
        ("geheim@x.com, b@y.com", "remarks", "g***@x.com, b***@y.com"),
        ("2024-01-31", "birthday", "2024-01-31"),
        ("上海", "city", "上海"),
    ],
)
def test_cells_are_masked_by_column_and_by_looks(text, target, shown):
    assert masked_cell(text, target) == shown


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd", "'+cmd"),
        ("@x", "'@x"),
        ("＝1", "'＝1"),
        ("  =x", "'  =x"),
        ("-12.5", "-12.5"),
        ("a=b", "a=b"),
    ],
)
def test_cells_that_a_spreadsheet_would_run_are_escaped(cell, kept):
    assert escaped(cell) == kept


def test_the_mapping_is_remembered_for_the_same_headings(browser, ours):
    walked(browser, ours, csv_bytes("甲列,乙列", "张伟,上海"), column_0="name", column_1="city")
    page = browser.get(send(browser, csv_bytes("乙列,甲列", "北京,李四"))["Location"])
    form = page.context["form"]
    assert [form[f"column_{place}"].value() for place in range(2)] == ["city", "name"]


def test_a_column_must_be_the_name_and_a_field_has_one_column(browser, ours):
    page = browser.get(send(browser, csv_bytes("甲列,乙列", "张伟,上海"))["Location"])
    again = browser.post(page.request["PATH_INFO"], {"policy": "skip", "kind": "person", "tier": "key"})
    assert again.status_code == 422
    assert again.context["form"].non_field_errors() == [
        "No column is mapped to the name. Choose the column that holds it."
    ]


def test_repeated_headings_are_named_and_their_columns_can_be_told_apart(browser, ours):
    rows = [
        "姓名,电话,生日,电话,生日,City,city",
        "王小明,13812345678,1980-01-02,13900001111,1990-05-06,上海,北京",
    ]
    address = send(browser, csv_bytes(*rows))["Location"]
    page = browser.get(address)
    assert page.context["repeated"] == (
        "Several columns have the same heading: 电话, 生日, City. They are numbered below, in the order of the file. "
        "Choose for each what it holds; one that stays at “Not imported” is left out."
    )
    assert page.context["repeated"] in page.content.decode()
    labels = [column["field"].label for column in page.context["columns"]]
    assert labels == ["姓名", "电话", "生日", "电话 (2)", "生日 (2)", "City", "city (2)"]
    values = [column["field"].value() for column in page.context["columns"]]
    assert values == ["name", "phone", "birthday", "phone", "", "city", ""]
    walked(browser, ours, csv_bytes(*rows), column_2="", column_4="birthday", column_6="street")
    with organization_context(ours):
        [values] = [unseal(bytes(row.payload), ours.uid, row.pk)[1] for row in ImportRow.objects.all()]
        assert (values["birthday"], values["city"], values["street"]) == ("1990-05-06", "上海", "北京")
        assert values["phone"] == ["+8613812345678", "+8613900001111"]


def test_headings_that_differ_are_not_warned_about(browser):
    page = browser.get(send(browser, csv_bytes("姓名,,,城市", "甲,1,2,上海"))["Location"])
    assert page.context["repeated"] == "" and "Repeated headings" not in page.content.decode()


def test_another_sheet_can_be_chosen(browser, ours):
    data = xlsx_bytes([["姓名"], ["甲"]], more=[("乙表", [["姓名", "城市"], ["乙", "上海"]])])
    address = send(browser, data, "a.xlsx")["Location"]
    browser.post(address, {"sheet": "乙表"})
    assert [column["field"].label for column in browser.get(address).context["columns"]] == ["姓名", "城市"]


def test_a_step_that_is_over_leads_to_the_present_one(browser, ours):
    preview = walked(browser, ours, csv_bytes("姓名", "甲"))
    result = browser.post(preview)["Location"]
    assert browser.post(preview)["Location"] == result
    drain(ours)
    assert browser.get(preview)["Location"] == result
    assert browser.get(preview + "columns/")["Location"] == result


@pytest.mark.parametrize(("rows", "queries"), [(1, 8), (3, 8)])
def test_the_preview_asks_the_same_whatever_it_shows(browser, ours, rows, queries, count_queries):
    preview = walked(browser, ours, csv_bytes("姓名", *[f"客户{n}" for n in range(rows)]))
    browser.get(preview)
    assert count_queries(lambda: browser.get(preview)) == queries


@pytest.fixture
def count_queries():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(ask):
        with CaptureQueriesContext(connection) as seen:
            ask()
        skipped = ("SET", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
        return len([one for one in seen if not one["sql"].startswith(skipped)])

    return count


def test_imports_of_others_are_seen_with_a_wider_scope_only(client, ours, importer):
    with organization_context(ours):
        rep = member_with(*IMPORTER, scope=Scope.OWN, name="李销售")
        Walk(ours, rep).upload(csv_bytes("姓名", "甲"), "rep.csv")
        Walk(ours, importer).upload(csv_bytes("姓名", "甲"), "admin.csv")
    for member, names in ((rep, ["rep.csv"]), (importer, ["admin.csv", "rep.csv"])):
        client.force_login(member.user, backend=BACKEND)
        assert [batch.file_name for batch, _ in client.get(BASE).context["batches"]] == names

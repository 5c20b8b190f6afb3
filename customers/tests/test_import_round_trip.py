"""Files of our own come in again: exports, and the rows that were not imported."""

# ruff: noqa: F811

import io
from datetime import date

import pytest
from django.utils.translation import override

from customers.actions.tags import link_tags
from customers.exporting.rows import Export, Wanted, all_columns
from customers.exporting.writers import XlsxFile, csv_pieces
from customers.importing import ours, source
from customers.importing.rejected import rejected_csv
from customers.models import Customer, ImportBatch, ImportMapping
from customers.tests.conftest import define
from customers.tests.factories import CustomerFactory, TagFactory, consent_of, purpose_of
from customers.tests.import_files import Walk, csv_bytes, stream, xlsx_bytes
from customers.tests.test_import_pipeline import importer, walk  # noqa: F401
from tenancy.access import viewer_for
from tenancy.tests.factories import grant

LANGUAGES = ("zh-hans", "en")
BROUGHT = (
    "name code kind tier owner phone city province industry source relationship last_order_on credit_rating gender tags "
    "age_band business_category region area distance district intention income need_type buying_channel"
).split()


@pytest.fixture
def member(importer):
    grant(importer, "customers.export_customer")
    return importer


@pytest.fixture
def customer(member):
    """One with something in most columns."""
    filled = {
        "kind": "person",
        "city": "杭州",
        "province": "浙江省",
        "birthday": date(1985, 5, 20),
        "distance": 800,
    }
    found = CustomerFactory(
        name="王芳", owner=member, phones=["13800138000"], emails=["w@example.com"], **filled
    )
    link_tags([found.pk], [TagFactory().pk], actor=None)
    for label in ("电话回访", "邮件资讯", "日期"):
        consent_of(found, purpose_of(label), actor=member)
    return found


def exported(member, format: str) -> bytes:
    viewer = viewer_for(member)
    export = Export(Wanted("", all_columns(viewer)), viewer)
    rows = [cells for batch in export.batches() for cells in batch.cells]
    if format == "csv":
        return b"".join(csv_pieces(export.headings, rows, format))
    target = io.BytesIO()
    book = XlsxFile(target, export.headings)
    for cells in rows:
        book.add(cells)
    book.close()
    return target.getvalue()


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_export_with_all_columns_changes_nothing_when_it_comes_back(
    walk, customer, member, language, format
):
    with override(language):
        file = exported(member, format)
    walk.upload(file)
    assert sorted(filter(None, walk.batch.mapping)) == sorted(BROUGHT)
    before = Customer.objects.values().get()
    walk.check(policy="update").apply()
    assert (walk.counts(), walk.problems()) == ((0, 1, 0, 0), {})
    after = Customer.objects.values().get()
    assert {name for name in after if after[name] != before[name]} <= {"version", "updated_at"}
    assert [point.value for point in customer.points.order_by("position")] == [
        "+8613800138000",
        "w@example.com",
    ]


def test_an_own_field_that_is_called_like_a_column_of_ours_goes_before_it(walk, member, keeper):
    define(keeper, "text", "Next birthday")
    walk.upload(csv_bytes("姓名,Next birthday", "甲,1985-05-20"))
    assert walk.batch.mapping[0] == "name" and walk.batch.mapping[1].startswith("x_")


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_words_for_what_a_column_can_be_are_understood(language):
    with override(language):
        headings = {
            "爱好与家庭",
            "hobbies and family",
            "距公司距离（公里）",
            "distance from the company (km)",
        }
        assert {ours.labels()[ours.plain(one)] for one in headings} == {"family_notes", "distance"}


ESCAPED = ["'+86 138 0013 8000", "'@小明", "'=1+1", "'-负先生", "'\t乙", "'＝丙"]
KEPT = ["'t Hart", "O'=Neil", "'", "''=1", "'甲'"]


@pytest.mark.parametrize("cell", [*ESCAPED, *KEPT])
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_apostrophe_of_a_cell_that_would_run_is_no_part_of_it(cell, format):
    rows = [["姓名", "备注"], [cell, "x"]]
    data = xlsx_bytes(rows) if format == "xlsx" else csv_bytes(*[",".join(row) for row in rows])
    table = source.inspect(stream(data))
    [(_number, cells)] = source.rows(stream(data), table.dialect)
    assert cells[0] == table.sample[0][0] == (cell[1:] if cell in ESCAPED else cell)


def rejected_of(batch: ImportBatch, language: str) -> bytes:
    with override(language):
        return b"".join(rejected_csv(batch, in_full=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_rows_that_were_not_imported_come_in_again_as_they_were_decided(walk, language):
    columns = ["name", "phone", "remarks", ""]
    rows = ["@小明,12,'=1,A", "-负先生,13800138000,,B", "乙,13900139000,,C", "丙,7,-,D"]
    walk.upload(csv_bytes("甲列,乙列,丙列,Reason given", *rows)).check(columns, kind="company", tier="key")
    assert walk.counts() == (2, 0, 0, 2)
    again = Walk(walk.organization, walk.member).upload(
        rejected_of(walk.batch, language).replace(b",12,", b",13700137000,")
    )
    batch = again.batch
    assert (batch.mapping, batch.options["kind"], batch.options["tier"]) == (
        ["", "", *columns],
        "company",
        "key",
    )
    again.check().apply()
    assert again.counts() == (1, 0, 0, 1)
    assert set(Customer.objects.values_list("name", "remarks")) == {("@小明", "=1")}
    assert ImportMapping.objects.count() == 1
    twice = rejected_of(again.batch, language).decode("utf-8-sig").splitlines()
    assert twice[0].split(",")[2:] == ["甲列", "乙列", "丙列", "Reason given"]
    assert twice[1].endswith(",丙,7,'-,D") or twice[1].endswith(",丙,7,-,D")


@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_rows_of_that_file_are_proposed_without_the_columns_of_ours(walk, language):
    walk.upload(csv_bytes("姓名,手机", "甲,12")).check()
    data = rejected_of(walk.batch, language)
    ImportMapping.objects.all().delete()
    assert Walk(walk.organization, walk.member).upload(data).batch.mapping == ["", "", "name", "phone"]


@pytest.mark.parametrize(
    "rows", [["甲,12"], ["甲,12", "乙,13800138000"], ["甲,12", "乙,1", "丙,13800138000"]]
)
def test_the_preview_offers_the_rows_that_will_not_be_imported(client, ours, rows, importer):
    client.force_login(importer.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    walk = Walk(ours, importer).upload(csv_bytes("姓名,手机", *rows)).check()
    page = client.get(f"/o/ours/customers/imports/{walk.pk}/").content.decode()
    assert page.count(f"/o/ours/customers/imports/{walk.pk}/rejected/") == 1
    walk.upload(csv_bytes("姓名,手机", "丁,13800138009")).check()
    assert "/rejected/" not in client.get(f"/o/ours/customers/imports/{walk.pk}/").content.decode()

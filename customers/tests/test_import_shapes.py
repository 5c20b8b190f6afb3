"""Tables as people lay them out: titles and prefaces above the headings, cells over several rows, totals below."""

import io

import pytest
import xlsxwriter

from customers.importing import xlsx_merges
from customers.importing.problems import FileProblem
from customers.models import Customer
from customers.tests.import_files import MAIN, csv_bytes, workbook
from customers.tests.test_import_pipeline import importer, walk  # noqa: F401
from customers.tests.test_import_readers import problem, read

ROW = "查慎行,13700137000"


@pytest.mark.parametrize(
    ("above", "headings"),
    [
        ([], "姓名,手机"),
        (["客户名单"], "姓名,手机"),
        (["客户名单", "导出时间,2024-01-01 10:00"], "姓名,手机"),
        ([f"说明第{number}行" for number in range(25)], "姓名,手机"),
        ([f"第{number}条,见下,详见附件" for number in range(25)], "姓名,手机"),
        (["客户名单"], "甲列,乙列"),
        ([], "姓名,"),
        ([], "称呼,渠道一"),
    ],
)
def test_headings_are_found_below_whatever_stands_above_them(above, headings):
    table, rows = read(csv_bytes(*above, headings, ROW, ROW))
    assert table.headings == [one or "[B]" for one in headings.split(",")]
    assert rows == [ROW.split(",")] * 2


def test_words_of_the_rows_are_no_headings():
    rows = ["甲,客户,电话,上海,x", "乙,客户,微信,北京,y"]
    assert read(csv_bytes("称呼,甲列,乙列,丙列,丁列", *rows))[0].headings[0] == "称呼"
    assert problem(csv_bytes("张伟,13800138000,客户", "李四,13900139000,客户")) == "no_headings"


def merged(*spans: str, rows: int = 4) -> bytes:
    """A workbook whose rows 2 to `rows` + 1 are 甲, 丙, 丁, … with a company that only the first one has."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet()
    for column, heading in enumerate(("公司", "姓名", "城市")):
        page.write(0, column, heading)
    for number in range(rows):
        page.write(number + 1, 1, f"客户{number}")
    page.write(1, 2, "杭州")
    for span in spans:
        page.merge_range(span, "栖云茶业" if span.startswith("A") else "上海")
    book.close()
    return target.getvalue()


def test_a_cell_over_several_rows_counts_for_each_of_them():
    table, rows = read(merged("A2:A4"))
    assert rows == [
        ["栖云茶业", "客户0", "杭州"], ["栖云茶业", "客户1"], ["栖云茶业", "客户2"], ["", "客户3"],
    ]  # fmt: skip
    assert [row[0] for row in table.sample] == ["栖云茶业"] * 3 + [""]


def test_several_follow_each_other_and_a_horizontal_one_stays_as_it_is():
    assert read(merged("A2:A3", "A4:A5", "C4:D4"))[1] == [
        ["栖云茶业", "客户0", "杭州"], ["栖云茶业", "客户1"], ["栖云茶业", "客户2", "上海"], ["栖云茶业", "客户3"],
    ]  # fmt: skip


def test_of_a_block_the_first_column_is_filled():
    assert read(merged("C3:D5"))[1][1:] == [["", f"客户{number}", "上海"] for number in (1, 2, 3)]


def by_hand(rows: str, merges: str) -> bytes:
    return workbook(
        f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData><mergeCells>{merges}</mergeCells></worksheet>'
    )


HEAD = '<row r="1"><c r="A1" t="str"><v>姓名</v></c><c r="B1" t="str"><v>城市</v></c></row>'


def test_headings_over_several_rows_do_not_reach_into_the_rows():
    rows = (
        HEAD
        + '<row r="2"><c r="B2" t="str"><v>上海</v></c></row><row r="3"><c r="A3" t="str"><v>甲</v></c></row>'
    )
    assert read(by_hand(rows, '<mergeCell ref="A1:A2"/>'))[1] == [["", "上海"], ["甲"]]


def test_headings_in_two_rows_are_read_from_the_second():
    rows = (
        '<row r="1"><c r="A1" t="str"><v>姓名</v></c><c r="B1" t="str"><v>联系方法</v></c></row>'
        '<row r="2"><c r="A2"/><c r="B2" t="str"><v>手机</v></c><c r="C2" t="str"><v>邮箱</v></c></row>'
        '<row r="3"><c r="A3" t="str"><v>甲</v></c><c r="B3" t="str"><v>13800138000</v></c></row>'
    )
    table, found = read(by_hand(rows, '<mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/>'))
    assert (table.headings, found) == (["姓名", "手机", "邮箱"], [["甲", "13800138000"]])


def test_a_row_that_only_lies_under_a_merged_cell_is_blank():
    rows = HEAD + '<row r="2"><c r="A2" t="str"><v>甲</v></c></row><row r="3"><c r="A3" s="0"/></row>'
    assert read(by_hand(rows, '<mergeCell ref="A2:A1048576"/>'))[1] == [["甲"]]


@pytest.mark.parametrize(
    "ref", ["A2:A99999999999", "B5:A2", "A0:A3", "A2", "", "XFD2:XFD9", "ZZZZ2:ZZZZ3", "A2:A3:A4"]
)
def test_spans_that_no_sheet_has_are_no_spans(ref):
    rows = (
        HEAD
        + '<row r="2"><c r="A2" t="str"><v>甲</v></c></row><row r="3"><c r="B3" t="str"><v>乙</v></c></row>'
    )
    assert read(by_hand(rows, f'<mergeCell ref="{ref}"/>'))[1] == [["甲"], ["", "乙"]]


def test_spans_are_found_wherever_the_file_is_cut(monkeypatch):
    data = merged("A2:A3", "A4:A5", "C4:C5")
    whole = read(data)[1]
    for size in (7, 64, 1000):
        monkeypatch.setattr(xlsx_merges, "_CHUNK", size)
        assert read(data)[1] == whole


def test_no_workbook_makes_us_fill_without_end(monkeypatch):
    monkeypatch.setattr(xlsx_merges, "MAX_FILLED", 10)
    assert problem(merged("A2:A5")) == "too_many_merges"
    monkeypatch.undo()
    monkeypatch.setattr(xlsx_merges, "MAX_MERGES", 2)
    assert len(read(merged("A2:A3", "A4:A5"))[1]) == 4
    assert problem(merged("A2:A3", "A4:A5", "C4:C5")) == "too_many_merges"


TOTALS = [
    ("合计", "skip"),
    ("总计：", "skip"),
    ("小 计", "skip"),
    ("Total", "skip"),
    ("Grand total", "skip"),
    ("合计科技", "new"),
]


@pytest.mark.parametrize(("name", "outcome"), TOTALS)
def test_a_row_of_totals_is_no_customer(walk, name, outcome):  # noqa: F811
    walk.upload(csv_bytes("姓名,手机,城市", "甲,13800138000,上海", f"{name},,", "Total,13900139000,")).check()
    rows = list(walk.batch.staged.order_by("number").values_list("outcome", "problems"))
    told = [["totals", None, None]] if outcome == "skip" else None
    assert rows == [("new", None), (outcome, told), ("new", None)]
    walk.apply()
    assert Customer.objects.count() == (2 if outcome == "skip" else 3)


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["姓名,手机", "甲,1", '"乙,2', "丙,3", "丁,4"], 3),
        (["姓名,手机", "甲,1", "乙,2", "丙,3", '"丁,4'], 5),
        (["sep=,", "姓名,手机", '"甲\n甲",1', '乙,"2', "丙,3"], 5),
        (["姓名,手机", *["甲,1"] * 200, '乙,"2', *["丙,3"] * 6], 202),
        (['"姓名,手机', "甲,1"], 1),
    ],
)
def test_the_line_in_which_a_quote_was_opened_is_told(lines, line):
    with pytest.raises(FileProblem) as caught:
        read(csv_bytes(*lines, end="\n"))
    assert (caught.value.code, caught.value.params) == ("open_quote", {"line": line})


@pytest.mark.parametrize("heading", ["生日", "最近下单日期", "同意日期", "Opened"])
def test_any_column_of_days_tells_which_of_them_stands_in_front(walk, fields, heading):  # noqa: F811
    walk.upload(csv_bytes(f"姓名,{heading}", "甲,03/04/2019", "乙,25/04/2019"))
    assert walk.batch.mapping[1]
    assert walk.batch.options["day_first"]

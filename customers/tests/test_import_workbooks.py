"""Workbooks that are odd, from the upload to the customers: what is wrong is said, and the rest is imported."""

import pytest

from customers.importing.limits import MAX_CELL
from customers.models import Customer
from customers.tests.import_files import MAIN, OFFICE, csv_bytes, workbook
from customers.tests.test_import_pipeline import importer, walk  # noqa: F401
from workspace.runner import drain

HUGE = "x" * 2_000_000
HEAD = '<row r="1"><c r="A1" t="str"><v>姓名</v></c><c r="B1" t="str"><v>城市</v></c></row>'
GOOD = '<row r="3"><c r="A3" t="str"><v>张伟</v></c><c r="B3" t="str"><v>上海</v></c></row>'


def sheet(*rows: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{HEAD}{"".join(rows)}</sheetData></worksheet>'


def inline() -> bytes:
    cell = f'<c r="A2" t="inlineStr"><is><t>{HUGE}</t></is></c>'
    return workbook(sheet(f'<row r="2">{cell}</row>', GOOD))


def formula() -> bytes:
    return workbook(sheet(f'<row r="2"><c r="A2" t="str"><f>A1</f><v>{HUGE}</v></c></row>', GOOD))


def shared() -> bytes:
    relationships = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relationships}">'
        f'<Relationship Id="b" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="c" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>{HUGE}</t></si></sst>',
    }
    return workbook(sheet('<row r="2"><c r="A2" t="s"><v>0</v></c></row>', GOOD), **parts)


def plain() -> bytes:
    return csv_bytes("姓名,城市", f"{HUGE},北京", "张伟,上海")


@pytest.mark.parametrize("file", [inline, formula, shared, plain])
def test_two_megabytes_in_one_cell_are_told(walk, file):  # noqa: F811
    walk.upload(file()).check()
    row = walk.batch.staged.get(number=2)
    assert (row.outcome, row.problems) == ("error", [["cell_too_long", 0, MAX_CELL]])
    walk.apply()
    assert list(Customer.objects.values_list("name", "city")) == [("张伟", "上海")]


def test_a_formula_without_a_value_is_told(walk):  # noqa: F811
    """The row is kept even where nothing else stands in it."""
    alone = '<row r="2"><c r="A2"><f>1+1</f><v/></c></row>'
    beside = '<row r="4"><c r="A4" t="str"><v>李四</v></c><c r="B4"><f>B3</f></c></row>'
    walk.upload(workbook(sheet(alone, GOOD, beside))).check()
    assert walk.counts() == (1, 0, 0, 2)
    rows = walk.batch.staged.filter(outcome="error").order_by("number").values_list("number", "problems")
    assert list(rows) == [(2, [["formula_unknown", 0, None]]), (4, [["formula_unknown", 1, None]])]
    walk.apply()
    assert list(Customer.objects.values_list("name", "city")) == [("张伟", "上海")]


def test_a_formula_in_a_column_that_goes_nowhere_matters_not(walk):  # noqa: F811
    beside = '<row r="2"><c r="A2" t="str"><v>李四</v></c><c r="B2"><f>B3</f></c></row>'
    walk.upload(workbook(sheet(beside, GOOD))).check(["name", ""]).apply()
    assert list(Customer.objects.order_by("code").values_list("name", "city")) == [("李四", ""), ("张伟", "")]


@pytest.mark.parametrize("written", ["4.40305197703287E+17", "4.4030519770328698E+17", "6.2220212345678E+15"])
@pytest.mark.parametrize("heading", ["身份证号", "银行卡号"])
def test_a_number_whose_digits_are_lost_is_never_made_up(walk, heading, written):  # noqa: F811
    head = f'<row r="1"><c r="A1" t="str"><v>姓名</v></c><c r="B1" t="str"><v>{heading}</v></c></row>'
    row = f'<row r="2"><c r="A2" t="str"><v>张伟</v></c><c r="B2"><v>{written}</v></c></row>'
    walk.upload(workbook(f'<worksheet xmlns="{MAIN}"><sheetData>{head}{row}</sheetData></worksheet>')).check()
    assert walk.problems() == {2: ["rounded_identity"]}


def test_a_row_number_beyond_all_sheets_is_a_broken_workbook(ours, walk):  # noqa: F811
    """Far below the part that is read at the upload, so that it is the job that meets it."""
    rows = [f'<row r="{n}"><c r="A{n}" t="str"><v>客户{n}</v></c></row>' for n in range(2, 4000)]
    walk.upload(workbook(sheet(*rows, '<row r="3000000000"><c t="str"><v>x</v></c></row>'))).check()
    batch = walk.batch
    assert (batch.status, batch.failure, batch.job.attempts) == ("failed", "broken_workbook", 1)
    drain(ours)
    assert not walk.batch.staged.exists() and not Customer.objects.exists()

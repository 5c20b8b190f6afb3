"""Files as people send them: every encoding, every way to be broken, each with its own message and nothing kept."""

import csv
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.exporting.cells import unescaped
from customers.importing import limits, source
from customers.importing.problems import FileProblem
from customers.importing.xlsx_file import UNCALCULATED
from customers.tests.import_files import MAIN, csv_bytes, package, stream, workbook, xlsx_bytes

HEAD = "姓名,手机"
ROW = "张伟,13800138000"


def read(data: bytes, sheet: str = ""):
    table = source.inspect(stream(data), sheet=sheet)
    return table, [cells for _, cells in source.rows(stream(data), table.dialect)]


def problem(data: bytes) -> str:
    with pytest.raises(FileProblem) as caught:
        read(data)
    assert caught.value.text
    return caught.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_encodings_and_delimiters_are_found(encoding, delimiter):
    text = f"姓名{delimiter}手机\r\n欧阳娜娜{delimiter}13800138000\r\n"
    table, rows = read(text.encode(encoding))
    assert (table.headings, rows) == (["姓名", "手机"], [["欧阳娜娜", "13800138000"]])


def test_rare_characters_of_gb18030_are_kept():
    _table, rows = read(csv_bytes("姓名,城市", "赵喆堃,东莞", "李𠮷,北京", "王明,上海", encoding="gb18030"))
    assert [row[0] for row in rows] == ["赵喆堃", "李𠮷", "王明"]


@pytest.mark.parametrize(
    "lines",
    [
        ["姓名,公司,電話,地址", "陳國華,長榮貿易股份有限公司,+886 2 2345 6789,臺北市中山區南京東路"],
        ["name,phone", "㐂𠮷,13600000151"],
        ["name,phone", "喆堃,13600000151"],
        ["name,phone", "䶮,13600000151"],
        ["name,city", "羅凱文,London", "李四,Zürich"],
        ["name,company", "陳,HSBC", "鄭,Tea Ltd"],
        ["name,note", "張偉,“好”…", "劉洋,①②★"],
    ],
)
def test_chinese_of_any_kind_in_gb18030_is_read(lines):
    table, rows = read(csv_bytes(*lines, encoding="gb18030"))
    assert table.dialect["encoding"] == "gb18030"
    assert [table.headings, *rows] == [line.split(",") for line in lines]


WESTERN = [
    ["name,city", "Müller,Zürich", "Jäger,Köln", "Göbel,Düren"],
    ["name,city", "Peñarroya,Málaga", "Núñez,Córdoba", "Ibáñez,Cáceres"],
    ["name,city", "Lefèvre,Orléans", "Bénédicte,Besançon", "Hélène,Sète"],
    ["name,note", "O’Neil,“Tea”", "D’Arcy,it’s"],
    ["name,city", "Sørensen,Ærø", "Bjørn,Tromsø"],
    ["name,city", "ÄÖÜß,Größe", "Straße,ÅÄÖ"],
]


@pytest.mark.parametrize("lines", WESTERN)
def test_western_text_that_happens_to_be_gb18030_is_refused(lines):
    assert problem(csv_bytes(*lines, encoding="cp1252")) == "encoding"


def test_a_character_of_another_encoding_far_down_is_noticed():
    data = (
        csv_bytes(HEAD, *[f"张{n},13800138000" for n in range(40_000)])
        + "李雷,139".encode("gb18030")
        + b"\r\n"
    )
    with pytest.raises(FileProblem) as caught:
        read(data)
    assert (caught.value.code, caught.value.params) == ("mixed_encoding", {"line": 40_002})


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_western_encodings_are_refused_rather_than_misread(encoding):
    lines = ["name,city", "José Peña,Málaga", "Zoë Müller,Zürich", "André Çelik,Orléans"]
    assert problem(csv_bytes(*lines, encoding=encoding)) == "encoding"


NAMED = [
    ("big5hkscs", ["姓名,城市", "陳大文,臺北市信義區", "林美麗,高雄市苓雅區"]),
    ("cp1252", ["name,city", "José Peña,Málaga", "Zoë Müller,Zürich"]),
    ("gb18030", ["name,city", "M黮ler,Z黵ich"]),
]


@pytest.mark.parametrize(("encoding", "lines"), NAMED)
def test_an_encoding_that_cannot_be_found_out_can_be_named(encoding, lines):
    data = csv_bytes(*lines, encoding=encoding)
    assert problem(data) == "encoding"
    table = source.inspect(stream(data), encoding=encoding)
    rows = [cells for _, cells in source.rows(stream(data), table.dialect)]
    assert [table.headings, *rows] == [line.split(",") for line in lines]


def test_an_encoding_that_is_named_wrongly_is_told_and_a_mark_goes_before_it():
    with pytest.raises(FileProblem) as caught:
        source.inspect(stream(csv_bytes("name", "Jo\x81e", encoding="latin-1")), encoding="cp1252")
    assert (caught.value.code, caught.value.params) == ("other_encoding", {"line": 2})
    table = source.inspect(stream(csv_bytes(HEAD, ROW, encoding="utf-8-sig")), encoding="big5hkscs")
    assert (table.headings, table.dialect["encoding"]) == (["姓名", "手机"], "utf-8-sig")


def test_big5_is_refused_rather_than_misread():
    lines = ["姓名,城市", "陳大文,臺北市信義區", "林美麗,高雄市苓雅區", "張志明,臺中市西屯區"]
    assert problem(csv_bytes(*lines, encoding="big5")) == "encoding"


BROKEN = {
    "empty": (b"", "empty"),
    "blank": (b" \r\n\r\n  \r\n", "empty"),
    "bom only": (b"\xef\xbb\xbf", "empty"),
    "headings only": (csv_bytes(HEAD), "no_rows"),
    "no headings": (csv_bytes(ROW, "李四,13900139000"), "no_headings"),
    "open quote": (csv_bytes(HEAD, '"张伟,13800138000', ROW), "open_quote"),
    "two hundred columns": (csv_bytes(",".join("x" * 201), ",".join("y" * 201)), "too_many_columns"),
    "web page": (b"<html><table><tr><td>x</td></tr></table></html>", "html"),
    "xml": (b'<?xml version="1.0"?><Workbook/>', "html"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_excel"),
    "password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le"), "protected",
    ),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "binary"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(200), "binary"),
    "utf-16 without its mark": ("name,city\r\nAnna,Rome\r\n".encode("utf-16-le"), "binary"),
    "noise": (bytes(range(256)) * 20, "binary"),
    "another zip": (package({"readme.txt": "hello"}), "binary"),
    "cut zip": (xlsx_bytes([["姓名"], ["张伟"]])[:-200], "broken_workbook"),
    "no sheet": (xlsx_bytes([]), "no_sheet"),
    "broken xml": (workbook(f'<worksheet xmlns="{MAIN}"><sheetData><row><c></row>'), "broken_workbook"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_refused_by_name(name):
    data, code = BROKEN[name]
    assert problem(data) == code


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    rows = b'<row r="2"><c t="inlineStr"><is><t>x</t></is></c></row>' * 1_500_000
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode() + rows + b"</sheetData></worksheet>"
    data = workbook(sheet)
    assert len(data) < 1024 * 1024
    assert problem(data) == "bomb"


def test_nested_entities_are_refused():
    laughs = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>'
    sheet = f'{laughs}<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c t="str"><v>&b;</v></c></row></sheetData></worksheet>'
    assert problem(workbook(sheet)) == "entities"


def test_a_sheet_that_claims_ten_million_rows_costs_nothing():
    sheet = (
        f'<worksheet xmlns="{MAIN}"><dimension ref="A1:XFD10000000"/><sheetData>'
        '<row r="1"><c r="A1" t="str"><v>姓名</v></c></row><row r="9999999"><c r="A9999999" t="str"><v>张伟</v></c></row>'
        "</sheetData></worksheet>"
    )
    assert read(workbook(sheet))[1] == [["张伟"]]


def test_cells_far_to_the_right_are_refused():
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="str"><v>姓名</v></c><c r="XFD1" t="str"><v>x</v></c></row>'
        "</sheetData></worksheet>"
    )
    assert problem(workbook(sheet)) == "too_many_columns"


def test_formulas_give_their_value_and_are_never_read_themselves():
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="str"><v>姓名</v></c></row>'
        '<row r="2"><c r="A2" t="str"><f>CMD|calc</f><v>张伟</v></c></row><row r="3"><c r="A3"><f>1+1</f></c></row>'
        "</sheetData></worksheet>"
    )
    assert read(workbook(sheet))[1] == [["张伟"], [UNCALCULATED]]


# As spreadsheet programs, LibreOffice and openpyxl write a cell with a formula.
@pytest.mark.parametrize(
    ("cell", "rows"),
    [
        ('<c r="A2"><f>1+1</f></c>', [[UNCALCULATED]]),
        ('<c r="A2"><f>1+1</f><v/></c>', [[UNCALCULATED]]),
        ('<c r="A2"><f>1+1</f><v></v></c>', [[UNCALCULATED]]),
        ('<c r="A2" t="str"><f>B2</f></c>', [[UNCALCULATED]]),
        ('<c r="A2" t="str"><f>B2</f><v></v></c>', []),
        ('<c r="A2" t="str"><f>B2</f><v>x</v></c>', [["x"]]),
        ('<c r="A2"><f>1+1</f><v>2</v></c>', [["2"]]),
        ('<c r="A2"><f>1+1</f></c><c r="B2"/><c r="C2" t="str"><v>x</v></c>', [[UNCALCULATED, "", "x"]]),
    ],
)
def test_a_formula_without_a_value_is_told_from_an_empty_one(cell, rows):
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="str"><v>姓名</v></c></row>'
        f'<row r="2">{cell}</row><row r="3"><c r="A3" t="str"><v>张伟</v></c></row></sheetData></worksheet>'
    )
    table, found = read(workbook(sheet))
    assert found == [*rows, ["张伟"]]
    assert "\0" not in "".join(map("".join, table.sample))


@pytest.mark.parametrize("numbers", [("1", "3000000000"), ("1", "1"), ("2", "1"), ("0", "1"), ("-1", "2")])
def test_rows_with_numbers_that_no_sheet_has_are_a_broken_workbook(numbers):
    rows = "".join(f'<row r="{one}"><c t="str"><v>x</v></c></row>' for one in numbers)
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    assert problem(workbook(sheet)) == "broken_workbook"


def test_two_megabytes_in_one_cell_do_not_stop_the_file():
    _, rows = read(csv_bytes(HEAD, f"{'x' * 2_000_000},1", ROW))
    assert [len(row[0]) for row in rows] == [2_000_000, 2]


def test_numbers_in_workbooks_read_as_people_see_them():
    rows = [["姓名", "手机", "生日", "邮编", "布尔", "小数"], ["张伟", 13800138000.0, 36526, 1000, True, 0.1]]
    _, found = read(xlsx_bytes(rows, formats={2: "yyyy-mm-dd", 3: "000000"}))
    assert found == [["张伟", "13800138000", "2000-01-01", "001000", "TRUE", "0.1"]]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("13800138000", "13800138000"),
        ("1.3800138E+10", "13800138000"),
        ("13800138000.0", "13800138000"),
        ("440305197703287123", "440305197703287123"),
        ("440305197703287123.0", "440305197703287123"),
        ("4.40305197703287E+17", "4.40305197703287E+17"),
        ("4.4030519770328698e17", "4.4030519770328698E17"),
        ("1E+15", "1E+15"),
        ("9.99999999999999E+14", "999999999999999"),
        ("-12345678901234567", "-12345678901234567"),
        ("1E-3", "0.001"),
        ("2E+308", "2E+308"),
        ("1E+400", "1E+400"),
    ],
)
def test_digits_that_a_workbook_does_not_hold_are_not_made_up(written, read_as):
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="str"><v>姓名</v></c></row>'
        f'<row r="2"><c r="A2"><v>{written}</v></c></row></sheetData></worksheet>'
    )
    assert read(workbook(sheet))[1] == [[read_as]]


def test_sheets_are_listed_and_one_with_cells_is_taken():
    data = xlsx_bytes([], more=[("客户", [["姓名"], ["张伟"]]), ("其他", [["姓名"], ["李四"]])])
    table, rows = read(data)
    assert (table.dialect["sheets"], table.dialect["sheet"], rows) == (
        ["Sheet1", "客户", "其他"],
        "客户",
        [["张伟"]],
    )
    assert read(data, sheet="其他")[1] == [["李四"]]


def test_headings_are_made_unique_and_titles_above_them_left_out():
    lines = ["客户名单,,,", "", "姓名,电话,,电话", "甲,1,2,3", "乙,4,5,6", "丙,7,8,9"]
    table, rows = read(csv_bytes(*lines))
    assert table.headings == ["姓名", "电话", "[C]", "电话 (2)"]
    assert rows == [["甲", "1", "2", "3"], ["乙", "4", "5", "6"], ["丙", "7", "8", "9"]]


def test_a_numbered_heading_meets_no_heading_that_has_the_number_already():
    table, _rows = read(csv_bytes("姓名,电话,电话,电话 (2)", "甲,1,2,3"))
    assert table.headings == ["姓名", "电话", "电话 (2)", "电话 (2) (2)"]
    assert table.repeated == ["电话"]


def test_row_numbers_are_those_of_a_spreadsheet():
    data = csv_bytes(HEAD, '"张\n伟",1', "", "李四,2")
    table = source.inspect(stream(data))
    assert [number for number, _ in source.rows(stream(data), table.dialect)] == [2, 4]


def test_the_separator_line_of_spreadsheets_is_obeyed():
    assert read(csv_bytes("sep=|", "姓名|城市", "张,伟|上海"))[1] == [["张,伟", "上海"]]


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(source, "MAX_ROWS", 3)
    assert problem(csv_bytes(HEAD, ROW, ROW, ROW, ROW)) == "too_many_rows"


def test_only_so_much_text_of_a_workbook_is_held(monkeypatch):
    from customers.importing import xlsx_parts

    monkeypatch.setattr(xlsx_parts, "MAX_STRINGS", 1000)
    rows = [["姓名"], *[[f"客户{n}"] for n in range(300)]]
    assert problem(xlsx_bytes(rows)) == "too_many_texts"
    assert limits.MAX_STRINGS > 1000


CELL = st.text(
    st.characters(
        codec="utf-8", exclude_characters="\0\ufeff\ue000", exclude_categories=["Cs", "Cc", "Zl", "Zp"]
    ),
    max_size=12,
).map(str.strip)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(CELL.filter(bool), CELL, CELL), min_size=1, max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    delimiter=st.sampled_from(",;\t|"),
)
def test_what_a_program_writes_is_read_back(rows, encoding, delimiter):
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter).writerows([("姓名", "城市", "备注"), *rows])
    dialect = {"format": "csv", "encoding": encoding, "delimiter": delimiter, "heading_row": 1}
    found = source.rows(stream(target.getvalue().encode(encoding)), dialect)
    assert [tuple(cells) for _, cells in found] == [tuple(map(unescaped, row)) for row in rows]


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(st.tuples(CELL.filter(bool), CELL, st.integers(-(10**9), 10**9)), min_size=1, max_size=6)
)
def test_workbooks_are_read_as_another_reader_reads_them(rows):
    from python_calamine import CalamineWorkbook

    data = xlsx_bytes(
        [("姓名", "城市", "数量"), *((f"名{a}", b.lstrip("=@{") or "x", n) for a, b, n in rows)]
    )
    _, mine = read(data)
    [sheet] = CalamineWorkbook.from_filelike(io.BytesIO(data)).sheet_names
    theirs = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(sheet).to_python()[1:]
    assert mine == [[str(a), unescaped(str(b)), str(int(n))] for a, b, n in theirs]


def test_the_package_of_a_password_protected_entry_is_refused():
    data = bytearray(xlsx_bytes([["姓名"], ["张伟"]]))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        entries = [entry.header_offset for entry in archive.infolist()]
    for start in entries:
        data[start + 6] |= 1
    position = data.find(b"PK\x01\x02")
    while position >= 0:
        data[position + 8] |= 1
        position = data.find(b"PK\x01\x02", position + 4)
    assert problem(bytes(data)) == "protected"

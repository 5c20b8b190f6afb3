"""Fields of one's own from their definition to the exported file; a duplicate merged and parted again; the palette."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from e2e.conftest import Combination, SignIn, comes_up, send, violations
from e2e.test_main_job import wait_for

PHONE, DESKTOP = Combination(True, True, "zh-hans"), Combination(False, False, "en")
LIST = "/o/demo/customers/"
HEADINGS = "客户名称,联系电话,座位数"


def upload(page: Page, path: Path) -> None:
    page.goto(f"{LIST}imports/new/")
    page.set_input_files("input[type=file]", path)
    page.click("main form button.btn-primary")
    page.wait_for_url("**/columns/")


def carry_out(page: Page) -> None:
    page.click("main form[data-guard] button.btn-primary")
    wait_for(page, ".page-actions button.btn-primary")
    page.click(".page-actions button.btn-primary")
    wait_for(page, f'.page-actions a[href="{LIST}"]')


def define_a_number(page: Page) -> None:
    page.goto(f"{LIST}custom-fields/new/")
    page.fill("[name=label_zh]", "座位数")
    page.fill("[name=label_en]", "Seats")
    page.select_option("[name=type]", "number")
    page.check("[name=default_column]")
    assert violations(page) == []
    page.click("main form[data-guard] .btn-primary")
    page.wait_for_url("**/custom-fields/")


def share_as_view(page: Page, name: str) -> None:
    page.click('a[href*="/views/new/"]')
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=name]").fill(name)
    dialog.locator("[name=shared]").check()
    dialog.locator("button.btn-primary").click()
    page.wait_for_url("**view=**")


def export(page: Page) -> list[list]:
    """The list as it stands, as a workbook that is opened."""
    page.click('a[href*="/export/"]')
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=format][value=xlsx]").check()
    with page.expect_download() as caught:
        dialog.locator("button.btn-primary").click()
    return CalamineWorkbook.from_path(caught.value.path()).get_sheet_by_index(0).to_python()


def test_a_field_from_its_definition_to_the_exported_file(sign_in: SignIn, tmp_path: Path):
    define_a_number(sign_in("admin@demo.example", DESKTOP))
    rows = ("海棠茶馆,13512340001,48", "玉兰茶馆,13512340002,120", "丁香茶馆,13512340003,一百")
    path = tmp_path / "茶馆.csv"
    path.write_text("\n".join((HEADINGS, *rows)), encoding="utf-8")
    page = sign_in("rep@demo.example", DESKTOP)
    upload(page, path)
    expect(page.locator("select").filter(has=page.locator("option[value=x_seats][selected]"))).to_have_count(
        1
    )
    carry_out(page)

    page.goto(f"{LIST}filters/?q=茶馆")
    page.click(".filter-form details > summary")
    page.fill("[name=x_seats_after]", "100")
    page.click("main form .btn-primary")
    expect(page.locator("tbody th.cell-main a")).to_have_text(["玉兰茶馆"])
    share_as_view(page, "Large teahouses")
    expect(page.locator(".tabs [aria-current=page]")).to_contain_text("Large teahouses")
    expect(page.locator("tbody th.cell-main a")).to_have_text(["玉兰茶馆"])

    # Who sells has no right to take lists out; who leads them has.
    assert page.locator('a[href*="/export/"]').count() == 0
    lead = sign_in("manager@demo.example", DESKTOP)
    lead.goto(LIST)
    assert lead.locator("tbody th.cell-main a").count() > 1
    lead.locator(".tabs a", has_text="Large teahouses").click()
    expect(lead.locator(".tabs [aria-current=page]")).to_contain_text("Large teahouses")
    headings, *found = export(lead)
    assert [(row[0], row[headings.index("Seats")]) for row in found] == [("玉兰茶馆", 120)]


def test_a_duplicate_is_found_merged_and_parted(sign_in: SignIn, tmp_path: Path):
    path = tmp_path / "twins.csv"
    path.write_text(
        "客户名称,联系电话,城市\n杭州望湖楼酒店有限公司,13512347101,杭州\n望湖楼酒店（杭州）有限公司,13512347101,杭州\n",
        encoding="utf-8",
    )
    page = sign_in("admin@demo.example", PHONE)
    upload(page, path)
    page.check("[name=policy][value=create]", force=True)
    carry_out(page)
    page.goto(f"{LIST}duplicates/queue/")
    send(page.locator('form[action$="/duplicates/scan/"] button'))
    page.wait_for_url("**/jobs/**")
    pair = page.locator(".pair", has_text="望湖楼")
    expect(pair).to_have_count(0)
    comes_up(page, f"{LIST}duplicates/queue/?reason=phone", pair)
    pair.first.locator(".pair-steps a.btn-primary").click()
    assert violations(page) == []
    page.locator("[name=into]").first.check()
    page.locator(".save-bar .btn-primary").click()
    page.wait_for_url(re.compile(r"/customers/[0-9a-f-]{36}/$"))
    assert names_found(page, "望湖楼") == 1

    page.goto(f"{LIST}merges/")
    page.locator("tbody a", has_text="望湖楼").first.click()
    send(page.locator('form[action$="/undo/"] button'))
    assert names_found(page, "望湖楼") == 2


def names_found(page: Page, text: str) -> int:
    page.goto(f"{LIST}?q={text}")
    return page.locator("tbody th.cell-main a").count()


def test_the_palette_finds_by_alias_reading_and_last_digits(sign_in: SignIn, tmp_path: Path):
    path = tmp_path / "alias.csv"
    path.write_text("客户名称,简称,联系电话\n云栖数字科技有限公司,小栖科技,13512349876\n", encoding="utf-8")
    page = sign_in("rep@demo.example", DESKTOP)
    upload(page, path)
    carry_out(page)
    page.goto("/o/demo/")
    for words in ("小栖", "yunqi", "yqsz", "9876"):
        page.keyboard.press("Control+k")
        page.fill("#palette-input", words)
        expect(page.locator("#palette-results [role=option]", has_text="云栖数字科技")).to_have_count(1)
        page.keyboard.press("Escape")

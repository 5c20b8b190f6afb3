"""What comes out of the printer."""

import re

from e2e.conftest import Combination, SignIn


def test_a_printed_list_begins_below_its_title_and_cuts_no_row(sign_in: SignIn):
    page = sign_in("manager@demo.example", Combination(False, False, "zh-hans"))
    page.goto("/o/demo/customers/print/?sort=name")
    rows = page.locator(".table-print tbody tr").count()
    page.emulate_media(media="print")
    assert (
        page.locator(".table-print tbody tr").first.evaluate("row => getComputedStyle(row).breakInside")
        == "avoid"
    )
    # The list starts where the title ends: a box that may not be cut would begin on a sheet of its own.
    assert page.locator(".list").evaluate("list => getComputedStyle(list).breakInside") == "auto"
    sheets = len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4")))
    assert rows > 20 and 2 <= sheets <= rows / 10 + 1


def test_paper_is_light_when_the_screen_is_dark(sign_in: SignIn):
    page = sign_in("manager@demo.example", Combination(False, True, "en"))
    shade = "getComputedStyle(document.documentElement).getPropertyValue('--amber-soft')"
    dark = page.evaluate(shade)
    page.emulate_media(media="print")
    assert (dark, page.evaluate(shade)) == ("#3a2c0e", "#fdf0d2")

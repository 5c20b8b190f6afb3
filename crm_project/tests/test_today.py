"""The today page: its blocks, for those who may, and a greeting by the clock of the organisation."""

import pytest
from django.utils import translation

from crm_project.views.today import greeting
from tenancy.enums import Scope
from tenancy.links import organization_url
from tenancy.tests.factories import grant
from workspace.registry import TodayBlock, today_blocks

pytestmark = pytest.mark.django_db


@pytest.fixture
def block(monkeypatch):
    def register(**fields):
        item = TodayBlock("test.block", "Plans", "components/alert.html", **fields)
        monkeypatch.setitem(today_blocks._items, item.key, item)
        monkeypatch.setattr(today_blocks, "_sorted", [item])

    yield register
    today_blocks._sorted = None


def today(browser) -> str:
    return browser.get(organization_url("today")).content.decode()


def test_blocks_appear_for_those_who_may(owner, browser, block):
    block(context=lambda viewer: {"text": f"For {viewer.membership}"}, permission="tenancy.manage_roles")
    assert "For 王小明" not in today(browser)
    grant(owner, "tenancy.manage_roles", scope=Scope.OWN)
    assert "For 王小明" in today(browser)


def test_a_block_with_nothing_to_say_is_left_out(browser, block):
    block(context=lambda viewer: None)
    assert "Nothing planned yet" in today(browser)


@pytest.mark.parametrize(
    ("hour", "words"), [(4, "evening"), (5, "morning"), (12, "afternoon"), (18, "evening")]
)
def test_the_greeting_follows_the_clock_of_the_organisation(hour, words):
    with translation.override("en"):
        assert greeting(hour) == f"Good {words}"

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.utils import timezone, translation

from workspace.frame import MOST_UNFOLDED, Frame, allowed, nearest, render_frame
from workspace.registry import NavItem, navigation
from workspace.templatetags.shell import ago, avatar, initials, server_toast


class Viewer:
    def __init__(self, *rights: str) -> None:
        self.rights = rights

    def can(self, permission: str) -> bool:
        return permission in self.rights


def _render(source: str, **values) -> str:
    return Template(source).render(Context(values))


@pytest.mark.parametrize(
    ("name", "letters"),
    [("王小明", "小明"), ("李娜", "李娜"), ("Ada Lovelace", "AL"), ("ada", "A"), ("", "?")],
)
def test_initials_follow_the_script_of_the_name(name, letters):
    assert initials(name) == letters


def test_texts_are_escaped():
    assert _render("{% badge text 'green' %}", text="<b>") == '<span class="tag tag-green">&lt;b&gt;</span>'
    assert "<i>" not in avatar("<i> <i>")
    assert "&lt;b&gt;" in _render("{% card title=text %}{% endcard %}", text="<b>")


def test_ago_is_relative_within_a_day():
    with translation.override("en"):
        assert "5 minutes ago" in ago(timezone.now() - timedelta(minutes=5, seconds=3))
        assert "ago" not in ago(timezone.now() - timedelta(days=2)).split(">")[1]
    assert ago(None) == ""


def test_a_date_is_written_in_the_readers_language_and_time_zone():
    moment = datetime(2024, 2, 29, 18, 30, tzinfo=UTC)
    found = set()
    for language, zone in (("zh-hans", "Asia/Shanghai"), ("en", "Asia/Shanghai"), ("en", "Europe/Berlin")):
        with translation.override(language), timezone.override(zone):
            found.add(re.sub(r"<[^>]*title=\"([^\"]+)\">", r"\1 / ", ago(moment)).removesuffix("</time>"))
    assert found == {
        "2024-03-01 02:30 / 2024-03-01",
        "1 Mar 2024, 02:30 / 1 Mar 2024",
        "29 Feb 2024, 19:30 / 29 Feb 2024",
    }


def test_toast_carries_undo_and_cleared_draft():
    message = Message(constants.SUCCESS, "Saved", extra_tags="undo=/o/demo/undo/ clears=customer-new")
    found = server_toast(message)
    assert (found["level"], found["undo_url"], found["clears"]) == (
        "success",
        "/o/demo/undo/",
        "customer-new",
    )


def test_places_follow_rights():
    items = [
        NavItem(key="today", label="Today", icon="x", url_name="today"),
        NavItem(
            key="jobs", label="Jobs", icon="x", url_name="workspace:jobs", permission="workspace.view_job"
        ),
        NavItem(key="gone", label="Gone", icon="x", url_name="nowhere:page"),
    ]
    assert list(allowed(items, Viewer(), "demo")) == ["today"]
    assert list(allowed(items, Viewer("workspace.view_job"), "demo")) == ["today", "jobs"]


def test_current_place_is_the_longest_address():
    places = {"today": "/o/demo/", "customers": "/o/demo/customers/", "import": "/o/demo/customers/import/"}
    assert nearest("/o/demo/", places) == "today"
    assert nearest("/o/demo/customers/import/3/", places) == "import"
    assert nearest("/o/demo/elsewhere/", places) == ""


def test_many_settings_fold_and_few_stand_together():
    settings = [item.key for item in navigation if item.section]
    many = Frame("en", "demo", ("today", *settings), (), "roles")
    assert len(settings) > MOST_UNFOLDED
    folded = [section for section in many.sections if section.folds]
    assert sorted(entry.key for section in folded for entry in section.items) == sorted(settings)
    assert [section.is_open for section in folded].count(True) == 1
    with translation.override("en"):
        page = render_frame("components/nav.html", many)
        few = render_frame("components/nav.html", many._replace(places=("today", "members", "roles")))
    assert page.count("<details") == len(folded) >= 3 and page.count('<details class="nav-fold" open>') == 1
    assert "People and access" in page and "Settings" not in page
    assert "<details" not in few and few.count("<h2") == 1 and "Settings" in few

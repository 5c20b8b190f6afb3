from datetime import timedelta

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.utils import timezone, translation

from workspace.frame import allowed, nearest
from workspace.registry import NavItem
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

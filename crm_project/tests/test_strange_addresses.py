"""Addresses that nobody types by accident: the page leaves out what it cannot read, and never breaks."""

import base64
import json
import uuid

import pytest

from tenancy.context import organization_context
from tenancy.tests.factories import MembershipFactory, grant
from tenancy.tests.pages import browser

pytestmark = pytest.mark.django_db

DAYS = ("9999-12-31", "0001-01-01", "0000-00-00", "２０２６-01-01", "x")
TEXTS = ("\x00", "a\x00b", "\\", "' & ! | (", "%ff", "é" * 5000, "9" * 400, "-1")


def cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def cursors() -> list[str]:
    key = str(uuid.uuid4())
    moments = (
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "9999-12-31",
        "\x00",
        "\ud800",
        "9" * 1400,
        1e308,
        None,
        [],
    )
    deep = base64.urlsafe_b64encode(b"[" * 1400).decode()
    return [
        *(cursor(moment, key) for moment in moments),
        cursor(key),
        cursor("a", "b"),
        deep,
        "=",
        "é",
        "0" * 32,
    ]


@pytest.fixture
def admin(ours):
    with organization_context(ours):
        member = MembershipFactory(name="王小明")
        grant(member)
    return browser(member)


@pytest.mark.parametrize(
    ("path", "names", "values"),
    [
        ("customers/", ("created_before", "created_after", "last_contact_before"), DAYS),
        ("contacts/log/", ("since", "until"), DAYS),
        ("governance/audit/", ("since", "until"), DAYS),
        ("customers/", ("after", "before"), cursors()),
        ("contacts/log/", ("after",), cursors()),
        ("contacts/owed/", ("after",), cursors()),
        ("governance/audit/", ("before",), ["f" * 32, "0" * 32, str(uuid.UUID(int=2**127)), "x"]),
        ("customers/", ("q", "sort", "view", "owner"), TEXTS),
        ("palette/", ("q",), TEXTS),
        ("contacts/new/", ("q",), TEXTS),
        ("settings/members/", ("q", "page", "department"), TEXTS),
    ],
)
def test_what_cannot_be_read_is_left_out(admin, path, names, values):
    for name in names:
        for value in values:
            sent = value.encode("utf-8", "replace").decode()
            assert admin.get(f"/o/ours/{path}", {name: sent}).status_code == 200, (name, value[:60])


@pytest.mark.parametrize("raw", ["q=%ff%fe%00", "after=%ed%a0%80", "%00=1", "q[]=1&q[]=2"])
def test_bytes_that_are_no_text_do_no_harm(admin, raw):
    assert admin.get(f"/o/ours/customers/?{raw}").status_code == 200


@pytest.mark.parametrize(
    "path", ["/o/ou%00rs/", "/o/%ff/", "/o/ours/%00", "/%00", "/accounts/invitations/ours/%00/"]
)
def test_an_impossible_address_is_not_there(admin, path):
    assert admin.get(path).status_code == 404

"""Jobs, notifications, saved views, palette and today, as people see them."""

import pytest
from django.utils import translation

from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.links import organization_url
from tenancy.tests.factories import MembershipFactory, grant
from workspace.actions.job import enqueue
from workspace.actions.notification import notify, notify_all
from workspace.enums import JobStatus
from workspace.models import Job, Notification, SavedView
from workspace.queries.counts import UNREAD, counts_for
from workspace.queries.notification import MOST_COUNTED
from workspace.queries.palette import palette
from workspace.queries.saved_view import saved_views
from workspace.registry import Command, commands, navigation
from workspace.tests import kinds
from workspace.tests.conftest import signed_in
from workspace.tests.factories import JobFactory, NotificationFactory, SavedViewFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def link(name: str, **kwargs) -> str:
    return organization_url(f"workspace:{name}", **kwargs)


def unread(member) -> int:
    return counts_for(viewer_for(member), ())[UNREAD]


# Jobs


def test_whose_jobs_are_listed(owner, colleague, admin):
    mine, theirs = JobFactory(requested_by=owner), JobFactory(requested_by=colleague)
    system = JobFactory(requested_by=None)

    def listed(member):
        return {job.pk for job in signed_in(member).get(link("jobs")).context["page"].rows}

    assert listed(owner) == {mine.pk}
    assert listed(admin) == {mine.pk, theirs.pk, system.pk}


def test_a_colleague_finds_no_job_and_one_who_only_sees_cannot_stop_it(owner, colleague):
    job = JobFactory(requested_by=owner)
    assert signed_in(colleague).get(link("job", pk=job.pk)).status_code == 404
    grant(colleague, "workspace.view_job")
    assert signed_in(colleague).get(link("job", pk=job.pk)).status_code == 200
    assert signed_in(colleague).post(link("job_cancel", pk=job.pk)).status_code == 403


def test_the_right_to_start_the_kind_is_needed_to_start_it_again(owner, browser):
    job = JobFactory(requested_by=owner, failed=True, kind=kinds.GUARDED)
    assert browser.post(link("job_retry", pk=job.pk)).status_code == 403
    assert b"retry" not in browser.get(link("job", pk=job.pk)).content
    grant(owner, "tenancy.manage_roles")
    assert browser.post(link("job_retry", pk=job.pk)).status_code == 302
    assert Job.objects.get(pk=job.pk).status == JobStatus.QUEUED


def test_the_fragment_asks_for_itself_until_the_job_has_ended(owner, browser):
    job = JobFactory(requested_by=owner, running=True, done=3, total=12, stage="apply")
    url = link("job_progress", pk=job.pk)
    running = browser.get(url, headers=HTMX).content.decode()
    assert f'hx-get="{url}" hx-trigger="every 1s"' in running
    assert "Applying" in running
    assert "3 of 12" in running
    assert "<html" not in running
    Job.objects.filter(pk=job.pk).update(
        status="failed", error="bad_row", error_params={"row": 7}, finished_at=job.started_at
    )
    ended = browser.get(url, headers=HTMX).content.decode()
    assert "hx-get" not in ended
    assert "Row 7 is bad." in ended
    assert "<html" in browser.get(url).content.decode()


def test_stopping_twice_is_told_kindly(owner, browser):
    job = JobFactory(requested_by=owner)
    for _time in range(2):
        assert browser.post(link("job_cancel", pk=job.pk), follow=True).status_code == 200
    assert Job.objects.get(pk=job.pk).status == JobStatus.CANCELLED


def test_older_jobs_are_on_the_next_page(owner, browser, monkeypatch):
    monkeypatch.setattr("workspace.paging.newest_first.__defaults__", ("", 2))
    made = [JobFactory(requested_by=owner) for _number in range(3)]
    first = browser.get(link("jobs")).context
    assert [job.pk for job in first["page"].rows] == [made[2].pk, made[1].pk]
    second = browser.get(link("jobs") + first["older_url"]).context
    assert [job.pk for job in second["page"].rows] == [made[0].pk]
    assert second["older_url"] == ""


# Notifications


def test_a_person_is_told_once(owner, colleague):
    for _time in range(2):
        notify(owner, "due_failed", {"due_kind": "files", "attempts": 3}, key="one")
    notify_all([owner, colleague], "due_failed", {"due_kind": "files", "attempts": 3}, key="one")
    notify(owner, "due_failed", {"due_kind": "files", "attempts": 3})
    assert [Notification.objects.filter(recipient=one).count() for one in (owner, colleague)] == [2, 1]


def test_opening_a_note_reads_it_and_leads_on(owner, browser):
    job = JobFactory(requested_by=owner, succeeded=True)
    note = NotificationFactory(
        recipient=owner, kind="job_succeeded", params={"job": str(job.pk), "job_kind": job.kind}
    )
    answer = browser.get(link("notification", pk=note.pk))
    assert answer["Location"] == link("job", pk=job.pk)
    assert unread(owner) == 0


def test_unread_first_all_on_request(owner, browser):
    note = NotificationFactory(recipient=owner)
    browser.post(link("notification_read", pk=note.pk))
    fresh = NotificationFactory(recipient=owner)
    assert browser.get(link("notifications")).context["page"].rows == [fresh]
    assert browser.get(link("notifications") + "?show=all").context["page"].rows == [fresh, note]
    browser.post(link("notifications_read"))
    assert browser.get(link("notifications")).context["page"].rows == []


def test_mine_are_not_read_by_others(owner, colleague):
    note = NotificationFactory(recipient=owner)
    browser = signed_in(colleague)
    assert browser.get(link("notification", pk=note.pk)).status_code == 404
    browser.post(link("notifications_read"))
    assert unread(owner) == 1


def test_the_bell_counts_to_a_hundred_in_one_query(owner, browser, django_assert_num_queries):
    Notification.objects.bulk_create(
        Notification(recipient=owner, kind="due_failed") for _number in range(MOST_COUNTED + 5)
    )
    viewer = viewer_for(owner)
    with django_assert_num_queries(1):
        counts = counts_for(viewer, [item.key for item in navigation])
    assert counts[UNREAD] == MOST_COUNTED
    html = browser.get(link("jobs")).content.decode()
    assert '<span class="bell-count" aria-hidden="true">99+</span>' in html  # in the bar above
    assert '<span class="bell-count">99+</span>' in html  # and in the one of a phone


def test_each_reads_in_their_own_language(owner):
    note = NotificationFactory(recipient=owner)
    with translation.override("en"):
        assert note.text == "“Clearing deleted files” has failed 3 times and will be tried again later."


# Saved views


def create_view(browser, **data):
    given = {
        "name": "重点",
        "page": "customers",
        "query": "?tier=key&page=3&view=x",
        "columns": "name,phone",
        **data,
    }
    return browser.post(link("view_create"), given)


def test_a_view_keeps_filters_and_columns_and_leads_back(owner, browser, ours):
    answer = create_view(browser, next="/o/ours/customers/?old=1")
    view = SavedView.objects.get()
    assert (view.query, view.columns, view.owner, view.shared) == (
        "tier=key",
        ["name", "phone"],
        owner,
        False,
    )
    assert answer["Location"] == f"/o/ours/customers/?tier=key&view={view.pk}"


@pytest.mark.parametrize(
    "target", ["https://evil.test/", "//evil.test/o/ours/", "/o/theirs/customers/", "javascript:1"]
)
def test_it_leads_nowhere_else(browser, target):
    assert create_view(browser, next=target)["Location"].startswith("/o/ours/views/")


def test_sharing_needs_its_right(owner, browser, colleague):
    create_view(browser, shared="on")
    assert SavedView.objects.get().shared is False
    grant(owner, "workspace.share_savedview")
    create_view(browser, name="团队", shared="on")
    assert [view.name for view in saved_views(viewer_for(colleague), "customers")] == ["团队"]


def test_what_others_share_is_used_not_changed(owner, colleague):
    view = SavedViewFactory(owner=owner, shared=True)
    for name in ("view_edit", "view_delete", "view_move"):
        assert signed_in(colleague).post(link(name, pk=view.pk), {"name": "x"}).status_code == 404
    assert SavedView.objects.get(pk=view.pk).name == view.name


def test_a_second_view_of_the_same_name_is_told_in_the_form(browser):
    create_view(browser)
    answer = create_view(browser)
    assert (answer.status_code, SavedView.objects.count()) == (422, 1)
    assert "You already have a view of this name." in answer.content.decode()


def test_renaming_keeps_the_filters(owner, browser):
    view = SavedViewFactory(owner=owner, query="tier=key", columns=["name"])
    browser.post(link("view_edit", pk=view.pk), {"name": "新名"})
    found = SavedView.objects.get()
    assert (found.name, found.query, found.columns) == ("新名", "tier=key", ["name"])


def test_views_are_moved_one_place(owner, browser):
    for place, name in enumerate("abc", start=1):
        SavedViewFactory(owner=owner, name=name, position=place)
    browser.post(link("view_move", pk=SavedView.objects.get(name="c").pk), {"direction": "up"})
    browser.post(link("view_move", pk=SavedView.objects.get(name="a").pk), {"direction": "down"})
    assert [view.name for view in saved_views(viewer_for(owner), "customers")] == ["c", "a", "b"]


def test_what_was_searched_for_is_not_stored_plain(owner, browser):
    from django.db import connection

    create_view(browser, query="q=13800138000")
    with connection.cursor() as cursor:
        cursor.execute("SELECT query FROM workspace_savedview")
        assert b"138" not in bytes(cursor.fetchone()[0])


def test_the_form_comes_as_a_dialog(browser):
    page = browser.get(link("view_create") + "?page=customers", headers=HTMX).content.decode()
    assert page.lstrip().startswith('<header class="sheet-head">')


# The palette


@pytest.fixture
def command(monkeypatch):
    key = "test.report"
    item = Command(
        key, "珐琅报表", "file", "workspace:jobs", "tenancy.manage_roles", keywords="enamel report"
    )
    monkeypatch.setitem(commands._items, key, item)
    monkeypatch.setattr(commands, "_sorted", None)
    yield item
    commands._sorted = None


@pytest.mark.parametrize("query", ["珐琅", "falang", "flbb", "ENAMEL", " enamel report "])
def test_a_command_is_found_by_its_name_in_any_way_of_writing(owner, command, query):
    assert palette(viewer_for(owner), query) == []
    grant(owner, "tenancy.manage_roles")
    (group,) = palette(viewer_for(owner), query)
    assert [line.hit.label for line in group.lines] == ["珐琅报表"]


def test_records_come_from_their_sources_within_the_rights(owner, colleague):
    JobFactory(requested_by=owner, params={"word": "jubilee"})
    found = palette(viewer_for(owner), "jubilee")
    assert [(group.label, group.lines[0].hit.label) for group in found] == [("Test jobs", "jubilee")]
    assert palette(viewer_for(colleague), "jubilee") == []


def test_the_palette_is_html_for_the_script_and_a_page_without(browser):
    fragment = browser.get(link("palette"), headers=HTMX).content.decode()
    assert fragment.startswith('<div role="group"')
    assert 'role="option" class="palette-item"' in fragment
    assert "<html" in browser.get(link("palette") + "?q=jobs").content.decode()


def test_the_last_answer_tells_the_page_that_the_job_is_over(owner, browser):
    job = JobFactory(requested_by=owner, running=True)
    url = link("job_progress", pk=job.pk)
    assert browser.get(url, headers=HTMX).headers.get("HX-Trigger-After-Settle") is None
    Job.objects.filter(pk=job.pk).update(status="succeeded", finished_at=job.started_at)
    assert browser.get(url, headers=HTMX).headers["HX-Trigger-After-Settle"] == '{"job-over": {}}'
    assert browser.get(url).headers.get("HX-Trigger-After-Settle") is None


def test_nothing_found_is_said_and_what_was_typed_is_escaped(browser):
    page = browser.get(link("palette") + "?q=<script>alert(1)</script>").content.decode()
    assert "<script>alert" not in page


# How much each page asks of the database


PAGES = {
    "jobs": (lambda owner: JobFactory(requested_by=owner), 11),
    "notifications": (lambda owner: NotificationFactory(recipient=owner), 11),
    "views": (lambda owner: SavedViewFactory(owner=owner), 11),
    "palette": (lambda owner: JobFactory(requested_by=owner), 10),
}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", list(PAGES))
def test_queries(browser, owner, name, count, django_assert_num_queries):
    make, queries = PAGES[name]
    for _number in range(count):
        make(owner)
    url = link(name)
    browser.get(url)
    with django_assert_num_queries(queries):
        browser.get(url)


def test_the_other_organisation_sees_nothing_anywhere(owner, stranger, theirs):
    job = enqueue(kinds.STEPS, {"word": "jubilee"}, actor=owner)
    SavedViewFactory(owner=owner, shared=True, name="共享视图")
    NotificationFactory(recipient=owner)
    browser = signed_in(stranger)
    with organization_context(theirs):
        pages = [link(name) for name in ("jobs", "notifications", "views", "palette")]
        pages += [link("palette") + "?q=jubilee", link("views") + "?page=customers"]
        assert saved_views(viewer_for(stranger), "customers").count() == 0
        MembershipFactory()
    for url in pages:
        text = browser.get(url).content.decode()
        assert str(job.pk) not in text
        assert "共享视图" not in text

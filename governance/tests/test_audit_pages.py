"""The audit's pages: what is found, for whom, in which words, at what price."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.queries import audit
from governance.queries.audit import Search, search_entries
from tenancy.access import viewer_for
from tenancy.audit.records import erase_audit_values, record_access
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.models import AuditEntry, Department, Membership
from tenancy.tests.factories import DepartmentFactory, MembershipFactory, grant
from workspace.actions.job import cancel_job
from workspace.tests.factories import JobFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(ours) -> Membership:
    with organization_context(ours):
        return MembershipFactory(name="王小明")


def rows(page: str) -> list[str]:
    return re.findall(r'class="cell-main"><a [^>]*>([^<]*)</a>', page)


def by(writer, **context):
    return organization_context(writer.organization, actor=writer, request_id="req-7", **context)


# Who sees what


def test_the_auditor_sees_who_changed_what(auditor, writer, browse):
    with by(writer):
        department = DepartmentFactory(name="客户部")
        Department.objects.filter(pk=department.pk).update(name="客户关系部")
    page = browse(auditor, f"audit/?person={writer.pk}")
    assert rows(page) == ["Department · 客户关系部", "Department · 客户部"]
    assert page.count('<td data-label="Person">王小明</td>') == 2


def test_a_colleague_without_the_right_is_refused(ours, writer, browse):
    for path in ("audit/", "audit/verify/"):
        browse(writer, path, status=403)


def test_a_stranger_finds_none_of_it(auditor, theirs, browse):
    with organization_context(auditor.organization):
        DepartmentFactory(name="机密部门")
        entry = AuditEntry.objects.get(table_name="tenancy_department")
    with organization_context(theirs):
        stranger = MembershipFactory()
        grant(stranger)
    assert "机密部门" not in browse(stranger, "audit/")
    browse(stranger, f"audit/{entry.key}/", status=404)


def test_a_right_for_ones_own_entries_shows_no_others(ours, writer, browse):
    with organization_context(ours):
        narrow = MembershipFactory(name="员工甲", language="en")
        grant(narrow, "tenancy.view_auditentry", scope=Scope.OWN)
    with by(writer):
        DepartmentFactory(name="他人之部")
        entry = AuditEntry.objects.get(table_name="tenancy_department")
    with by(narrow):
        DepartmentFactory(name="自己之部")
    page = browse(narrow, "audit/")
    assert rows(page) == ["Department · 自己之部"]
    assert "王小明" not in page
    browse(narrow, f"audit/{entry.key}/", status=404)


def test_keys_that_name_no_entry_are_not_found(auditor, browse):
    browse(auditor, "audit/ffffffff-ffff-ffff-ffff-ffffffffffff/", status=404)
    browse(auditor, "audit/00000000-0000-0000-0000-000000000001/", status=404)


# Searching


@pytest.fixture
def history(writer):
    """Three departments of 王小明, the first of them renamed."""
    with by(writer):
        made = [DepartmentFactory(name=name) for name in ("甲部", "乙部", "丙部")]
        Department.objects.filter(pk=made[0].pk).update(name="甲部二")
    return made


def names(found) -> list[str]:
    return [(entry.after or entry.before)["name"] for entry in found.entries]


def look(member, before: str = "", **search):
    with organization_context(member.organization):
        return search_entries(viewer_for(member), Search(table="tenancy_department", **search), before)


def test_one_record_has_its_history(auditor, history):
    assert names(look(auditor, record=history[0].pk)) == ["甲部二", "甲部"]


def test_operation_person_and_time_narrow_the_search(auditor, history, writer):
    from django.utils import timezone

    assert names(look(auditor, operation="update")) == ["甲部二"]
    assert names(look(auditor, person=auditor.pk)) == []
    assert len(look(auditor, person=writer.pk).entries) == 4
    today = timezone.localdate()
    assert len(look(auditor, since=today, until=today).entries) == 4
    assert look(auditor, until=today - timezone.timedelta(days=1)).entries == []
    assert look(auditor, since=today + timezone.timedelta(days=1)).entries == []


def test_pages_join_without_gap_or_overlap_even_at_one_moment(auditor, ours, monkeypatch):
    monkeypatch.setattr(audit, "SIZE", 7)
    with organization_context(ours):
        Department.objects.bulk_create(Department(name=f"{n:03}") for n in range(20))
        (moment,) = set(
            AuditEntry.objects.filter(table_name="tenancy_department").values_list("at", flat=True)
        )
    seen, before = [], ""
    for _ in range(4):
        found = look(auditor, before=before)
        seen += names(found)
        before = found.older
        if not before:
            break
    assert moment is not None
    assert seen == [f"{n:03}" for n in reversed(range(20))]


def test_a_rare_kind_is_sought_in_bounded_steps(auditor, history, ours, monkeypatch):
    monkeypatch.setattr(audit, "SEEN_AT_ONCE", 6)
    with organization_context(ours):
        MembershipFactory.create_batch(10)
    steps, found = [], look(auditor)
    while found.older:
        steps.append(len(found.entries))
        assert found.seen_back_to is not None
        found = look(auditor, before=found.older)
    steps.append(len(found.entries))
    assert sum(steps) == 4
    assert steps[0] == 0


def test_nonsense_in_the_address_filters_nothing(auditor, history, browse):
    page = browse(auditor, "audit/?person=x&object=y&since=z&before=q&operation=w&table=v")
    assert len(rows(page)) > 4


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(auditor, writer, client, count):
    with by(writer):
        for _ in range(count):
            DepartmentFactory()
    client.force_login(auditor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    path = f"/o/ours/governance/audit/?person={writer.pk}"
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    ours = [
        q["sql"]
        for q in queries
        if not q["sql"].startswith(("SET", "SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))
    ]
    assert len(ours) == 8, "\n".join(ours)


def test_rows_that_an_entry_does_not_name_are_named_as_they_are_now(auditor, writer, browse):
    with by(writer):
        member = MembershipFactory(name="李四")
        department = DepartmentFactory(name="客户部")
        Membership.objects.filter(pk=member.pk).update(department=department)
        record_access(member, "reveal", field="phone")
    page = browse(auditor, f"audit/?object={member.pk}")
    assert rows(page) == ["Member · 李四"] * 3
    assert page.count("shown in full") == 1


# One entry


def entry_of(member, **filters) -> AuditEntry:
    with organization_context(member.organization):
        return AuditEntry.objects.filter(**filters).latest("id")


def test_an_entry_speaks_of_fields_and_people(auditor, writer, browse):
    with by(writer):
        department = DepartmentFactory(name="客户部")
        Department.objects.filter(pk=department.pk).update(name="客户关系部", manager=writer)
    page = browse(auditor, f"audit/{entry_of(auditor, object_id=department.pk).key}/")
    assert re.findall(r'<th scope="row" class="cell-main">([^<]*)</th>', page) == ["Name", "Manager"]
    values = re.findall(r'<td data-label="(?:Before|After)">([^<]*)</td>', page)
    assert values == ["客户部", "客户关系部", "–", "王小明"]
    assert "req-7" in page


def test_an_encrypted_value_is_never_shown(auditor, writer, browse):
    with by(writer):
        member = MembershipFactory(phone="13800000000")
    key = entry_of(auditor, object_id=member.pk).key
    page = browse(auditor, f"audit/{key}/")
    assert page.count("encrypted value changed") == 1
    assert "\\x" not in page
    assert "13800000000" not in page


def test_an_access_and_an_erasure_are_told(auditor, writer, browse):
    with by(writer):
        department = DepartmentFactory(name="客户部")
        record_access(department, "reveal", field="phone")
        pk = department.pk
        department.delete()
        erase_audit_values(Department, [pk], "客户要求")
    insert = entry_of(auditor, object_id=pk, operation="insert")
    page = browse(auditor, f"audit/{insert.key}/")
    assert "The values of this entry were erased" in page
    assert "客户部" not in page
    page = browse(auditor, f"audit/{entry_of(auditor, operation='erase').key}/")
    assert "客户要求" in page


def test_what_was_done_to_a_job_or_printed_is_told_in_words(auditor, writer, browse):
    with by(writer):
        cancel_job(JobFactory(requested_by=writer))
        record_access(Department, "print", rows=3)
    page = browse(auditor, "audit/?operation=access")
    assert "Background job" in page and "stopped by hand" in page and "printed" in page
    assert len(rows(browse(auditor, "audit/?operation=access&table=workspace_job"))) == 1


def test_an_entry_of_a_kind_that_is_gone_can_still_be_read(auditor, writer, browse):
    with by(writer), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tenancy_audit_access('customers_gone', NULL, %s)",
            ['{"action": "download", "file": "x.csv"}'],
        )
    page = browse(auditor, f"audit/{entry_of(auditor, table_name='customers_gone').key}/")
    assert "Customers_gone" in page
    assert "x.csv" in page

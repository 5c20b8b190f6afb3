"""Whatever sequence of changes is made, the audit replayed from nothing gives the rows as they are, and verifies."""

import uuid

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenancy.audit.digests import ENTRY_SQL, StoredEntry
from tenancy.context import organization_context
from tenancy.models import AuditEntry, Department
from tenancy.tests.factories import OrganizationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.tenancy]

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20)
STEPS = st.one_of(
    st.tuples(st.just("insert"), st.integers(1, 70), NAMES),
    st.tuples(st.just("rename"), st.integers(0, 99), NAMES),
    st.tuples(st.just("bump"), st.integers(0, 99), st.none()),
    st.tuples(st.just("delete"), st.integers(0, 99), st.none()),
    st.tuples(st.just("delete_some"), st.integers(1, 60), st.none()),
)


def apply(step: tuple) -> None:
    kind, number, name = step
    keys = list(Department.objects.order_by("id").values_list("pk", flat=True))
    chosen = Department.objects.filter(pk=keys[number % len(keys)]) if keys else Department.objects.none()
    if kind == "insert":
        Department.objects.bulk_create(Department(name=f"{name}{uuid.uuid4().hex}") for _ in range(number))
    elif kind == "rename":
        chosen.update(name=f"{name}·{uuid.uuid4().hex}")
    elif kind == "bump":
        Department.objects.update(version=number)
    elif kind == "delete":
        chosen.delete()
    else:
        Department.objects.filter(pk__in=keys[:number]).delete()


def replayed() -> dict[str, dict]:
    rows: dict[str, dict] = {}
    for entry in AuditEntry.objects.filter(table_name="tenancy_department").order_by("id"):
        key = str(entry.object_id)
        if entry.operation == "insert":
            assert key not in rows
            rows[key] = entry.after
        elif entry.operation == "delete":
            assert rows.pop(key) == entry.before
        else:
            assert entry.before != entry.after
            assert {column: rows[key][column] for column in entry.before} == entry.before
            rows[key] = {**rows[key], **entry.after}
    return rows


def stored() -> dict[str, dict]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id::text, to_json(d) FROM tenancy_department d")
        return dict(cursor.fetchall())


@given(st.lists(STEPS, max_size=8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_audit_replays_to_the_rows_as_they_are(db, steps):
    organization = OrganizationFactory()
    with organization_context(organization):
        for step in steps:
            apply(step)
        assert replayed() == stored()
        with connection.cursor() as cursor:
            cursor.execute(f"{ENTRY_SQL} WHERE organization_id = %s", [organization.pk])
            assert [row[0] for row in cursor.fetchall() if not StoredEntry.from_row(row).is_genuine] == []

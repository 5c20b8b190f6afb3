"""Every change of a tenant row, however made, leaves exactly one entry; nobody else can write one."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat

from tenancy.audit.records import record_access
from tenancy.context import organization_context
from tenancy.models import AuditEntry, Department, Membership
from tenancy.tests.factories import DepartmentFactory, MembershipFactory, OrganizationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.tenancy]

_AWKWARD = "，“并入”|\\总部\n"


@pytest.fixture
def actor(ours) -> Membership:
    with organization_context(ours):
        return MembershipFactory(name="王小明")


@pytest.fixture
def inside(ours, actor):
    """Our organisation, in the name of 王小明, by the request req-1; the entries made before are not counted."""
    with organization_context(ours, actor=actor, request_id="req-1"):
        yield ours


def departments():
    return AuditEntry.objects.filter(table_name="tenancy_department").order_by("id")


def facts(entry: AuditEntry) -> tuple:
    return entry.operation, entry.object_id, entry.actor_id, entry.request_id


def test_a_created_row_is_recorded_whole(inside, actor):
    department = DepartmentFactory(name="客户部")
    (entry,) = departments()
    assert facts(entry) == ("insert", department.pk, actor.pk, "req-1")
    assert entry.before is None
    assert (entry.after["name"], entry.after["id"]) == ("客户部", str(department.pk))
    assert entry.after.keys() == {field.column for field in Department._meta.concrete_fields}
    assert entry.db_role == connection.settings_dict["USER"]


def test_a_changed_row_is_recorded_by_what_changed(inside, actor):
    department = DepartmentFactory(name="客户部")
    department.name = "客户关系部"
    department.save()
    (_, entry) = departments()
    assert facts(entry) == ("update", department.pk, actor.pk, "req-1")
    assert (entry.before, entry.after) == ({"name": "客户部"}, {"name": "客户关系部"})


def test_a_deleted_row_is_recorded_whole(inside, actor):
    department = DepartmentFactory(name="客户部")
    pk = department.pk
    department.delete()
    (_, entry) = departments()
    assert facts(entry) == ("delete", pk, actor.pk, "req-1")
    assert (entry.before["name"], entry.after) == ("客户部", None)


def test_saving_without_a_change_is_not_an_entry(inside):
    department = DepartmentFactory()
    department.save()
    assert Department.objects.filter(pk=uuid.uuid4()).update(name="x") == 0
    assert departments().count() == 1


@pytest.mark.parametrize("rows", [3, 80])
def test_bulk_changes_are_recorded_row_by_row(inside, actor, rows):
    # 80 rows take the other way through the trigger than 3 do; both must tell the same.
    made = Department.objects.bulk_create(Department(name=f"部门 {n}") for n in range(rows))
    Department.objects.update(name=Concat("name", Value(_AWKWARD)))
    Department.objects.all().delete()
    for operation in ("insert", "update", "delete"):
        entries = departments().filter(operation=operation)
        assert {entry.object_id for entry in entries} == {row.pk for row in made}
        assert entries.count() == rows
        assert {(entry.actor_id, entry.request_id) for entry in entries} == {(actor.pk, "req-1")}
    names = {row.pk: row.name for row in made}
    for entry in departments().filter(operation="update"):
        name = names[entry.object_id]
        assert (entry.before, entry.after) == ({"name": name}, {"name": name + _AWKWARD})


@pytest.mark.parametrize("rows", [1, 80])
def test_null_and_other_types_are_told_apart(inside, rows):
    members = [MembershipFactory(title="旧") for _ in range(rows)]
    department = DepartmentFactory()
    first_of_all = AuditEntry.objects.order_by("-id").first().id
    chosen = Membership.objects.filter(pk__in=[member.pk for member in members])
    chosen.update(department=department, ended_at="2026-01-02T03:04:05Z")
    chosen.update(department=None)
    changes = AuditEntry.objects.filter(table_name="tenancy_membership", id__gt=first_of_all).order_by("id")
    there = {"department_id": str(department.pk), "ended_at": "2026-01-02T03:04:05+00:00"}
    assert [(e.before, e.after) for e in changes[:rows]] == [
        ({"department_id": None, "ended_at": None}, there)
    ] * rows
    assert [(e.before, e.after) for e in changes[rows:]] == [
        ({"department_id": str(department.pk)}, {"department_id": None})
    ] * rows


def test_raw_sql_is_recorded(inside, actor):
    department = DepartmentFactory(name="甲")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tenancy_department SET name = '乙' WHERE id = %s", [department.pk])
    entry = departments().last()
    assert facts(entry) == ("update", department.pk, actor.pk, "req-1")
    assert entry.after == {"name": "乙"}


def test_a_moved_key_is_recorded_as_gone_and_come(inside):
    department, other = DepartmentFactory(name="甲"), uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tenancy_department SET id = %s WHERE id = %s", [str(other), department.pk])
    gone, come = sorted(departments().filter(operation="update"), key=lambda entry: entry.after is not None)
    assert (gone.object_id, gone.before["name"], gone.after) == (department.pk, "甲", None)
    assert (come.object_id, come.before, come.after["name"]) == (other, None, "甲")


def test_an_upsert_is_recorded_as_what_it_did(inside):
    department = DepartmentFactory(name="甲")
    rows = [Department(pk=department.pk, name="乙"), Department(name="丙")]
    with connection.cursor() as cursor:
        for row in rows:
            cursor.execute(
                "INSERT INTO tenancy_department (organization_id, id, name, version) VALUES (%s, %s, %s, 1)"
                " ON CONFLICT (organization_id, id) DO UPDATE SET name = excluded.name",
                [inside.pk, row.pk, row.name],
            )
    told = [(entry.operation, entry.object_id) for entry in departments()]
    assert told == [("insert", department.pk), ("update", department.pk), ("insert", rows[1].pk)]


def test_what_is_rolled_back_leaves_nothing(inside):
    with pytest.raises(RuntimeError), transaction.atomic():
        DepartmentFactory()
        raise RuntimeError
    assert not departments().exists()


def test_the_system_itself_has_no_actor(ours):
    with organization_context(ours):
        DepartmentFactory()
        (entry,) = departments()
    assert (entry.actor_id, entry.request_id) == (None, "")


@pytest.mark.django_db(transaction=True)
def test_the_owner_is_recorded_by_name(ours, owner_cursor_factory):
    with owner_cursor_factory() as owner, owner.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tenancy_department (organization_id, id, name, version)"
            " VALUES (%s, gen_random_uuid(), '迁移', 1)",
            [ours.pk],
        )
    with organization_context(ours):
        (entry,) = departments()
    assert (entry.db_role, entry.actor_id, entry.after["name"]) == ("crm_owner", None, "迁移")


def test_another_organisation_sees_nothing(ours, theirs, inside):
    DepartmentFactory()
    with organization_context(theirs):
        assert not departments().exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM tenancy_auditentry WHERE table_name = 'tenancy_department'")
            assert cursor.fetchone() == (0,)
    assert departments().count() == 1


def test_an_access_is_recorded_and_is_nothing_else(inside, actor):
    department = DepartmentFactory()
    record_access(department, "reveal", field="phone")
    record_access(Department, "export", rows=3)
    (one, many) = AuditEntry.objects.filter(operation="access").order_by("id")
    assert facts(one) == ("access", department.pk, actor.pk, "req-1")
    assert one.after == {"action": "reveal", "field": "phone"}
    assert (many.object_id, many.after) == (None, {"action": "export", "rows": 3})


_FORBIDDEN = [
    "INSERT INTO tenancy_auditentry (organization_id, at, cluster, xid, db_role, operation, table_name, content, digest)"
    " VALUES (current_setting('app.organization_id')::bigint, now(), 1, 1, 'x', 'insert', 'x', '', '')",
    "UPDATE tenancy_auditentry SET actor_id = NULL",
    "DELETE FROM tenancy_auditentry",
    "TRUNCATE tenancy_auditentry",
    "UPDATE tenancy_auditentry_default SET actor_id = NULL",
    "DELETE FROM tenancy_auditblock",
    "INSERT INTO tenancy_auditblock SELECT * FROM tenancy_auditblock",
    "UPDATE tenancy_auditblock SET entries = 0",
    "TRUNCATE tenancy_auditblock",
    "UPDATE tenancy_audithead SET number = 0",
    "DELETE FROM tenancy_audithead",
    "INSERT INTO tenancy_audithead (organization_id, number, mac) VALUES (1, 0, '')",
    "SELECT nextval('tenancy_auditentry_id_seq')",
    "SELECT tenancy_audit_append(1, 'insert', 'x', NULL, NULL, NULL)",
    "TRUNCATE tenancy_department CASCADE",
    "ALTER TABLE tenancy_department DISABLE TRIGGER ALL",
    "ALTER TABLE tenancy_department DISABLE ROW LEVEL SECURITY",
    "DROP TRIGGER audit_insert ON tenancy_department",
    "SET session_replication_role = replica",
    "SET ROLE crm_sealer",
    "SET ROLE crm_owner",
    "CREATE OR REPLACE FUNCTION tenancy_audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE TEMP TABLE tenancy_x (organization_id bigint, id uuid);"
    " CREATE TRIGGER t AFTER INSERT ON tenancy_x REFERENCING NEW TABLE AS new_rows"
    " FOR EACH STATEMENT EXECUTE FUNCTION tenancy_audit()",
    "CREATE TEMP TABLE tenancy_y (id bigint); CREATE TRIGGER t AFTER INSERT ON tenancy_y"
    " FOR EACH ROW EXECUTE FUNCTION tenancy_audit_platform('', '')",
]


@pytest.mark.parametrize("statement", _FORBIDDEN)
def test_the_application_cannot_forge_or_alter(inside, statement):
    DepartmentFactory()
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner|must be able to SET ROLE"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_partition_is_no_way_round_the_wall(inside, theirs):
    with organization_context(theirs):
        DepartmentFactory()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'tenancy_auditentry'::regclass"
        )
        partitions = [row[0] for row in cursor.fetchall()]
        assert len(partitions) == 5
        for partition in partitions:
            cursor.execute(f"SELECT count(*) FROM {partition} WHERE organization_id <> %s", [inside.pk])
            assert cursor.fetchone() == (0,)


def test_settings_of_the_session_do_not_change_what_is_recorded(inside):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'Asia/Shanghai'; SET LOCAL bytea_output = 'escape'")
        MembershipFactory(phone="13800000000")
    entry = AuditEntry.objects.filter(table_name="tenancy_membership").latest("id")
    assert entry.after["joined_at"].endswith("+00:00")
    assert entry.after["phone"].startswith("\\x")


def test_every_organisation_starts_with_its_own_entry(inside):
    other = OrganizationFactory(slug="third", name="第三家")
    with organization_context(other):
        (entry,) = AuditEntry.objects.all()
    assert (entry.operation, entry.table_name, entry.object_id) == (
        "insert",
        "tenancy_organization",
        other.uid,
    )
    assert (entry.after["slug"], entry.after["name"]) == ("third", "第三家")

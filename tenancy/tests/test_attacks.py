"""What somebody with SQL of their own, as the application's role, must not get out of temporary objects."""

from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from tenancy.db import roles
from tenancy.models import AuditEntry
from tenancy.tests.factories import DepartmentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.tenancy]

_DECOY = "CREATE TEMP TABLE tenancy_auditentry (LIKE public.tenancy_auditentry); GRANT ALL ON tenancy_auditentry TO PUBLIC"
_TROJAN = """
CREATE TEMP TABLE loot (who text);
GRANT ALL ON loot TO PUBLIC;
CREATE FUNCTION pg_temp.steal(value pg_catalog.uuid) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN INSERT INTO pg_temp.loot VALUES (current_user); RETURN true; END $$;
GRANT EXECUTE ON FUNCTION pg_temp.steal(pg_catalog.uuid) TO PUBLIC;
CREATE DOMAIN pg_temp.uuid AS pg_catalog.uuid CHECK (pg_temp.steal(VALUE));
SET LOCAL app.actor_id = '00000000-0000-0000-0000-000000000001';
"""


@pytest.fixture
def temporary(owner_cursor_factory):
    """The right to make temporary objects, which an installation takes away, given back: the walls hold without that."""
    owner = owner_cursor_factory()
    owner.cursor().execute(f'GRANT TEMPORARY ON DATABASE "{owner.info.dbname}" TO PUBLIC')
    yield
    owner.close()


def execute(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def test_a_decoy_table_does_not_catch_audit_entries(inside_ours, temporary):
    with transaction.atomic():
        execute(_DECOY)
        department = DepartmentFactory()
        assert execute("SELECT count(*) FROM pg_temp.tenancy_auditentry") == [(0,)]
        execute("DROP TABLE pg_temp.tenancy_auditentry")
        assert AuditEntry.objects.filter(object_id=department.pk).count() == 1


def test_a_decoy_type_runs_nothing_as_the_owner_of_the_tables(inside_ours, temporary):
    execute(_TROJAN)
    execute(
        "INSERT INTO public.tenancy_department (organization_id, id, name, version)"
        f" VALUES ({inside_ours.pk}, gen_random_uuid(), 'x', 1)"
    )
    execute("SELECT tenancy_audit_access('x', NULL, '{}')")
    assert execute("SELECT who FROM pg_temp.loot WHERE who <> session_user") == []


def test_an_installation_takes_the_right_to_temporary_objects_away(
    owner_cursor_factory, monkeypatch, inside_ours
):
    owner = owner_cursor_factory()
    stand_in = SimpleNamespace(
        vendor="postgresql", ops=connection.ops, settings_dict=connection.settings_dict, cursor=owner.cursor
    )
    monkeypatch.setattr(roles, "connections", {"owner": stand_in})
    roles.grant_default_privileges(using="owner")
    owner.close()
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        execute("CREATE TEMP TABLE loot (who text)")


@pytest.mark.parametrize("text", ["'); DROP TABLE x; --", "a <-> ", "\\"])
def test_the_search_takes_terms_only(inside_ours, text):
    with (
        pytest.raises(DatabaseError, match=r"tsquery|escaped"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT customers_search(ARRAY[]::text[], %s, ARRAY[]::text[], 5)", [text])

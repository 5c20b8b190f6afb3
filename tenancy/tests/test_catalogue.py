"""The database's catalogue, read as the owner: every table stands behind its wall. And the reader itself can fail."""

import pytest

from tenancy.tests.catalogue import (
    DEFINER_FUNCTIONS,
    LOOSE_KEYS,
    PLATFORM_TABLES,
    UNLED_INDEXES,
    complaints,
)

pytestmark = pytest.mark.tenancy

GOOD = """
CREATE TABLE sales_thing (
    id uuid NOT NULL, organization_id bigint NOT NULL, owner_id uuid NOT NULL, PRIMARY KEY (organization_id, id),
    CONSTRAINT thing_owner FOREIGN KEY (organization_id, owner_id) REFERENCES tenancy_membership (organization_id, id));
CREATE INDEX thing_owner_index ON sales_thing (organization_id, owner_id);
ALTER TABLE sales_thing ENABLE ROW LEVEL SECURITY;
ALTER TABLE sales_thing FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sales_thing TO {app}
    USING (organization_id = current_setting('app.organization_id')::bigint)
    WITH CHECK (organization_id = current_setting('app.organization_id')::bigint);
CREATE POLICY service ON sales_thing TO CURRENT_USER, {backup}, {search} USING (true) WITH CHECK (true);
"""
MUTATIONS = {
    "neither a tenant table": "CREATE TABLE sales_loose (id uuid PRIMARY KEY)",
    "may be null": "ALTER TABLE sales_thing DROP CONSTRAINT sales_thing_pkey, ALTER organization_id DROP NOT NULL",
    "not enabled and forced": "ALTER TABLE sales_thing NO FORCE ROW LEVEL SECURITY",
    "is not enabled": "ALTER TABLE sales_thing DISABLE ROW LEVEL SECURITY",
    "policies are not exactly": "CREATE POLICY more ON sales_thing USING (true)",
    "its policies": "DROP POLICY tenant ON sales_thing",
    "its primary key": "ALTER TABLE sales_thing DROP CONSTRAINT sales_thing_pkey, ADD PRIMARY KEY (id)",
    "does not contain organization_id": "CREATE UNIQUE INDEX thing_unique ON sales_thing (owner_id)",
    "does not begin with": "CREATE INDEX thing_index ON sales_thing (owner_id, organization_id)",
    "begin with organization_id": "CREATE INDEX thing_lower ON sales_thing (lower(owner_id::text))",
    "without a foreign key": "ALTER TABLE sales_thing DROP CONSTRAINT thing_owner",
    "does not name the organisation": """
        CREATE TABLE sales_side (organization_id bigint NOT NULL, id uuid NOT NULL UNIQUE);
        ALTER TABLE sales_thing ADD side_id uuid REFERENCES sales_side (id)""",
    "rights of who reads it": "CREATE VIEW sales_view AS SELECT * FROM sales_thing",
    "materialised view": "CREATE MATERIALIZED VIEW sales_view AS SELECT * FROM sales_thing",
    "not on the list": """
        CREATE FUNCTION sales_peek() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = public AS 'SELECT 1'""",
    "without a search_path": """
        CREATE FUNCTION sales_peek() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'""",
    "temporary objects": """
        CREATE FUNCTION sales_peek() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = public AS 'SELECT 1'""",
    "every role may run": "GRANT EXECUTE ON FUNCTION tenancy_organizations_of(bigint) TO PUBLIC",
    "may truncate": "GRANT TRUNCATE ON sales_thing TO {app}",
    "may write": "GRANT INSERT ON tenancy_auditentry TO {app}",
}


@pytest.fixture
def owner(owner_cursor_factory, settings):
    """A cursor of the owner, whose changes are undone."""
    connection = owner_cursor_factory()
    connection.autocommit = False
    with connection.cursor() as cursor:
        yield cursor
    connection.rollback()
    connection.close()


def run(owner, sql: str, settings) -> None:
    owner.execute(sql.format(**settings.DATABASE_ROLES))


def test_every_table_stands_behind_its_wall(owner):
    assert complaints(owner) == []


def test_nothing_is_on_a_list_in_vain(owner):
    owner.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")
    relations = {name for (name,) in owner.fetchall()}
    assert set(PLATFORM_TABLES) | set(UNLED_INDEXES) <= relations
    owner.execute("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef")
    assert set(DEFINER_FUNCTIONS) == {name for (name,) in owner.fetchall()}
    owner.execute("SELECT table_name || '.' || column_name FROM information_schema.columns")
    assert set(LOOSE_KEYS) <= {name for (name,) in owner.fetchall()}


def test_every_exception_has_a_reason():
    for listed in (PLATFORM_TABLES, DEFINER_FUNCTIONS, UNLED_INDEXES, LOOSE_KEYS):
        assert all(listed.values())


def test_a_good_table_is_not_complained_of(owner, settings):
    run(owner, GOOD, settings)
    assert complaints(owner) == []


@pytest.mark.parametrize("complaint", MUTATIONS)
def test_a_hole_is_found(owner, settings, complaint):
    run(owner, GOOD, settings)
    run(owner, MUTATIONS[complaint], settings)
    assert any(complaint in line for line in complaints(owner))


def test_partitions_of_the_audit_are_looked_at(owner):
    owner.execute("ALTER TABLE tenancy_auditentry_default NO FORCE ROW LEVEL SECURITY")
    assert complaints(owner) == ["tenancy_auditentry_default: row-level security is not enabled and forced"]

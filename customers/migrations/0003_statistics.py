"""What the planner knows of a registry that grows from nothing to a hundred thousand rows within one import."""

from django.conf import settings
from django.db import migrations

STATISTICS = """
-- Until the first ANALYZE every index that begins with the organisation looks as good as the key, and the plans behind
-- foreign keys read all of the organisation's rows for each check. Only an owner may ANALYZE; a table of some size has its
-- statistics from autovacuum already.
CREATE FUNCTION customers_know_size() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (SELECT reltuples FROM pg_class WHERE oid = 'public.customers_customer'::regclass) < 10000 THEN
        EXECUTE 'ANALYZE public.customers_customer (organization_id, id)';
        EXECUTE 'ANALYZE public.customers_contactpoint (organization_id, id, value_index)';
    END IF;
END $$;
REVOKE ALL ON FUNCTION customers_know_size() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customers_know_size() TO {app};
"""


def _install(apps, schema_editor) -> None:
    roles = {name: schema_editor.quote_name(role) for name, role in settings.DATABASE_ROLES.items()}
    schema_editor.execute(STATISTICS.format(**roles), params=None)


def _remove(apps, schema_editor) -> None:
    schema_editor.execute("DROP FUNCTION customers_know_size()")


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_search")]

    operations = [migrations.RunPython(_install, _remove)]

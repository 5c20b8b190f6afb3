"""The one function that searches customers: full-text operators use no index below a row-level policy."""

from django.conf import settings
from django.db import migrations

SEARCH = """
GRANT SELECT ON customers_customersearch TO {search};

-- Ids of the organisation's customers that match any of `queries` (tsquery texts, most wanted first), the newest `most` of each.
-- The organisation comes from the context, never from the caller. EXECUTE, so that each query is planned for its own
-- terms: a rare one by the text index, a common one by walking from the newest.
CREATE FUNCTION customers_search(queries text[], most integer)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200
SET search_path = pg_catalog, public, pg_temp SET jit = off AS $$
DECLARE
    organization bigint := current_setting('app.organization_id')::bigint;
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY queries LOOP
        RETURN QUERY EXECUTE format(
            'SELECT customer_id FROM public.customers_customersearch'
            ' WHERE organization_id = %s AND document @@ %L::tsquery ORDER BY customer_id DESC LIMIT %s',
            organization, wanted, least(most, 1000));
    END LOOP;
END $$;
ALTER FUNCTION customers_search(text[], integer) OWNER TO {search};
REVOKE ALL ON FUNCTION customers_search(text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customers_search(text[], integer) TO {app};
"""

UNDO = """
DROP FUNCTION customers_search(text[], integer);
REVOKE SELECT ON customers_customersearch FROM {search};
"""


def _run(sql: str):
    def run(apps, schema_editor) -> None:
        roles = {name: schema_editor.quote_name(role) for name, role in settings.DATABASE_ROLES.items()}
        schema_editor.execute(sql.format(**roles), params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [migrations.RunPython(_run(SEARCH), _run(UNDO))]

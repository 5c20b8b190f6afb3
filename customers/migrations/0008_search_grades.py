"""The one function that searches customers now tells, for each, by which of the queries it was found."""

from django.conf import settings
from django.db import migrations

SEARCH = """
-- The organisation's customers that match one of `foremost` (tsquery texts, most wanted first), with the place of that query;
-- then those that match `wanted`, with the number of those and the place in `grades` of the first that they match
-- too (one more when none). The newest `most` of each. The organisation comes from the context, never from the caller.
-- EXECUTE, so that each query is planned for its own terms: a rare one by the text index, a common one by walking from the
-- newest.
CREATE FUNCTION customers_search(foremost text[], wanted text, grades text[], most integer)
RETURNS TABLE (customer uuid, place integer) LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200
SET search_path = pg_catalog, public, pg_temp SET jit = off AS $$
DECLARE
    organization bigint := current_setting('app.organization_id')::bigint;
    source text := format(
        ' FROM public.customers_customersearch WHERE organization_id = %s AND document @@ ', organization);
    ending text := format('::tsquery ORDER BY customer_id DESC LIMIT %s', least(most, 1000));
    before integer := cardinality(foremost);
    graded text := '';
BEGIN
    FOR number IN 1 .. before LOOP
        RETURN QUERY EXECUTE format('SELECT customer_id, %s', number) || source || quote_literal(foremost[number]) || ending;
    END LOOP;
    IF wanted = '' THEN
        RETURN;
    END IF;
    FOR number IN 1 .. cardinality(grades) LOOP
        graded := graded || format('WHEN document @@ %L::tsquery THEN %s ', grades[number], before + number);
    END LOOP;
    RETURN QUERY EXECUTE format('SELECT customer_id, CASE %s WHEN true THEN %s END FROM (SELECT customer_id, document',
        graded, before + cardinality(grades) + 1) || source || quote_literal(wanted) || ending || ') found';
END $$;
ALTER FUNCTION customers_search(text[], text, text[], integer) OWNER TO {search};
REVOKE ALL ON FUNCTION customers_search(text[], text, text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customers_search(text[], text, text[], integer) TO {app};
DROP FUNCTION customers_search(text[], integer);
"""


def _install(apps, schema_editor) -> None:
    roles = {name: schema_editor.quote_name(role) for name, role in settings.DATABASE_ROLES.items()}
    schema_editor.execute(SEARCH.format(**roles), params=None)


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_relations")]

    operations = [migrations.RunPython(_install)]

"""A search for what was meant, many spellings at once, finds few: by the text index, whatever the planner expects."""

from django.conf import settings
from django.db import migrations

SEARCH = """
-- As before. But of a `wanted` that stands alone (many beginnings of words, any of them) the planner expects a fiftieth of
-- all for each, and would walk through everybody in search of a handful: whether it is common is seen from the newest.
CREATE OR REPLACE FUNCTION customers_search(foremost text[], wanted text, grades text[], most integer)
RETURNS TABLE (customer uuid, place integer) LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200
SET search_path = pg_catalog, public, pg_temp SET jit = off SET enable_seqscan = off AS $$
DECLARE
    organization bigint := current_setting('app.organization_id')::bigint;
    owned text := format(' FROM public.customers_customersearch WHERE organization_id = %s', organization);
    source text := owned || ' AND document @@ ';
    newest text := ' ORDER BY customer_id DESC LIMIT ';
    ending text := '::tsquery' || newest || least(most, 1000);
    before integer := cardinality(foremost);
    graded text := '';
    common boolean;
BEGIN
    FOR number IN 1 .. before LOOP
        RETURN QUERY EXECUTE format('SELECT customer_id, %s', number) || source || quote_literal(foremost[number]) || ending;
    END LOOP;
    IF wanted = '' THEN
        RETURN;
    END IF;
    IF before + cardinality(grades) = 0 THEN
        EXECUTE 'SELECT count(*) >= 5 FROM (SELECT document' || owned || newest || '500) sample WHERE document @@ '
            || quote_literal(wanted) || '::tsquery' INTO common;
        IF NOT common THEN
            RETURN QUERY EXECUTE 'SELECT customer_id, 1 FROM (SELECT customer_id' || source || quote_literal(wanted)
                || '::tsquery OFFSET 0) found' || newest || least(most, 1000);
            RETURN;
        END IF;
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
"""


def _install(apps, schema_editor) -> None:
    roles = {name: schema_editor.quote_name(role) for name, role in settings.DATABASE_ROLES.items()}
    schema_editor.execute(SEARCH.format(**roles), params=None)


class Migration(migrations.Migration):
    dependencies = [("customers", "0038_places_that_an_undo_lacks")]

    operations = [migrations.RunPython(_install)]

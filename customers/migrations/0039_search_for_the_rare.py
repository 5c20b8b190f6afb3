"""A search finds the rare by the text index and the common by walking from the newest: the newest say which it is."""

from django.conf import settings
from django.db import migrations

SEARCH = """
-- As before, but which way each query is answered is no longer left to the planner: of the beginning of a word, or of many
-- spellings at once, it cannot know how common they are; of five hundred documents, the newest, so many hold it. With a share
-- of f among n documents walking reads most / f, each at 1.4 us, the index finds f n, each at 3.4 us (measured): both ways
-- take as long where f is the root of 0.41 most / n. The planner knows n (and is asked in volatile functions only).
CREATE OR REPLACE FUNCTION customers_search(foremost text[], wanted text, grades text[], most integer)
RETURNS TABLE (customer uuid, place integer) LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 200
SET search_path = pg_catalog, public, pg_temp SET jit = off SET enable_seqscan = off AS $$
DECLARE
    organization bigint := current_setting('app.organization_id')::bigint;
    owned text := format(
        'SELECT customer_id, document FROM public.customers_customersearch WHERE organization_id = %s', organization);
    newest text := ' ORDER BY customer_id DESC';
    walked text := '(' || owned || newest || ' OFFSET 0) d WHERE document @@ %1$L::tsquery LIMIT %2$s';
    sought text := '(' || owned || ' AND document @@ %1$L::tsquery OFFSET 0) d' || newest || ' LIMIT %2$s';
    before integer := cardinality(foremost);
    queries text[] := foremost || CASE wanted WHEN '' THEN '{{}}'::text[] ELSE ARRAY[wanted] END;
    graded text := '';
    common boolean[];
    plan json;
BEGIN
    IF cardinality(queries) = 0 THEN
        RETURN;
    END IF;
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || owned INTO plan;
    EXECUTE (SELECT format('SELECT ARRAY[%s] FROM (%s LIMIT 500) sample', string_agg(
            format('count(*) FILTER (WHERE document @@ %L::tsquery) >= $1', query), ', ' ORDER BY number), owned || newest)
        FROM unnest(queries) WITH ORDINALITY AS q(query, number))
        INTO common USING 500 * sqrt(0.41 * most / greatest((plan -> 0 -> 'Plan' ->> 'Plan Rows')::float, 1));
    FOR number IN 1 .. cardinality(grades) LOOP
        graded := graded || format('WHEN document @@ %L::tsquery THEN %s ', grades[number], before + number);
    END LOOP;
    FOR number IN 1 .. cardinality(queries) LOOP
        RETURN QUERY EXECUTE CASE WHEN number > before
            THEN format('SELECT customer_id, CASE %s WHEN true THEN %s END', graded, before + cardinality(grades) + 1)
            ELSE format('SELECT customer_id, %s', number) END
            || ' FROM (SELECT * FROM '
            || format(CASE WHEN common[number] THEN walked ELSE sought END, queries[number], least(most, 1000)) || ') found';
    END LOOP;
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

"""A search of several pieces asks the index for those that tell most, and the documents for the others."""

from django.conf import settings
from django.db import migrations

SEARCH = """
-- All of `parts` together or one of `beside`, within all of `limits`; the rest as before. The index gathers whatever begins
-- like a word before it looks at anything else (0.1 us an entry): with a piece that is rare, a common beginning is read for
-- nothing. It is left to the documents (3.4 us each) where it is more than 34 times as common as the rarest piece, which half
-- an entry stands for when the sample has none.
CREATE FUNCTION customers_search(
    foremost text[], parts text[], beside text[], limits text[], grades text[], most integer)
RETURNS TABLE (customer uuid, place integer) LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 200
SET search_path = pg_catalog, public, pg_temp SET jit = off SET enable_seqscan = off AS $$
DECLARE
    organization bigint := current_setting('app.organization_id')::bigint;
    owned text := format(
        'SELECT customer_id, document FROM public.customers_customersearch WHERE organization_id = %s', organization);
    newest text := ' ORDER BY customer_id DESC';
    walked text := '(' || owned || newest || ' OFFSET 0) d WHERE document @@ %2$L::tsquery LIMIT %3$s';
    sought text := '(' || owned || ' AND document @@ %1$L::tsquery OFFSET 0) d WHERE document @@ %2$L::tsquery' || newest
        || ' LIMIT %3$s';
    before integer := cardinality(foremost);
    whole text := array_to_string(array_to_string(parts, ' & ') || beside, ' | ');
    wanted text := array_to_string(('(' || nullif(whole, '') || ')') || limits, ' & ');
    queries text[] := foremost || CASE whole WHEN '' THEN '{{}}'::text[] ELSE ARRAY[wanted] END;
    narrowed text := wanted;
    pieces text[] := ARRAY(SELECT piece FROM unnest(parts || limits) piece WHERE piece NOT LIKE '!%');
    graded text := '';
    held bigint[];
    kept text[];
    told text;
    common boolean[];
    plan json;
BEGIN
    IF cardinality(queries) = 0 THEN
        RETURN;
    END IF;
    IF cardinality(pieces) = 1 OR cardinality(parts) = 0 OR array_to_string(pieces, '') NOT LIKE '%:*%' THEN
        pieces := '{{}}';
    END IF;
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || owned INTO plan;
    EXECUTE (SELECT format('SELECT ARRAY[%s]::bigint[] FROM (%s LIMIT 500) sample', string_agg(
            format('count(*) FILTER (WHERE document @@ %L::tsquery)', query), ', ' ORDER BY number), owned || newest)
        FROM unnest(queries || pieces) WITH ORDINALITY AS q(query, number))
        INTO held;
    common := ARRAY(SELECT n >= 500 * sqrt(0.41 * most / greatest((plan -> 0 -> 'Plan' ->> 'Plan Rows')::float, 1))
        FROM unnest(held) WITH ORDINALITY AS h(n, number) ORDER BY number);
    IF cardinality(pieces) > 0 THEN
        held := held[cardinality(queries) + 1:];
        kept := ARRAY(SELECT piece FROM unnest(pieces, held) AS p(piece, n)
            WHERE piece NOT LIKE '%:*%' OR n <= 34 * greatest((SELECT min(least) FROM unnest(held) least), 0.5));
        told := array_to_string(ARRAY(SELECT piece FROM unnest(parts) piece WHERE piece = ANY(kept)), ' & ');
        narrowed := array_to_string(
            CASE told WHEN '' THEN '{{}}'::text[] ELSE ARRAY['(' || array_to_string(told || beside, ' | ') || ')'] END
            || ARRAY(SELECT piece FROM unnest(limits) piece WHERE piece LIKE '!%' OR piece = ANY(kept)), ' & ');
    END IF;
    FOR number IN 1 .. cardinality(grades) LOOP
        graded := graded || format('WHEN document @@ %L::tsquery THEN %s ', grades[number], before + number);
    END LOOP;
    FOR number IN 1 .. cardinality(queries) LOOP
        RETURN QUERY EXECUTE CASE WHEN number > before
            THEN format('SELECT customer_id, CASE %s WHEN true THEN %s END', graded, before + cardinality(grades) + 1)
            ELSE format('SELECT customer_id, %s', number) END
            || ' FROM (SELECT * FROM '
            || format(CASE WHEN common[number] THEN walked ELSE sought END,
                CASE WHEN number > before THEN narrowed ELSE queries[number] END, queries[number], least(most, 1000)) || ') found';
    END LOOP;
END $$;
ALTER FUNCTION customers_search(text[], text[], text[], text[], text[], integer) OWNER TO {search};
REVOKE ALL ON FUNCTION customers_search(text[], text[], text[], text[], text[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customers_search(text[], text[], text[], text[], text[], integer) TO {app};

CREATE OR REPLACE FUNCTION customers_search(foremost text[], wanted text, grades text[], most integer)
RETURNS TABLE (customer uuid, place integer) LANGUAGE sql VOLATILE SECURITY DEFINER ROWS 200
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT * FROM public.customers_search(
        foremost, CASE wanted WHEN '' THEN '{{}}'::text[] ELSE ARRAY[wanted] END, '{{}}', '{{}}', grades, most)
$$;
"""


def _install(apps, schema_editor) -> None:
    roles = {name: schema_editor.quote_name(role) for name, role in settings.DATABASE_ROLES.items()}
    schema_editor.execute(SEARCH.format(**roles), params=None)


class Migration(migrations.Migration):
    dependencies = [("customers", "0040_custom_labels_named_alike")]

    operations = [migrations.RunPython(_install)]

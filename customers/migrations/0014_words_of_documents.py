"""Which words occur in the search documents, for guesses at what was mistyped; and a short list of what was written last."""

import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations

WORDS = """
-- Those of `words` (a to z, `:*` behind one that may go on) that occur in the organisation's documents. The organisation comes
-- from the context, never from the caller. Each is looked up in the text index, and in no other way.
CREATE FUNCTION customers_known_words(words text[])
RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = pg_catalog, public, pg_temp SET jit = off
SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
DECLARE
    organization bigint := current_setting('app.organization_id')::bigint;
BEGIN
    RETURN QUERY SELECT word FROM unnest(words) AS given(word)
    WHERE word ~ '^[a-z]+(:[*])?$' AND EXISTS (
        SELECT FROM public.customers_customersearch
        WHERE organization_id = organization AND document @@ format(
            '''%s:%s''%s', organization, split_part(word, ':', 1), substr(word, strpos(word || ':', ':')))::tsquery);
END $$;
ALTER FUNCTION customers_known_words(text[]) OWNER TO {search};
REVOKE ALL ON FUNCTION customers_known_words(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customers_known_words(text[]) TO {app};
"""


def _install(apps, schema_editor) -> None:
    roles = {name: schema_editor.quote_name(role) for name, role in settings.DATABASE_ROLES.items()}
    schema_editor.execute(WORDS.format(**roles), params=None)


def _remove(apps, schema_editor) -> None:
    schema_editor.execute("DROP FUNCTION customers_known_words(text[])")


class Migration(migrations.Migration):
    dependencies = [("customers", "0013_exports_on_paper")]

    operations = [
        migrations.RunPython(_install, _remove),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER INDEX customers_search_document SET (gin_pending_list_limit = 256)",
                    "ALTER INDEX customers_search_document RESET (gin_pending_list_limit)",
                )
            ],
            state_operations=[
                migrations.RemoveIndex("customersearch", "customers_search_document"),
                migrations.AddIndex(
                    "customersearch",
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["document"], gin_pending_list_limit=256, name="customers_search_document"
                    ),
                ),
            ],
        ),
    ]

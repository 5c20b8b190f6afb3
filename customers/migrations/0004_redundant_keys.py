"""Keys that say what another key says already.

A row that points at a customer by (organization_id, customer_id) belongs to an organisation that exists, since the customer
does. On the tables of which an import writes several rows for each customer, the key to the organisation itself would only be
checked once more for each: a tenth of what the database does.
"""

from django.db import migrations

TABLES = (
    "customers_contactpoint",
    "customers_contactperson",
    "customers_customersearch",
    "customers_timelineentry",
    "customers_importrow",
)

DROP = """
DO $$
DECLARE redundant record;
BEGIN
    FOR redundant IN
        SELECT conrelid::regclass AS relation, conname FROM pg_constraint
        WHERE contype = 'f' AND confrelid = 'public.tenancy_organization'::regclass
            AND conrelid = ANY ('{tables}'::regclass[])
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', redundant.relation, redundant.conname);
    END LOOP;
END $$;
"""


def drop_redundant(schema_editor, tables) -> None:
    names = "{" + ",".join(f"public.{table}" for table in tables) + "}"
    schema_editor.execute(DROP.format(tables=names), params=None)


def _drop(apps, schema_editor) -> None:
    drop_redundant(schema_editor, TABLES)


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_statistics")]

    operations = [migrations.RunPython(_drop, migrations.RunPython.noop)]

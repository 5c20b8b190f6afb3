"""What the planner knows of contact persons, to whom an import adds contact details from its first batch on."""

from django.db import migrations

STATISTICS = """
CREATE OR REPLACE FUNCTION customers_know_size() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (SELECT reltuples FROM pg_class WHERE oid = 'public.customers_customer'::regclass) < 10000 THEN
        EXECUTE 'ANALYZE public.customers_customer (organization_id, id)';
        EXECUTE 'ANALYZE public.customers_contactpoint (organization_id, id, value_index)';
    END IF;
    IF (SELECT reltuples FROM pg_class WHERE oid = 'public.customers_contactperson'::regclass) < 10000 THEN
        EXECUTE 'ANALYZE public.customers_contactperson (organization_id, customer_id, id)';
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0047_people_of_imports")]

    # Code from before has no use for more statistics, and no harm from them.
    operations = [migrations.RunSQL(STATISTICS, migrations.RunSQL.noop)]

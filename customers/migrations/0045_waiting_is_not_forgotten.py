"""A customer in a public pool, or marked as invalid, is no longer among those that nobody owns: nobody has forgotten it."""

from django.db import migrations

_OTHERS = " + ".join(
    f"h.{problem}::int"
    for problem in ("overdue", "unreachable", "doubtful_name", "doubtful_phone", "found_wrong")
)
_SQL = f"""
DO $$
DECLARE o bigint;
BEGIN
    FOR o IN SELECT id FROM tenancy_organization LOOP
        PERFORM set_config('app.organization_id', o::text, true);
        UPDATE customers_customerhealth h SET unowned = false, quality = greatest(0, h.completeness - 15 * ({_OTHERS}))
        WHERE h.organization_id = o AND h.unowned AND (
            EXISTS (SELECT FROM customers_poolentry e WHERE e.organization_id = o AND e.customer_id = h.customer_id)
            OR EXISTS (SELECT FROM customers_customer c
                WHERE c.organization_id = o AND c.id = h.customer_id AND c.invalid_reason <> ''));
    END LOOP;
    PERFORM set_config('app.organization_id', '', true);
END $$"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0044_index_of_last_orders")]

    operations = [migrations.RunSQL(_SQL, migrations.RunSQL.noop)]

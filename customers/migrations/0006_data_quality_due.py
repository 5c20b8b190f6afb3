"""The figures of data quality for customers that are there already: the nightly work is due at once."""

from django.db import migrations

DUE = """
INSERT INTO tenancy_due (organization_id, kind, due_at, attempts)
SELECT id, 'customer_health', now(), 0 FROM tenancy_organization
ON CONFLICT (organization_id, kind) DO UPDATE SET due_at = now()
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_data_quality"), ("tenancy", "0001_initial")]

    operations = [migrations.RunSQL(DUE, migrations.RunSQL.noop)]

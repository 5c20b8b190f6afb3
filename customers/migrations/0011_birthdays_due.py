"""The next birthdays of customers that are there already: the nightly work fills them in at once."""

from django.db import migrations

DUE = """
INSERT INTO tenancy_due (organization_id, kind, due_at, attempts)
SELECT id, 'birthdays', now(), 0 FROM tenancy_organization
ON CONFLICT (organization_id, kind) DO UPDATE SET due_at = now()
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0010_fields_of_customers"), ("tenancy", "0001_initial")]

    operations = [migrations.RunSQL(DUE, migrations.RunSQL.noop)]

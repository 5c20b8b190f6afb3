"""No page asks for one person's sign-ins: the function that answered the application is gone."""

from django.db import migrations

# A database that was made since never had it: `doors.sql` no longer does.
DROP = "DROP FUNCTION IF EXISTS tenancy_audit_events_of(bigint, integer)"


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0003_department_tree")]

    operations = [migrations.RunSQL(DROP, migrations.RunSQL.noop)]

"""What is settled is told apart from transactions of other databases that begin or end in that moment."""

from django.db import migrations

from tenancy.audit.install import install_audit


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0004_no_door_to_events")]

    operations = [migrations.RunPython(install_audit, migrations.RunPython.noop)]

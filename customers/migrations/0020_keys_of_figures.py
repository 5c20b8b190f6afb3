"""As in 0004: these rows point at a customer by (organization_id, customer_id), so their organisation exists."""

from importlib import import_module

from django.db import migrations

_drop_redundant = import_module("customers.migrations.0004_redundant_keys").drop_redundant


def _drop(apps, schema_editor) -> None:
    _drop_redundant(schema_editor, ["customers_customerhealth", "customers_customerbirthday"])


class Migration(migrations.Migration):
    dependencies = [("customers", "0019_custom_field_destroyed")]

    operations = [migrations.RunPython(_drop, migrations.RunPython.noop)]

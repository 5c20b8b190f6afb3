"""The rollup points at a customer by (organization_id, customer_id), so its organisation exists."""

from importlib import import_module

from django.db import migrations

_drop_redundant = import_module("customers.migrations.0004_redundant_keys").drop_redundant


def _drop(apps, schema_editor) -> None:
    _drop_redundant(schema_editor, ["interactions_customercontact"])


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_redundant_keys"), ("interactions", "0001_initial")]

    operations = [migrations.RunPython(_drop, migrations.RunPython.noop)]

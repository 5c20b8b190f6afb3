"""What was said when customers were moved to a pool leaves the plain parameters for the encrypted note, and the audit."""

from typing import Any

from django.db import migrations

from tenancy import crypto

_ENTER = (
    "SELECT set_config('app.organization_id', %s, true), set_config('app.actor_id', '', true), "
    "set_config('app.request_id', '', true), set_config('app.origin', '', true)"
)
_FIND = """
SELECT id, params->>'note' FROM customers_bulkrun
WHERE organization_id = %s AND change = 'pool' AND params ? 'note'"""
_STORE = """
UPDATE customers_bulkrun SET note = %s, params = params - 'note' WHERE organization_id = %s AND id = %s"""
_FORGET = "SELECT tenancy_audit_erase('customers_bulkrun', %s::uuid[], 'notes-of-bulk-changes')"
PLACE = "customers_bulkrun.note"


def move_notes(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, uid FROM tenancy_organization")
        for organization, uid in cursor.fetchall():
            cursor.execute(_ENTER, [str(organization)])
            cursor.execute(_FIND, [organization])
            found = cursor.fetchall()
            for key, note in found:
                sealed = crypto.encrypt(note, uid, PLACE, key) if note else None
                cursor.execute(_STORE, [sealed, organization, key])
            if found:
                cursor.execute(_FORGET, [[str(key) for key, _note in found]])
        cursor.execute("SELECT set_config('app.organization_id', '', true)")


class Migration(migrations.Migration):
    dependencies = [("customers", "0036_note_of_a_bulk_change")]

    operations = [migrations.RunPython(move_notes, migrations.RunPython.noop)]

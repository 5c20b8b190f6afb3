"""The migration steps that put the audit in place and take it away."""

from django.conf import settings

from tenancy.audit.sql import REMOVE_AUDIT, install_audit_sql


def install_audit(apps, schema_editor) -> None:
    roles = settings.DATABASE_ROLES
    schema_editor.execute(install_audit_sql(roles["app"], roles["backup"], roles["sealer"]), params=None)


def remove_audit(apps, schema_editor) -> None:
    schema_editor.execute(REMOVE_AUDIT, params=None)

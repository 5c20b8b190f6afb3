"""The platform's own chain: what happens to credentials, organisations and sessions, outside any organisation's rows."""

import json

from django.db import connection, connections, models, transaction
from django.utils.translation import gettext_lazy as _

# Table → which changes; the column that names the organisation ("" is the platform), the one that names the
# person; the columns whose values may be recorded. Of the others (passwords, addresses, secrets) only the name is.
PLATFORM_TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "tenancy_organization": ("INSERT OR UPDATE OR DELETE", ("id", "", "*")),
    "tenancy_user": ("INSERT OR UPDATE OR DELETE", ("", "id", "is_active")),
    "account_emailaddress": ("INSERT OR UPDATE OR DELETE", ("", "user_id", "verified", "primary")),
    "mfa_authenticator": ("INSERT OR UPDATE OR DELETE", ("", "user_id", "type")),
    "socialaccount_socialaccount": ("INSERT OR UPDATE OR DELETE", ("", "user_id", "provider")),
    "usersessions_usersession": ("DELETE", ("", "user_id", "created_at")),
}


class PlatformEvent(models.TextChoices):
    """What people do with their credentials that no row shows."""

    SIGNED_IN = "signed_in", _("signed in")
    SIGNED_OUT = "signed_out", _("signed out")
    SIGN_IN_FAILED = "sign_in_failed", _("sign-in failed")
    PASSWORD_CHANGED = "password_changed", _("password changed")
    PASSWORD_RESET = "password_reset", _("password reset")
    EMAIL_CHANGED = "email_changed", _("email address changed")
    FACTOR_ADDED = "factor_added", _("second factor added")
    FACTOR_REMOVED = "factor_removed", _("second factor removed")
    FACTOR_RESET = "factor_reset", _("recovery codes made anew")
    FACTOR_FAILED = "factor_failed", _("second factor failed")


def record_event(
    event: PlatformEvent, person: int | None, *, request_id: str, origin: str, **note: object
) -> None:
    """Record what the user with id `person` did (None: nobody we know), from the address `origin`."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL app.request_id = %s; SET LOCAL app.origin = %s", [request_id, origin])
        cursor.execute("SELECT tenancy_audit_event(%s, %s, %s)", [event.value, person, json.dumps(note)])


def watch_platform_tables(app_config, using: str, **kwargs) -> None:
    """After migrations: platform tables, third-party ones included, report their changes; next months have partitions."""
    if app_config.label != "tenancy" or connections[using].vendor != "postgresql":
        return
    quote = connections[using].ops.quote_name
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regproc('tenancy_audit_platform')")
        if cursor.fetchone()[0] is None:
            return
        present = connections[using].introspection.table_names(cursor)
        for table in PLATFORM_TABLES.keys() & set(present):
            changes, arguments = PLATFORM_TABLES[table]
            placeholders = ", ".join(["%s"] * len(arguments))
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER audit_platform AFTER {changes} ON {quote(table)} "
                f"FOR EACH ROW EXECUTE FUNCTION tenancy_audit_platform({placeholders})",
                arguments,
            )
        cursor.execute("SELECT tenancy_audit_partitions(3)")

"""The database half of the audit: what migrations execute.

`schema/*.sql` holds tables, triggers and doors; every statement can be run again, so that a later migration changes
one by executing `install_audit_sql` anew.
"""

import re
from pathlib import Path

from tenancy.audit.triggers import TRIGGER_FUNCTION

_SCHEMA = Path(__file__).parent / "schema"
_EVENTS = {
    "insert": "REFERENCING NEW TABLE AS new_rows",
    "update": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "REFERENCING OLD TABLE AS old_rows",
}
TRIGGERS = tuple(f"audit_{event}" for event in _EVENTS)


def install_audit_sql(app_role: str, backup_role: str, sealer_role: str) -> str:
    """Idempotent SQL that makes the audit's tables, functions, policies and grants; run it as the owner."""
    roles = {
        "app": _quoted(app_role),
        "backup": _quoted(backup_role),
        "sealer": _quoted(sealer_role),
    }
    text = "\n".join([_file("tables"), TRIGGER_FUNCTION, _file("doors"), _file("sealing")])
    return re.sub(r"@(app|backup|sealer)@", lambda match: roles[match[1]], text)


REMOVE_AUDIT = """
DO $$
DECLARE door regprocedure;
BEGIN
    DROP TABLE IF EXISTS tenancy_auditentry, tenancy_auditblock, tenancy_audithead CASCADE;
    DROP SEQUENCE IF EXISTS tenancy_auditentry_id_seq;
    FOR door IN
        SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proname ~ '^tenancy_(platform_)?audit'
    LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', door);
    END LOOP;
END $$;
"""


def audit_triggers_sql(table: str) -> str:
    """SQL that records every insert, update and delete of the tenant table `table` from now on."""
    return " ".join(
        f"CREATE OR REPLACE TRIGGER audit_{event} AFTER {event.upper()} ON {_quoted(table)} {transition} "
        "FOR EACH STATEMENT EXECUTE FUNCTION tenancy_audit();"
        for event, transition in _EVENTS.items()
    )


def drop_audit_triggers_sql(table: str) -> str:
    return " ".join(f"DROP TRIGGER IF EXISTS {trigger} ON {_quoted(table)};" for trigger in TRIGGERS)


def _file(name: str) -> str:
    return (_SCHEMA / f"{name}.sql").read_text()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

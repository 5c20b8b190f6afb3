"""What each database role may do. The roles themselves are made by `launch` (or by an administrator)."""

from django.conf import settings
from django.db import connections

DEFAULT_PRIVILEGES = """
REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {app}, {backup}, {search}, {sealer};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {backup};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO {backup};
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
"""


def grant_default_privileges(*, using: str, **kwargs) -> None:
    """Before migrations: tables that the owner makes from now on are usable by the application and the backup."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    quoted = {name: connection.ops.quote_name(role) for name, role in settings.DATABASE_ROLES.items()}
    quoted["database"] = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(DEFAULT_PRIVILEGES.format(**quoted))

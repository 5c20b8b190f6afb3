"""Roles and database. Run by the virtual environment's Python, which has the driver:
`python -m launch.provision` reads {"url": …, "database": …, "passwords": {…}} from stdin and answers in JSON.
"""

import json
import sys

LOGINS = ("crm_owner", "crm_app", "crm_backup")
ROLES = (
    ("crm_search", "NOLOGIN"),
    ("crm_sealer", "NOLOGIN"),
    ("crm_owner", "LOGIN CREATEDB"),
    ("crm_app", "LOGIN"),
    ("crm_backup", "LOGIN"),
)
MEMBERSHIPS = ("GRANT crm_search, crm_sealer TO crm_owner", "GRANT crm_owner TO CURRENT_USER")
# Inside the database, as its owner: it hands out the schema itself, migration by migration.
SCHEMA = ("SET ROLE crm_owner", "ALTER SCHEMA public OWNER TO crm_owner", "RESET ROLE")


class Refused(Exception):
    """The server answered, and cannot be used as it is."""


def role_statement(role, options, password):
    return f"CREATE ROLE {role} {options}" + (f" PASSWORD '{password}'" if role in LOGINS else "")


def database_statement(database):
    return f"CREATE DATABASE \"{database}\" OWNER crm_owner ENCODING 'UTF8' TEMPLATE template0"


def script(database="crm", password="<choose a password>"):
    """What an administrator runs in psql where the product may not create roles."""
    statements = [
        *(role_statement(role, options, password) for role, options in ROLES),
        *MEMBERSHIPS,
        database_statement(database),
    ]
    inside = [f'\\connect "{database}"', *(f"{line};" for line in SCHEMA)]
    return "\n".join([*(f"{line};" for line in statements), *inside])


def provision(url, database, passwords):
    """Create what is missing. {"provisioned": False} when this login may not; Refused when it must not."""
    with connection(url) as server:
        may_create, version = ask(server, MAY_CREATE)[0]
        if version < 150000:
            raise Refused(f"The PostgreSQL server is version {version // 10000}; 15 or newer is needed.")
        if not may_create:
            return {"provisioned": False}
        for statement in missing_statements(server, database, passwords):
            server.cursor().execute(statement)
    with connection(url, database) as inside:
        for statement in SCHEMA:
            inside.cursor().execute(statement)
        check_roles(inside)
    return {"provisioned": True}


MAY_CREATE = """SELECT rolsuper OR (rolcreaterole AND rolcreatedb), current_setting('server_version_num')::int
    FROM pg_roles WHERE rolname = current_user"""
UNSAFE = """SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)
    AND (rolsuper OR rolbypassrls OR rolreplication)"""


def missing_statements(server, database, passwords):
    present = {name for (name,) in ask(server, "SELECT rolname FROM pg_roles")}
    foreign = [role for role in LOGINS if role in present and role not in passwords]
    if foreign:
        raise Refused(f"The roles {', '.join(foreign)} exist on this server, made by another installation.")
    for role, options in ROLES:
        if role not in present:
            yield role_statement(role, options, passwords.get(role))
        elif role in LOGINS:
            yield f"ALTER ROLE {role} PASSWORD '{passwords[role]}'"
    yield from MEMBERSHIPS
    if not ask(server, "SELECT 1 FROM pg_database WHERE datname = %s", [database]):
        yield database_statement(database)


def check_roles(server):
    """Under a role above row-level security no wall between organisations would stand."""
    unsafe = [name for (name,) in ask(server, UNSAFE, [[role for role, _ in ROLES]])]
    if unsafe:
        raise Refused(f"The roles {', '.join(unsafe)} stand above row-level security on this server.")


def connection(url, database=None):
    """An autocommit connection; the server's own maintenance database stands in for one not yet made."""
    from contextlib import closing

    import psycopg2

    opened = psycopg2.connect(url, connect_timeout=10, **({"dbname": database} if database else {}))
    opened.autocommit = True
    return closing(opened)


def ask(server, query, parameters=None):
    with server.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


def main():
    import psycopg2

    try:
        answer = provision(**json.load(sys.stdin))
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except psycopg2.Error as error:
        answer = {"error": str(error).strip()}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()

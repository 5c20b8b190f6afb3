"""Roles and database. Run by the virtual environment's Python, which has the driver:
`python -m launch.provision` reads {"url": …, "database": …, "passwords": {…}} from stdin and answers in JSON.
"""

import json
import sys
from contextlib import closing
from urllib.parse import urlsplit

LOGINS = ("crm_owner", "crm_app", "crm_backup")
ROLES = (
    ("crm_search", "NOLOGIN"),
    ("crm_sealer", "NOLOGIN"),
    ("crm_owner", "LOGIN CREATEDB"),
    ("crm_app", "LOGIN"),
    ("crm_backup", "LOGIN"),
)
MEMBERSHIPS = ("GRANT crm_search, crm_sealer TO crm_owner", "GRANT crm_owner TO CURRENT_USER")


class Refused(Exception):
    """The server answered, and cannot be used as it is."""


def role_statement(role, options, password):
    return f"CREATE ROLE {role} {options}" + (f" PASSWORD '{password}'" if role in LOGINS else "")


def create_database(database):
    return f"CREATE DATABASE \"{database}\" ENCODING 'UTF8' TEMPLATE template0"


def ownership(database):
    """Inside the database: its owner hands out the schema itself, migration by migration."""
    return (
        f'ALTER DATABASE "{database}" OWNER TO crm_owner',
        "SET LOCAL ROLE crm_owner",
        "ALTER SCHEMA public OWNER TO crm_owner",
        "RESET ROLE",
    )


def script(database="crm", password="<choose a password>"):
    """What an administrator runs in psql where the product may not create roles."""
    roles = (role_statement(role, options, password) for role, options in ROLES)
    inside = ["BEGIN", *roles, *MEMBERSHIPS, *ownership(database), "COMMIT"]
    return "\n".join(
        [f"{create_database(database)};", f'\\connect "{database}"', *(f"{line};" for line in inside)]
    )


def provision(url, database, passwords, ours=False):
    """Make what is missing, all or nothing. {"provisioned": False}: this login may not. Refused: it must not.

    `ours`: roles that exist are this installation's own, as in an embedded cluster.
    """
    with connection(url) as server:
        server.autocommit = True
        may_create, version = ask(server, MAY_CREATE)[0]
        if version < 150000:
            raise Refused(f"The PostgreSQL server is version {version // 10000}; 15 or newer is needed.")
        if not may_create:
            return {"provisioned": False}
        present = {role for (role,) in ask(server, "SELECT rolname FROM pg_roles")}
        if not ours and present.intersection(LOGINS):
            raise Refused(
                "The roles crm_owner, crm_app or crm_backup exist there, made by another installation."
            )
        if not ask(server, "SELECT 1 FROM pg_database WHERE datname = %s", [database]):
            server.cursor().execute(create_database(database))
    with connection(url, database) as inside, inside:
        check_empty(inside)
        for statement in [*role_statements(present, passwords), *MEMBERSHIPS, *ownership(database)]:
            inside.cursor().execute(statement)
        check_roles(inside)
    return {"provisioned": True}


MAY_CREATE = """SELECT rolsuper OR (rolcreaterole AND rolcreatedb), current_setting('server_version_num')::int
    FROM pg_roles WHERE rolname = current_user"""
FOREIGN_TABLES = (
    """SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner <> 'crm_owner'"""
)
UNSAFE = """SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)
    AND (rolsuper OR rolbypassrls OR rolreplication)"""


def role_statements(present, passwords):
    for role, options in ROLES:
        if role not in present:
            yield role_statement(role, options, passwords.get(role))
        elif role in LOGINS:
            yield f"ALTER ROLE {role} PASSWORD '{passwords[role]}'"


def check_empty(inside):
    if ask(inside, FOREIGN_TABLES)[0][0]:
        raise Refused("The database holds tables of another application.")


def check_roles(server):
    """Under a role above row-level security no wall between organisations would stand."""
    unsafe = [name for (name,) in ask(server, UNSAFE, [[role for role, _ in ROLES]])]
    if unsafe:
        raise Refused(f"The roles {', '.join(unsafe)} stand above row-level security on this server.")


def connection(url, database=None):
    """A connection that closes itself; the maintenance database stands in for one not yet made."""
    import psycopg2

    try:
        opened = psycopg2.connect(url, connect_timeout=10, **({"dbname": database} if database else {}))
    except psycopg2.OperationalError:
        if database or urlsplit(url).path == "/postgres":
            raise
        return connection(url, "postgres")
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

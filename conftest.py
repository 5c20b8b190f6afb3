"""Test databases: migrated once by the owner into a template, copied for each worker, used as the application role."""

import hashlib
import os
import re
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase

ROOT = Path(__file__).parent
TEMPLATES = "test_template_"
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def _suffix() -> str:
    return re.sub(r"\W", "_", os.environ.get("DB_SUFFIX", "ci")).lower()


def _schema_digest() -> str:
    digest = hashlib.sha256()
    sources = [
        *ROOT.glob("*/migrations/*.py"),
        *ROOT.glob("tenancy/db/**/*.py"),
        *ROOT.glob("tenancy/audit/**/*"),
    ]
    for path in sorted(
        path for path in sources if path.is_file() and path.suffix in {".py", ".sql"}
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _owner_connection(database: str):
    owner = settings.DATABASES["owner"]
    connection = psycopg2.connect(
        dbname=database,
        user=owner["USER"],
        password=owner["PASSWORD"],
        host=owner["HOST"],
        port=owner["PORT"],
    )
    connection.autocommit = True
    return connection


def _use_database(name: str) -> None:
    for alias in settings.DATABASES:
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = (
            name
        )


def _make_template(cursor, template: str) -> None:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template])
    if cursor.fetchone():
        return
    _drop_old_templates(cursor)
    building = f"{template}_building"
    cursor.execute(f'DROP DATABASE IF EXISTS "{building}" WITH (FORCE)')
    cursor.execute(f'CREATE DATABASE "{building}"')
    connection = _owner_connection(building)
    connection.cursor().execute("ALTER SCHEMA public OWNER TO CURRENT_USER")
    connection.close()
    original = settings.DATABASES["owner"]["NAME"]
    _use_database(building)
    call_command("migrate", database="owner", verbosity=0)
    _use_database(original)
    cursor.execute(f'ALTER DATABASE "{building}" RENAME TO "{template}"')


def _drop_old_templates(cursor) -> None:
    cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{TEMPLATES}%"])
    for (name,) in cursor.fetchall():
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _drop(cursor, database: str) -> None:
    """Not WITH (FORCE): that fails on an autovacuum worker, which an ordinary drop asks to leave."""
    cursor.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = %s AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
        [database],
    )
    cursor.execute(f'DROP DATABASE IF EXISTS "{database}"')


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker, worker_id="master"):
    """A fresh copy of the migrated template for this worker."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    template = f"{TEMPLATES}{_schema_digest()}"
    database = f"test_{_suffix()}_{worker}"
    with django_db_blocker.unblock():
        connection = _owner_connection(settings.DATABASES["owner"]["NAME"])
        cursor = connection.cursor()
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [TEMPLATES])
        _make_template(cursor, template)
        cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [TEMPLATES])
        _use_database(database)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        _drop(cursor, database)
        connection.close()


def _reset_as_owner(self) -> None:
    """After a transactional test: the application role may not truncate, so the owner does."""
    connections.close_all()
    connection = _owner_connection(settings.DATABASES["default"]["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        )
        tables = ", ".join(
            f'"{name}"' for (name,) in cursor.fetchall() if name not in KEPT
        )
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    connection.close()


TransactionTestCase._fixture_teardown = _reset_as_owner


@pytest.fixture(scope="session")
def owner_cursor_factory(django_db_setup):
    """Connections as the owner of the tables, for tests that tamper with what the application cannot touch."""

    def connect():
        return _owner_connection(settings.DATABASES["default"]["NAME"])

    return connect

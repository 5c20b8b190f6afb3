"""Test databases: migrated once by the owner into a template, copied for each worker, used as the application role."""

import contextlib
import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase

# The browser's driver keeps an event loop in the worker that it has run in, and Django would take every later test of that
# worker for asynchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

ROOT = Path(__file__).parent
TEMPLATES = "test_template_"
LONGEST = {"launch": 0, "e2e": 1}
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def pytest_collection_modifyitems(items) -> None:
    """The longest first, so that no worker waits for another at the end: `make run` from nothing, in whose time another worker
    makes the template, then the browser. pytest-django puts what needs no database last."""
    items.sort(key=lambda item: LONGEST.get(item.path.relative_to(ROOT).parts[0], len(LONGEST)))


def _schema_digest() -> str:
    digest = hashlib.sha256()
    sources = [
        *ROOT.glob("*/migrations/*.py"),
        *ROOT.glob("tenancy/db/**/*.py"),
        *ROOT.glob("tenancy/audit/**/*"),
    ]
    for path in sorted(path for path in sources if path.is_file() and path.suffix in {".py", ".sql"}):
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
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name


def _make_template(cursor, template: str) -> None:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template])
    if cursor.fetchone():
        return
    _drop_old_templates(cursor)
    building = f"{template}_building_{os.getpid()}"
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
        _drop(cursor, name)


def _drop(cursor, database: str) -> None:
    """Best effort: what somebody still holds open is left to the next run, whose databases have other names."""
    with contextlib.suppress(psycopg2.Error):
        cursor.execute(f'DROP DATABASE IF EXISTS "{database}"')


def _drop_leftovers(cursor) -> None:
    """Databases of runs that were killed."""
    cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^(test_run|e2e_house)_[0-9]+_'")
    for (name,) in cursor.fetchall():
        if not Path(f"/proc/{name.split('_')[2]}").exists():
            _drop(cursor, name)


@contextlib.contextmanager
def _alone(cursor):
    """One worker at a time: who copies the template would be in the way of who makes it, and of other copies."""
    cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [TEMPLATES])
    try:
        yield
    finally:
        cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [TEMPLATES])


@pytest.fixture(scope="session")
def migrated_copy(django_db_blocker):
    """`migrated_copy(name)` makes a database that is migrated and empty."""
    # What migrations make for the months to come (the audit's partitions) is right in one month alone.
    template = f"{TEMPLATES}{_schema_digest()}_{datetime.now(UTC):%Y%m}"

    def make(database: str) -> None:
        connection = _owner_connection(settings.DATABASES["owner"]["NAME"])
        with contextlib.closing(connection), connection.cursor() as cursor, _alone(cursor):
            _drop_leftovers(cursor)
            with django_db_blocker.unblock():
                _make_template(cursor, template)
            _drop(cursor, database)
            cursor.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')

    return make


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker, migrated_copy):
    """A fresh copy of the migrated template for this worker."""
    home = settings.DATABASES["owner"]["NAME"]
    database = f"test_run_{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    migrated_copy(database)
    _use_database(database)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        with contextlib.closing(_owner_connection(home)) as connection:
            _drop(connection.cursor(), database)


def _reset_as_owner(self) -> None:
    """After a transactional test: the application role may not truncate, so the owner does."""
    connections.close_all()
    connection = _owner_connection(settings.DATABASES["default"]["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        )
        tables = ", ".join(f'"{name}"' for (name,) in cursor.fetchall() if name not in KEPT)
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    connection.close()


TransactionTestCase._fixture_teardown = _reset_as_owner


@pytest.fixture(scope="session")
def owner_cursor_factory(django_db_setup):
    """Connections as the owner of the tables, for tests that tamper with what the application cannot touch."""

    def connect():
        return _owner_connection(settings.DATABASES["default"]["NAME"])

    return connect

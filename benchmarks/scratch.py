"""Scratch databases: beside the product's own, on the same server, with the same roles."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from crm_project import environment as env

_URLS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_BACKUP_URL")
_KEYS_IN_TURN = """
CREATE FUNCTION uuidv7() RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
        || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid
$$
"""
"""PostgreSQL has it from 18 on (RFC 9562)."""


def environment_for(database: str) -> dict[str, str]:
    """The environment of a process that works on the scratch database `database`."""
    return {**os.environ, **{name: _with_database(env.text(name), database) for name in _URLS}}


def create(database: str) -> dict[str, str]:
    """A fresh, migrated database; the environment to use it with."""
    drop(database)
    with _maintenance() as cursor:
        cursor.execute(f'CREATE DATABASE "{database}"')
    with _cursor(_with_database(env.text("DATABASE_OWNER_URL"), database)) as cursor:
        cursor.execute("ALTER SCHEMA public OWNER TO CURRENT_USER")
        if cursor.connection.server_version < 18_00_00:
            cursor.execute(_KEYS_IN_TURN)
    return migrate(database)


def migrate(database: str) -> dict[str, str]:
    """Bring the database to what the program expects; the environment to use it with."""
    environment = environment_for(database)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"], env=environment, check=True, cwd=env.BASE_DIR
    )
    return environment


def analyze(database: str) -> None:
    """Let the planner know what stands in it."""
    with _cursor(_with_database(env.text("DATABASE_OWNER_URL"), database)) as cursor:
        cursor.execute("ANALYZE")


def drop(database: str) -> None:
    """Tried for a minute: the server's own cleaning may be in it, and only a superuser may end that."""
    for attempts_left in reversed(range(60)):
        try:
            with _maintenance() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            return
        except psycopg2.errors.InsufficientPrivilege:
            if not attempts_left:
                raise
            time.sleep(1)


def exists(database: str) -> bool:
    with _maintenance() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        return cursor.fetchone() is not None


@contextmanager
def scratch_database(name: str, make: Callable[[str], object] = create) -> Iterator[dict[str, str]]:
    """The environment of a fresh, migrated database that is dropped at the end."""
    try:
        make(name)
        yield environment_for(name)
    finally:
        drop(name)


def _with_database(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _maintenance():
    return _cursor(env.text("DATABASE_OWNER_URL"))


@contextmanager
def _cursor(url: str):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()

"""The database as its backup holds it: what a thief of a backup would read."""

import os
import subprocess
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings

from launch import postgres_binaries
from launch.place import Place


def dumped() -> str:
    """The database of the test."""
    owner = settings.DATABASES["owner"]
    return _dump(owner["HOST"], owner["PORT"], owner["USER"], owner["PASSWORD"], owner["NAME"])


def dump_of(environment: Mapping[str, str]) -> str:
    """The database that a process with this environment works on."""
    url = urlsplit(environment["DATABASE_OWNER_URL"])
    return _dump(
        url.hostname or "", url.port or 5432, url.username or "", url.password or "", url.path.lstrip("/")
    )


def _dump(host: str, port: int | str, user: str, password: str, name: str) -> str:
    found = postgres_binaries.find(Place.here(), os.environ)
    command = [
        found.path("pg_dump"), "-h", host, "-p", str(port), "-U", user, "-d", name, "--data-only",
        "--enable-row-security",
    ]  # fmt: skip
    done = subprocess.run(
        command, env={**os.environ, "PGPASSWORD": password}, capture_output=True, check=True
    )
    return done.stdout.decode()

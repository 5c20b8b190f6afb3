"""The database as its backup holds it, which a thief of a backup would read; and what stands in it encrypted, as the product
reads it, so that a search for what must be gone can find it while it is there."""

import os
import subprocess
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from governance.queries.key_use import Sealed, sealed_models
from launch import postgres_binaries
from launch.place import Place
from tenancy import crypto
from tenancy.context import organization_context
from tenancy.models import Organization


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


def sealed() -> dict[str, str]:
    """Every encrypted value of every organisation: its bytes, as a dump writes them, and its text."""
    found = {}
    for organization in Organization.objects.all():
        with organization_context(organization):
            for model in sealed_models():
                found |= _opened(organization, model)
    return found


def _opened(organization: Organization, model: Sealed) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {', '.join(model.columns)} FROM {model.table}")
        rows = cursor.fetchall()
    return {
        bytes(blob).hex(): crypto.decrypt(bytes(blob), organization.uid, f"{model.table}.{column}", pk)
        for pk, *blobs in rows
        for column, blob in zip(model.columns, blobs, strict=True)
        if blob
    }

"""Fills a scratch database with one organisation of N customers and their history, by COPY, as the owner of the tables.

Run in a process of its own with the scratch database in its environment: `python -m benchmarks.data --customers 10000`.
Prints, as JSON, what the pages benchmark needs to know.
"""

import argparse
import io
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
REPS_BOOK = 250
"""Customers of one rep. A rep's book does not grow with the company: a bigger company has more reps."""
DEPARTMENT = 8
"""Reps of one department."""
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n"})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, required=True)
    customers = parser.parse_args().customers
    django.setup()
    json.dump(fill(customers), sys.stdout)


def fill(customers: int) -> dict:
    from crm_project.demo.population import Population
    from tenancy.actions.organization import create_organization
    from tenancy.context import organization_context

    founding = create_organization(
        slug="bench", name="常青基准", admin_email="admin@bench.example", admin_name="管理员"
    )
    with organization_context(founding.organization):
        reps, manager = _people(founding, max(2, customers // REPS_BOOK))
    with organization_context(founding.organization):
        _populate(Population(founding.organization, reps), customers)
        _refresh_figures(founding.organization)
    _analyze()
    with organization_context(founding.organization):
        return _facts(founding, reps[0], manager)


def _people(founding, count: int):
    """`count` reps in departments of eight, and the manager of the first department."""
    from tenancy.actions.membership import set_roles
    from tenancy.models import Department, Membership, User

    top = Department.objects.create(name="销售中心")
    reps = []
    for number in range(count):
        if number % DEPARTMENT == 0:
            department = Department.objects.create(name=f"销售 {number // DEPARTMENT + 1} 部", parent=top)
        user = User.objects.create_user(f"rep{number}@bench.example")
        reps.append(Membership.objects.create(user=user, name=f"销售{number}", department=department))
        set_roles(reps[-1], [founding.roles["sales_rep"]], actor=None)
    user = User.objects.create_user("manager@bench.example")
    manager = Membership.objects.create(user=user, name="经理", department=reps[0].department)
    set_roles(manager, [founding.roles["sales_manager"]], actor=None)
    return reps, manager


def _populate(population, customers: int) -> None:
    """Draws one batch while another is copied."""
    from django.db import connections

    def copy(rows) -> None:
        for some in rows:
            if some:
                copy_rows(some)

    with ThreadPoolExecutor(1) as copier:
        earlier = copier.submit(_audit, "DISABLE")
        for rows in population.batches(customers, size=1000):
            earlier.result()
            earlier = copier.submit(copy_context().run, copy, rows)
        earlier.result()
        copier.submit(_audit, "ENABLE").result()
        copier.submit(connections.close_all).result()


def _audit(change: str) -> None:
    """The triggers of the history's tables. What made a million rows is no page's business."""
    from django.apps import apps
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        for app in ("customers", "interactions"):
            for model in apps.get_app_config(app).get_models():
                cursor.execute(f'ALTER TABLE "{model._meta.db_table}" {change} TRIGGER USER')


def copy_rows(some: list) -> None:
    """COPY rows of one model into a table of no name, and from there: row-level security refuses COPY FROM itself."""
    from django.db import connections, transaction

    connection = connections["owner"]
    fields = some[0]._meta.local_concrete_fields
    writers = [_writer(field, connection) for field in fields]
    lines = io.StringIO("".join("\t".join([write(row) for write in writers]) + "\n" for row in some))
    columns = ", ".join(f'"{field.column}"' for field in fields)
    table = some[0]._meta.db_table
    with transaction.atomic(using="owner"), connection.cursor() as cursor:
        cursor.execute(f'CREATE TEMP TABLE loading (LIKE "{table}") ON COMMIT DROP')
        cursor.copy_expert(f"COPY loading ({columns}) FROM STDIN", lines)
        cursor.execute(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM loading')


def _writer(field, connection) -> Callable[[Any], str]:
    """How a row's value of this field stands in a line of COPY."""
    kind, name = field.get_internal_type(), field.attname

    def write(row) -> str:
        value = getattr(row, name)
        if value is None or kind == "BinaryField":
            value = field.pre_save(row, add=True)
        if value is None:
            return "\\N"
        if kind == "BinaryField":
            value = field.get_db_prep_save(value, connection)
            return "\\\\x" + bytes(value.adapted).hex() if value is not None else "\\N"
        if kind == "JSONField":
            value = json.dumps(value)
        return str(value).translate(_ESCAPED)

    return write


def _refresh_figures(organization) -> None:
    from customers.actions.health import refresh_health
    from customers.models import Customer
    from interactions.actions.rollup import refresh

    keys = list(Customer.objects.values_list("pk", flat=True))
    for start in range(0, len(keys), 5000):
        refresh(keys[start : start + 5000])
        refresh_health(keys[start : start + 5000])


def _analyze() -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _facts(founding, rep, manager) -> dict:
    from customers.models import Customer

    own = Customer.objects.filter(owner=rep)
    return {
        "slug": founding.organization.slug,
        "sessions": {"rep": _session(rep), "manager": _session(manager), "admin": _session(founding.admin)},
        "customer": str(own.order_by("name_key")[0].pk),
        "rare": own.order_by("code")[0].name,
    }


def _session(member) -> str:
    """The key of a signed-in session."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(member.user.pk)
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    store.create()
    return store.session_key


if __name__ == "__main__":
    main()

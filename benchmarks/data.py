"""Fills a scratch database with organisations of customers and their history, by COPY, as the owner of the tables: one of N
customers that the pages show, and five others with a fifth as many together, of unequal size.

Run in a process of its own with the scratch database in its environment: `python -m benchmarks.data --customers 10000`.
Prints, as JSON, what the pages benchmark needs to know. `--facts` fills nothing and tells of what is there.
"""

import argparse
import io
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import django
from django.db.models.expressions import DatabaseDefault

from benchmarks.lived_in import Filler, define
from benchmarks.repeated import columns_of, repeat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
REPS_BOOK = 250
"""Customers of one rep. A rep's book does not grow with the company: a bigger company has more reps."""
DEPARTMENT = 8
"""Reps of one department."""
SLUG = "bench"
OTHERS = (0.1, 0.05, 0.025, 0.015, 0.01)
"""The other organisations, in shares of the first."""
PEOPLE = {"rep": "rep0", "manager": "manager", "admin": "admin"}
DRAWN = 200_000
"""More customers than these repeat them; of the other organisations a tenth."""
LOST = 60
"""Customers that nobody owns and that wait nowhere: the next night takes them into the pool."""
STORIED = 1000
"""Customers whose history is drawn one by one; the others repeat it."""
HISTORY = (
    "interactions_interaction",
    "interactions_plan",
    "customers_timelineentry",
    "customers_verification",
)
_NUMBERED = """
CREATE TEMP TABLE numbered AS SELECT *, number * 7919 %% 1000003 AS chance FROM (
    SELECT row_number() OVER (ORDER BY id) - 1 AS number, id, owner_id FROM customers_customer WHERE organization_id = %s
) c;
CREATE INDEX ON numbered (number);
ANALYZE numbered
"""
_REPEATED = {
    "id": "uuidv7()", "customer_id": "c.id", "person_id": "NULL", "by_id": "c.owner_id", "owner_id": "c.owner_id",
    "actor_id": "c.owner_id", "done_as_id": "NULL",
}  # fmt: skip
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n"})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, required=True)
    parser.add_argument("--facts", action="store_true")
    options = parser.parse_args()
    django.setup()
    if not options.facts:
        fill(options.customers)
    json.dump(facts(), sys.stdout)


def fill(customers: int) -> None:
    from django.db import connections

    _audit("DISABLE")
    search_index = _drop_search_index()
    _populate_house(SLUG, "常青基准", customers)
    for number, share in enumerate(OTHERS, start=1):
        _populate_house(f"other{number}", f"邻居 {number}", max(10, round(customers * share)))
    _audit("ENABLE")
    with connections["owner"].cursor() as cursor:
        cursor.execute(search_index)
    _analyze()


def _drop_search_index() -> str:
    """What makes it again: to build it once is quicker than to keep it."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef('customers_search_document'::regclass)")
        [(made,)] = cursor.fetchall()
        cursor.execute("DROP INDEX customers_search_document")
    return made


def _populate_house(slug: str, name: str, customers: int) -> None:
    from django.db import connections

    from crm_project.demo.population import Population
    from tenancy.actions.organization import create_organization
    from tenancy.context import organization_context

    founding = create_organization(
        slug=slug, name=name, admin_email=f"admin@{slug}.example", admin_name="管理员"
    )
    with organization_context(founding.organization):
        reps = _people(founding, max(2, customers // REPS_BOOK))
    with organization_context(founding.organization):
        drawn = min(customers, DRAWN if slug == SLUG else DRAWN // 10)
        _populate(Population(founding.organization, reps, storied=STORIED), drawn)
        defined = define(founding.organization.pk, customers, len(reps))
    with connections["owner"].cursor() as cursor:
        if customers > drawn:
            cursor.execute(_NUMBERED, [defined.organization])
            repeat(cursor, founding.organization, drawn, customers)
            cursor.execute("DROP TABLE numbered")
        cursor.execute(_NUMBERED, [defined.organization])
        _repeat_history(cursor)
        Filler(cursor, defined).fill()
        cursor.execute("DROP TABLE numbered")
    with organization_context(founding.organization):
        _refresh_figures()
        _find_by_own_fields(reps[0])
        leave_unowned(reps[1])


def _people(founding, count: int) -> list:
    """`count` reps in departments of eight, and the manager of the first department."""
    from tenancy.actions.membership import set_roles
    from tenancy.models import Department, Membership, User

    slug = founding.organization.slug
    top = Department.objects.create(name="销售中心")
    reps = []
    for number in range(count):
        if number % DEPARTMENT == 0:
            department = Department.objects.create(name=f"销售 {number // DEPARTMENT + 1} 部", parent=top)
        user = User.objects.create_user(f"rep{number}@{slug}.example")
        reps.append(Membership.objects.create(user=user, name=f"销售{number}", department=department))
        set_roles(reps[-1], [founding.roles["sales_rep"]], actor=None)
    user = User.objects.create_user(f"manager@{slug}.example")
    manager = Membership.objects.create(user=user, name="经理", department=reps[0].department)
    set_roles(manager, [founding.roles["sales_manager"]], actor=None)
    return reps


def _populate(population, customers: int) -> None:
    """Draws one batch while another is copied."""
    from django.db import connections

    def copy(rows) -> None:
        for some in rows:
            if some:
                copy_rows(some)

    with ThreadPoolExecutor(1) as copier:
        earlier: Future[Any] = copier.submit(int)
        for number, rows in enumerate(population.batches(customers, size=1000)):
            if number % 50 == 0:
                print(f"{number:,} of {customers // 1000:,} thousand", file=sys.stderr, flush=True)
            earlier.result()
            earlier = copier.submit(copy_context().run, copy, rows)
        earlier.result()
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
        if isinstance(value, DatabaseDefault):
            value = field.db_default
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


def _repeat_history(cursor: Any) -> None:
    """The history of the first customers, for all the others: drawn in the database, a hundred times as fast."""
    for table in HISTORY:
        columns = columns_of(cursor, table)
        values = ", ".join(_REPEATED.get(name, f'x."{name}"') for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        for start in range(0, 1_200_000, 50_000):
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {values} FROM numbered c"
                " JOIN numbered t ON t.number = c.number %% %s JOIN " + table + " x ON x.customer_id = t.id"
                " WHERE c.number >= %s AND c.number >= %s AND c.number < %s",
                [STORIED, STORIED, start, start + 50_000],
            )


def _refresh_figures() -> None:
    from customers.actions.health import refresh_health
    from customers.models import Customer
    from interactions.actions.rollup import refresh

    keys = list(Customer.objects.values_list("pk", flat=True))
    for start in range(0, len(keys), 5000):
        refresh(keys[start : start + 5000])
        refresh_health(keys[start : start + 5000])


def _find_by_own_fields(rep: Any) -> None:
    """Of one book: what stands in a field of one's own is rare everywhere."""
    from customers.actions.search import refresh_search
    from customers.models import Customer

    refresh_search(Customer.objects.filter(owner=rep).values_list("pk", flat=True))


def leave_unowned(rep: Any) -> None:
    """What the next night takes into the pool: so many lose their owner in a day, however large the company is."""
    from customers.actions.book import assign_owner
    from customers.models import Customer

    assign_owner(Customer.objects.filter(owner=rep).values_list("pk", flat=True)[:LOST], None, actor=None)


def _analyze() -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def facts() -> dict:
    """Whom the pages are shown to, and which: what they look for is in the first rep's book, so that all three find it."""
    from benchmarks.addresses import addresses
    from customers.models import Customer
    from tenancy.context import organization_context
    from tenancy.models import Membership, Organization

    with organization_context(Organization.objects.get(slug=SLUG)):
        members = {
            name: Membership.objects.get(user__email=f"{login}@{SLUG}.example")
            for name, login in PEOPLE.items()
        }
        _expect_a_long_day()
        own = Customer.objects.filter(owner=members["rep"])
        customer, sought = own.filter(kind="company").order_by("name_key")[0], _sought(own)
        return {
            "slug": SLUG,
            "sessions": {name: _session(member) for name, member in members.items()},
            "customer": str(customer.pk),
            "pages": {name: addresses(member, customer, sought) for name, member in members.items()},
        }


def _expect_a_long_day() -> None:
    """Nobody opens a record as often as this: it would be told to those who handle privacy, with every page."""
    from governance.actions.privacy_policy import privacy_policy

    policy = privacy_policy()
    policy.disclosures_per_day = 10_000_000
    policy.save(update_fields=["disclosures_per_day"])


def _sought(own) -> dict[str, str]:
    """What one may type to find a customer, by the kind of search."""
    from customers.models import ContactPerson, ContactPoint, CustomerAlias, CustomValue, Tag
    from customers.pinyin import syllables

    companies, persons = (
        own.filter(kind="company").order_by("code"),
        own.filter(kind="person").order_by("code"),
    )
    person, company = persons[0].name, companies[0].name
    point = {
        kind: ContactPoint.objects.filter(customer__in=own, kind=kind).order_by("pk")[0].value
        for kind in ("phone", "email", "wechat")
    }
    tags = Tag.objects.order_by("pk")
    read = syllables(person, person=True)
    return {
        "common Chinese": "科技",
        "rare Chinese": company,
        "one character": company[2],
        "person": person,
        "pinyin": "".join(read),
        "pinyin in pieces": " ".join(read),
        "initials": "".join(part[0] for part in read),
        "two letters": "zs",
        "Latin": CustomerAlias.objects.filter(customer__in=own, kind="foreign").order_by("pk")[0].name,
        "mistyped": _mistyped("".join(syllables(company[2:6]))),
        "sounds alike": _alike(company),
        "alias": CustomerAlias.objects.filter(customer__in=own, kind="former").order_by("pk")[0].name,
        "contact person": ContactPerson.objects.filter(customer__in=own).order_by("pk")[0].name,
        "code": companies[0].code,
        "phone": point["phone"],
        "last 4": point["phone"][-4:],
        "email": point["email"],
        "WeChat": point["wechat"],
        "identity number": "11010519491231002X",
        "common tag": tags[0].label_zh,
        "rare tag": tags[len(tags) - 1].label_zh,
        "own field": CustomValue.objects.filter(customer__in=own).exclude(text=None).order_by("pk")[0].text,
        "nothing": "没有这样的名字",
    }


def _mistyped(word: str) -> str:
    """Two letters in the middle change places."""
    middle = len(word) // 2
    return word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]


def _alike(name: str) -> str:
    """With one wrong character in the middle."""
    return name[:4] + ("贾" if name[4] != "贾" else "甄") + name[5:]


def _session(member) -> str:
    """The key of a signed-in session."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(member.user.pk)
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


if __name__ == "__main__":
    main()

"""No migration holds up those who work: an index of a table that has rows is built beside them."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

TO_DO = (
    "Build it in a migration of its own, with AddIndexConcurrently and atomic = False: see customers 0043 (the field)"
    " and 0044 (its index)."
)
BUILT_AT_ONCE = {
    "customers.0010_fields_of_customers customers_customer_region": "older than the first release",
    "customers.0012_tags_bulk_changes_exports customers_c_organiz_4b9f1d_idx": "older than the first release",
    "customers.0028_handovers customers_o_organiz_9dff12_idx": "older than the first release",
    "customers.0032_tag_groups customers_t_organiz_d0ef7e_idx": "an organisation has a few dozen tags",
    "customers.0042_patterned_codes customers_codecounter_year": "a row for each year of a prefix",
}
"""Indexes built at once nevertheless, and why that holds up nobody."""


def _in_database(operations: Iterable[Operation]) -> Iterator[Operation]:
    for one in operations:
        if isinstance(one, migrations.SeparateDatabaseAndState):
            yield from _in_database(one.database_operations)
        else:
            yield one


def _index_of(operation: Operation) -> str:
    """The index that the operation builds while it locks the table; "" if it builds none."""
    if isinstance(operation, migrations.AddIndex) and not isinstance(operation, AddIndexConcurrently):
        return operation.index.name
    if isinstance(operation, migrations.AddConstraint):
        constraint = operation.constraint
        return constraint.name if isinstance(constraint, models.UniqueConstraint) else ""
    if isinstance(operation, migrations.AddField) and (operation.field.db_index or operation.field.unique):
        return f"{operation.model_name}.{operation.name}"
    return ""


def built_at_once(found: Iterable[migrations.Migration]) -> list[str]:
    """`app.migration index` of each that is built at once on a table of an earlier migration."""
    complaints = []
    for migration in found:
        new = set()
        for one in _in_database(migration.operations):
            if isinstance(one, migrations.CreateModel):
                new.add(one.name_lower)
            elif (index := _index_of(one)) and one.model_name_lower not in new:
                complaints.append(f"{migration.app_label}.{migration.name} {index}")
    return complaints


def ours() -> list[migrations.Migration]:
    loader = MigrationLoader(None)
    return [
        migration
        for (app, _name), migration in sorted(loader.disk_migrations.items())
        if app in settings.OWN_APPS
    ]


def test_an_index_of_an_earlier_table_is_built_beside_those_who_work():
    assert [one for one in built_at_once(ours()) if one not in BUILT_AT_ONCE] == [], TO_DO


def test_no_exception_stands_for_an_index_that_is_not_there():
    assert BUILT_AT_ONCE.keys() - set(built_at_once(ours())) == set()


def test_each_way_to_build_an_index_at_once_is_found():
    index = models.Index(fields=["name"], name="thing_name")
    unique = models.UniqueConstraint(fields=["name"], name="thing_once")
    adding = [
        migrations.AddIndex("thing", index),
        AddIndexConcurrently("thing", index),
        migrations.AddConstraint("thing", unique),
        migrations.AddField("thing", "code", models.SlugField()),
        migrations.AddField("thing", "words", models.TextField()),
    ]
    made, later = migrations.Migration("0001", "sales"), migrations.Migration("0002", "sales")
    made.operations = [migrations.CreateModel("Thing", []), *adding]
    assert built_at_once([made]) == []
    later.operations = [migrations.SeparateDatabaseAndState(database_operations=adding)]
    assert built_at_once([made, later]) == [
        "sales.0002 thing_name",
        "sales.0002 thing_once",
        "sales.0002 thing.code",
    ]

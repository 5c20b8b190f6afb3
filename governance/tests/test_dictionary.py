"""The data dictionary says what the database holds, nothing more and nothing less."""

import csv
import io

import pytest
from django.apps import apps
from django.db import connection
from django.utils import translation

from customers.models import ContactPoint, CustomField
from governance.queries import dictionary
from governance.queries.key_use import sealed_models
from governance.tests.privacy_rows import rule_of
from tenancy.models import AuditEntry, Due, TenantModel
from tenancy.tests.conftest import inside_ours, ours  # noqa: F401
from tenancy.tests.factories import MembershipFactory, grant
from workspace.tests.conftest import signed_in

pytestmark = pytest.mark.django_db
OURS = {"tenancy", "workspace", "customers", "interactions", "governance"}


@pytest.fixture
def admin(inside_ours):  # noqa: F811
    member = MembershipFactory(name="管理员", language="en")
    grant(member)
    return member


def by_name(name: str) -> dictionary.Table:
    return next(table for table in dictionary.tables() if table.name == name)


def test_every_table_and_column_of_the_product_is_in_it(admin):
    told = {(table.name, column.name) for table in dictionary.tables() for column in table.columns}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " JOIN pg_attribute o ON o.attrelid = c.oid AND o.attname = 'organization_id'"
            " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped"
        )
        stored = set(cursor.fetchall())
    models = [model for model in apps.get_models() if issubclass(model, TenantModel | AuditEntry | Due)]
    ours_only = {(table, column) for table, column in stored if table in {m._meta.db_table for m in models}}
    assert ours_only - told == set()


def test_every_encrypted_column_is_marked(admin):
    marked = {(t.name, c.name) for t in dictionary.tables() for c in t.columns if c.encrypted}
    assert marked == {(sealed.table, column) for sealed in sealed_models() for column in sealed.columns}


@pytest.fixture
def in_english():
    with translation.override("en"):
        yield


def test_types_limits_rights_and_retention(admin, in_english):
    rule = rule_of(None, "archived_customers", days=1095, mode="on")
    customers = by_name("customers_customer")
    assert "Archived customers: Destroy after 1095 days" in customers.retention
    assert customers.permission == "View customers (within the scope of the role)"
    columns = {column.name: column for column in customers.columns}
    assert (columns["name"].limits, columns["name"].required) == ("up to 200 characters", True)
    assert columns["kind"].limits == "Company, Person"
    assert columns["identity_number"].permission == "See contact details in full"
    assert columns["owner_id"].meaning == "Leads to: Members" and not columns["owner_id"].personal
    assert columns["archived_at"].type == "timestamp with time zone"
    rules = {column.name: column for column in by_name("governance_retentionrule").columns}
    assert rules["days"].limits == "1 – 36500"
    assert rule.pk and by_name("customers_customersearch").permission.startswith("View customers")


def test_it_speaks_the_readers_language_and_knows_the_organisations_own_fields(admin):
    CustomField.objects.create(key="floor", type="number", label_zh="楼层", label_en="Floor")
    with translation.override("zh-hans"):
        values = by_name("customers_customvalue")
        assert "楼层" in [column.label for column in values.columns]
        assert by_name(ContactPoint._meta.db_table).label == "联系方式"
        assert [c.name for _t, c in dictionary.matches(dictionary.tables(), "证件号码")] != []


def test_in_chinese_nothing_of_ours_is_left_in_english(admin):
    with translation.override("zh-hans"):
        found = [table for table in dictionary.tables() if table.name.split("_")[0] in OURS]
    labels = {table.label for table in found} | {column.label for table in found for column in table.columns}
    assert len(labels) > 300
    assert {label for label in labels if label.isascii()} == {"ID"}


def test_the_pages(admin):
    browser, base = signed_in(admin), "/o/ours/governance/privacy/dictionary/"
    assert "customers_customer" in browser.get(base).content.decode()
    assert "identity_number" in browser.get(f"{base}?table=customers_customer").content.decode()
    assert browser.get(f"{base}?table=auth_permission").status_code == 404
    assert browser.get(f"{base}?table=x'--").status_code == 404
    found = browser.get(f"{base}?q=IDENTITY_number").content.decode()
    assert found.count("<code>identity_number</code>") == 1
    for odd in ("\u202e", "%00", "😀", "x" * 500, "１２"):
        assert browser.get(f"{base}?q={odd}").status_code == 200
    assert "No such field" in browser.get(f"{base}?q=zzzz").content.decode()


def test_the_file(admin):
    response = signed_in(admin).get("/o/ours/governance/privacy/dictionary/file/")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == sum(len(table.columns) for table in dictionary.tables())
    [value] = [r for r in rows if (r["Table"], r["Field"]) == ("customers_contactpoint", "value")]
    assert (value["Encrypted"], value["Personal data"]) == ("Yes", "Yes")
    assert value["Who may see it"] == "See contact details in full"


@pytest.mark.parametrize("fields", [1, 3])
def test_queries_do_not_grow_with_fields(admin, fields, django_assert_num_queries):
    for number in range(fields):
        CustomField.objects.create(key=f"f{number}", type="choice", label_zh=f"字段{number}")
    with django_assert_num_queries(5):
        dictionary.tables()

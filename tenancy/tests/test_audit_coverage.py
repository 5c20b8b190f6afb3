"""No tenant table without its triggers, no exemption without a reason that stands here, no partition without walls."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from tenancy.audit.records import ensure_partitions
from tenancy.audit.sql import TRIGGERS
from tenancy.models import TenantModel

pytestmark = [pytest.mark.django_db, pytest.mark.tenancy]

# Every table whose changes are not audited. A new one is a decision: it must be derived from audited rows, or hold
# nothing that anybody answers for: progress, staging, what a person likes to see.
EXEMPT = {
    "customers_bulkrow",
    "customers_codecounter",
    "customers_columnchoice",
    "customers_consentstanding",
    "customers_customerbirthday",
    "customers_customerhealth",
    "customers_customersearch",
    "customers_duplicatepair",
    "customers_disclosedcustomer",
    "customers_handedcustomer",
    "customers_healthcount",
    "customers_importrow",
    "customers_movedrow",
    "customers_ownershipchange",
    "customers_postponedsuggestion",
    "customers_timelineentry",
    "customers_poolwarning",
    "interactions_contactcompliance",
    "interactions_customercontact",
    "workspace_job",
    "workspace_notification",
}

DOORS = {
    "tenancy_audit_access",
    "tenancy_audit_append_block",
    "tenancy_audit_erase",
    "tenancy_audit_event",
    "tenancy_audit_next_block",
    "tenancy_audit_partitions",
}


def tenant_models():
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def rows(query: str, *parameters) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


def test_every_tenant_table_has_its_three_triggers():
    found = rows(
        "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE p.proname = 'tenancy_audit' AND t.tgenabled = 'O' AND NOT t.tgisinternal"
    )
    owed = {
        (m._meta.db_table, trigger) for m in tenant_models() if not m.audit_exempt for trigger in TRIGGERS
    }
    assert set(found) == owed


def test_every_exemption_stands_here_and_gives_a_reason():
    exempt = {model._meta.db_table: model.audit_exempt for model in tenant_models() if model.audit_exempt}
    assert set(exempt) == EXEMPT
    assert [table for table, reason in exempt.items() if len(reason) < 12] == []


def test_this_month_and_the_next_three_have_a_partition():
    found = {
        name
        for (name,) in rows(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'tenancy_auditentry'::regclass"
        )
    }
    month, names = timezone.now().replace(day=1), {"tenancy_auditentry_default"}
    for _ in range(4):
        names.add(f"tenancy_auditentry_{month:%Y%m}")
        month = (month + timedelta(days=32)).replace(day=1)
    assert found == names


def test_partitions_are_made_ahead_by_the_application_and_only_once():
    assert ensure_partitions(5) == 2
    assert ensure_partitions(5) == 0


@pytest.mark.django_db(transaction=True)
def test_rows_that_fell_into_the_default_partition_move_when_their_month_is_made(owner_cursor_factory):
    owner = owner_cursor_factory()
    owner.autocommit = False
    cursor = owner.cursor()
    cursor.execute("SELECT date_trunc('month', now() + interval '8 months')")
    (later,) = cursor.fetchone()
    cursor.execute(
        "INSERT INTO tenancy_auditentry (organization_id, at, cluster, xid, db_role, operation, table_name, content, digest)"
        " VALUES (1, %s, 1, 1, 'x', 'insert', 'x', '', '') RETURNING tableoid::regclass::text",
        [later],
    )
    assert cursor.fetchone() == ("tenancy_auditentry_default",)
    cursor.execute("SELECT tenancy_audit_partitions(8)")
    assert cursor.fetchone() == (5,)
    cursor.execute("SELECT tableoid::regclass::text FROM tenancy_auditentry WHERE at = %s", [later])
    assert cursor.fetchone() == (f"tenancy_auditentry_{later:%Y%m}",)
    owner.rollback()
    owner.close()


def test_audit_tables_and_partitions_are_walled_and_read_only():
    tables = rows(
        "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,"
        " has_table_privilege('crm_app', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'),"
        " has_table_privilege('crm_backup', c.oid, 'SELECT'),"
        " (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid)"
        " FROM pg_class c WHERE c.relkind IN ('r', 'p')"
        " AND c.relname ~ '^tenancy_audit(entry|block|head)'"
    )
    assert len(tables) == 8
    assert {facts[1:] for facts in tables} == {(True, True, False, True, 4)}


def test_the_application_has_these_doors_and_no_other():
    functions = rows(
        "SELECT proname, prosecdef, has_function_privilege('crm_app', oid, 'EXECUTE'), proconfig FROM pg_proc"
        " WHERE proname ~ '^tenancy_audit' AND pronamespace = 'public'::regnamespace"
    )
    assert {name for name, definer, allowed, _ in functions if definer and allowed} == DOORS
    for name, definer, _, settings in functions:
        if definer:
            assert any(setting.startswith("search_path=pg_catalog") for setting in settings), name


def test_sealing_runs_as_a_role_that_can_do_nothing_else():
    owners = dict(
        rows(
            "SELECT proname, pg_get_userbyid(proowner) FROM pg_proc WHERE proname IN"
            " ('tenancy_audit_next_block', 'tenancy_audit_append_block')"
        )
    )
    assert set(owners.values()) == {"crm_sealer"}
    granted = rows(
        "SELECT c.relname, has_table_privilege('crm_sealer', c.oid, 'INSERT'),"
        " has_table_privilege('crm_sealer', c.oid, 'UPDATE'), has_table_privilege('crm_sealer', c.oid, 'DELETE')"
        " FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
        " AND has_table_privilege('crm_sealer', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')"
        " AND c.relname !~ '_(default|[0-9]{6})$'"
    )
    assert set(granted) == {
        ("tenancy_auditentry", False, False, False),
        ("tenancy_auditblock", True, False, False),
        ("tenancy_audithead", True, True, False),
    }

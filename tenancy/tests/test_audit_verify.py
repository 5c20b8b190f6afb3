"""Whoever owns the database may change every row of the audit; verification says which ones."""

import json
import runpy
import time
from base64 import b64encode
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import translation

from tenancy.audit import seal
from tenancy.audit.anchors import anchor_head
from tenancy.audit.findings import Break
from tenancy.audit.records import erase_audit_values
from tenancy.audit.seal import seal_organization
from tenancy.audit.verify import verify_chain
from tenancy.context import organization_context
from tenancy.models import AuditBlock, AuditEntry, Department
from tenancy.tests.factories import DepartmentFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.tenancy]


@pytest.fixture(autouse=True)
def small_blocks(settings, tmp_path, monkeypatch):
    settings.AUDIT_ANCHOR_DIR = tmp_path
    monkeypatch.setattr(seal, "BLOCK_ENTRIES", 5)


def seal_all(organization) -> None:
    """Seal all there is: a transaction of a neighbour may hold the newest entries back for a moment."""
    for _ in range(100):
        seal_organization(organization.pk)
        with organization_context(organization):
            under_seal = AuditBlock.objects.aggregate(entries=Sum("entries", default=0))["entries"]
            if under_seal == AuditEntry.objects.count():
                return
        time.sleep(0.05)
    pytest.fail("The entries were not sealed.")


@pytest.fixture
def sealed(ours):
    """Twelve departments in three blocks (5, 5, 3 with the organisation itself), and their entries' ids in order."""
    with organization_context(ours):
        for number in range(12):
            DepartmentFactory(name=f"部门 {number}")
        ids = list(AuditEntry.objects.order_by("id").values_list("id", flat=True))
    seal_all(ours)
    return ids


@pytest.fixture
def tamper(owner_cursor_factory):
    connection = owner_cursor_factory()

    def execute(statement: str, *parameters):
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            assert cursor.rowcount != 0

    yield execute
    connection.close()


def findings(organization, **options) -> list[tuple]:
    report = verify_chain(organization.pk, **options)
    return [(finding.kind, finding.block, finding.entry) for finding in report.findings]


def test_an_untouched_chain_is_intact(ours, sealed):
    report = verify_chain(ours.pk)
    assert (report.is_intact, report.entries, len(report.blocks)) == (True, 13, 3)
    assert [str(finding) for finding in report.findings] == []


_EDITS = [
    """after = replace(after::text, '部门', '部门 ')::json""",
    "before = '{}'",
    "actor_id = gen_random_uuid()",
    "at = at - interval '1 minute'",
    "request_id = 'x'",
    "origin = '10.0.0.1'",
    "db_role = 'crm_app'",
    "operation = 'update'",
    "table_name = 'tenancy_role'",
    "object_id = gen_random_uuid()",
    "salt = decode('00', 'hex')",
    "content = sha256('x')",
    "digest = sha256('x')",
]


@pytest.mark.parametrize("edit", _EDITS)
def test_an_edited_entry_is_named(ours, sealed, tamper, edit):
    tamper(f"UPDATE tenancy_auditentry SET {edit} WHERE id = %s AND db_role <> 'x'", sealed[6])
    if edit.startswith("db_role"):
        # It was the application's row already.
        tamper("UPDATE tenancy_auditentry SET db_role = 'crm_owner' WHERE id = %s", sealed[6])
    assert findings(ours) == [(Break.EDITED, 2, sealed[6])]


def test_an_edit_with_digests_made_to_fit_is_named(ours, sealed, tamper):
    tamper(
        "UPDATE tenancy_auditentry e SET after = '{}', content = n.content,"
        " digest = sha256(convert_to(tenancy_audit_header(at, cluster, xid, actor_id, request_id, origin, db_role,"
        " operation, table_name) || concat(organization_id, '|', e.id, '|', object_id), 'UTF8') || n.content)"
        " FROM (SELECT id, sha256(salt || convert_to('|{}', 'UTF8')) AS content FROM tenancy_auditentry) n"
        " WHERE n.id = e.id AND e.id = %s",
        sealed[6],
    )
    assert findings(ours) == [(Break.EDITED, 2, sealed[6])]


def test_a_deleted_entry_is_named(ours, sealed, tamper):
    tamper("DELETE FROM tenancy_auditentry WHERE id = %s", sealed[7])
    assert findings(ours) == [(Break.DELETED, 2, sealed[7])]


def test_an_entry_moved_to_another_organisation_is_named_in_both(ours, theirs, sealed, tamper):
    seal_all(theirs)
    tamper("UPDATE tenancy_auditentry SET organization_id = %s WHERE id = %s", theirs.pk, sealed[7])
    assert findings(ours) == [(Break.DELETED, 2, sealed[7])]
    assert findings(theirs)[0][2] == sealed[7]


def test_an_inserted_entry_is_named(ours, sealed, tamper):
    tamper(
        "INSERT INTO tenancy_auditentry SELECT organization_id, -5, at, cluster, xid, actor_id, request_id, origin,"
        " db_role, operation, table_name, object_id, before, after, salt, content, digest"
        " FROM tenancy_auditentry WHERE id = %s",
        sealed[6],
    )
    assert findings(ours) == [(Break.INSERTED, 1, -5)]
    tamper("UPDATE tenancy_auditentry SET xid = -1 WHERE id = -5")
    assert findings(ours) == [(Break.OUTSIDE, None, -5)]


def test_an_entry_slipped_in_behind_the_last_block_is_named(ours, sealed, tamper):
    tamper(
        "INSERT INTO tenancy_auditentry SELECT organization_id, 999999, at, cluster, xid, actor_id, request_id, origin,"
        " db_role, operation, table_name, object_id, before, after, salt, content, digest"
        " FROM tenancy_auditentry WHERE id = %s",
        sealed[-1],
    )
    assert findings(ours) == [(Break.INSERTED, 3, 999999)]


def test_an_entry_edited_before_it_was_sealed_is_named(ours, sealed, tamper):
    with organization_context(ours):
        DepartmentFactory()
        newest = AuditEntry.objects.latest("id").id
    tamper("UPDATE tenancy_auditentry SET after = '{}' WHERE id = %s", newest)
    assert findings(ours) == [(Break.EDITED_UNSEALED, None, newest)]
    seal_all(ours)
    assert findings(ours) == [(Break.EDITED, 4, newest)]


def test_a_cut_tail_is_named(ours, sealed, tamper):
    tamper("DELETE FROM tenancy_auditblock WHERE number = 3 AND organization_id = %s", ours.pk)
    tamper("DELETE FROM tenancy_auditentry WHERE id > %s", sealed[9])
    assert findings(ours) == [(Break.TAIL, 3, None)]


def test_a_head_that_was_moved_back_does_not_fit(ours, sealed, tamper):
    tamper("DELETE FROM tenancy_auditblock WHERE number = 3 AND organization_id = %s", ours.pk)
    tamper("DELETE FROM tenancy_auditentry WHERE id > %s", sealed[9])
    tamper(
        "UPDATE tenancy_audithead h SET number = 2, mac = b.mac FROM tenancy_auditblock b"
        " WHERE b.organization_id = h.organization_id AND b.number = 2"
    )
    assert findings(ours) == [(Break.HEAD, None, None)]


def test_a_head_put_back_from_an_old_copy_is_caught_by_the_anchors(ours, sealed, tamper):
    tamper("CREATE TEMP TABLE old_head AS SELECT * FROM tenancy_audithead")
    with organization_context(ours):
        DepartmentFactory()
    seal_all(ours)
    assert anchor_head(ours.pk) is True
    tamper("DELETE FROM tenancy_auditblock WHERE number = 4 AND organization_id = %s", ours.pk)
    tamper("DELETE FROM tenancy_auditentry WHERE id > %s", sealed[-1])
    tamper("DELETE FROM tenancy_audithead WHERE organization_id = %s", ours.pk)
    tamper("INSERT INTO tenancy_audithead SELECT * FROM old_head WHERE organization_id = %s", ours.pk)
    assert findings(ours) == [(Break.TAIL, 4, None)]


def test_blocks_beyond_the_head_are_noticed(ours, sealed, tamper):
    tamper("CREATE TEMP TABLE old_head AS SELECT * FROM tenancy_audithead")
    with organization_context(ours):
        DepartmentFactory()
    seal_all(ours)
    tamper("DELETE FROM tenancy_audithead")
    tamper("INSERT INTO tenancy_audithead SELECT * FROM old_head")
    assert findings(ours) == [(Break.HEAD, None, None)]


def test_a_removed_head_is_noticed(ours, sealed, tamper):
    tamper("DELETE FROM tenancy_audithead")
    assert findings(ours) == [(Break.NO_HEAD, None, None)]


def test_a_removed_block_is_named(ours, sealed, tamper):
    tamper("DELETE FROM tenancy_auditblock WHERE number = 2 AND organization_id = %s", ours.pk)
    assert findings(ours) == [(Break.GAP, 2, None), (Break.LINK, 3, None)]


@pytest.mark.parametrize(
    "edit",
    [
        "sealed_at = sealed_at - interval '1 day'",
        "mac = sha256('x')",
        "upto_id = upto_id + 1",
        "digest = sha256('x')",
    ],
)
def test_an_altered_block_is_named(ours, sealed, tamper, edit):
    tamper(f"UPDATE tenancy_auditblock SET {edit} WHERE number = 2 AND organization_id = %s", ours.pk)
    assert (Break.FORGED, 2, None) in findings(ours)
    assert {block for _, block, _ in findings(ours)} <= {2, 3}


def test_an_entry_taken_out_with_its_place_in_the_block_is_noticed(ours, sealed, tamper):
    tamper("DELETE FROM tenancy_auditentry WHERE id = %s", sealed[9])
    tamper(
        "UPDATE tenancy_auditblock SET entries = 4, members = substr(members, 1, 64) WHERE number = 2"
        " AND organization_id = %s",
        ours.pk,
    )
    assert (Break.FORGED, 2, None) in findings(ours)


def test_another_key_verifies_nothing(ours, sealed, settings):
    settings.AUDIT_KEY = b"another key, of 32 bytes in all."
    assert findings(ours) == [(Break.KEY, 1, None), (Break.KEY, 2, None), (Break.KEY, 3, None)]


def test_a_replaced_key_still_verifies_and_both_make_one_chain(ours, sealed, settings):
    settings.AUDIT_OLD_KEYS = [settings.AUDIT_KEY]
    settings.AUDIT_KEY = b"another key, of 32 bytes in all."
    with organization_context(ours):
        DepartmentFactory()
    assert seal_organization(ours.pk) == 1
    assert verify_chain(ours.pk).is_intact


def test_a_key_replaced_in_the_environment_still_verifies(ours, sealed, settings, monkeypatch):
    new, old = b"another key, of 32 bytes in all.", settings.AUDIT_KEY
    monkeypatch.setenv("AUDIT_KEY", b64encode(new).decode())
    monkeypatch.setenv("AUDIT_OLD_KEYS", "")
    read = runpy.run_path(str(settings.BASE_DIR / "crm_project" / "settings.py"))
    settings.AUDIT_KEY, settings.AUDIT_OLD_KEYS = read["AUDIT_KEY"], read["AUDIT_OLD_KEYS"]
    assert (Break.KEY, 1, None) in findings(ours)
    monkeypatch.setenv("AUDIT_OLD_KEYS", b64encode(old).decode())
    read = runpy.run_path(str(settings.BASE_DIR / "crm_project" / "settings.py"))
    settings.AUDIT_OLD_KEYS = read["AUDIT_OLD_KEYS"]
    assert verify_chain(ours.pk).is_intact


# Erasure


def test_an_erasure_keeps_the_chain_and_says_so(ours, sealed):
    with organization_context(ours):
        first = Department.objects.get(name="部门 3")
        first.name = "部门甲"
        first.save()
        assert erase_audit_values(Department, [first.pk], "客户要求") == 2
        entries = AuditEntry.objects.filter(object_id=first.pk).order_by("id")
        assert [(e.operation, e.is_erased) for e in entries] == [
            ("insert", True),
            ("update", True),
            ("erase", False),
        ]
        told = entries[2].after
        assert told["reason"] == "客户要求"
        assert told["entries"] == [entries[0].id, entries[1].id]
    report = verify_chain(ours.pk)
    assert (report.is_intact, report.erased) == (True, 2)
    seal_all(ours)
    report = verify_chain(ours.pk)
    assert (report.is_intact, report.erased, report.unsealed) == (True, 2, 0)
    # The record of it lies in a later block than those looked at.
    assert verify_chain(ours.pk, newest=1).is_intact


def test_an_erasure_needs_a_reason_and_touches_nobody_elses_rows(ours, theirs, sealed):
    with organization_context(ours):
        pk = Department.objects.first().pk
    with organization_context(theirs):
        assert erase_audit_values(Department, [pk], "x") == 0
    with (
        organization_context(ours),
        pytest.raises(IntegrityError, match="needs a reason"),
        transaction.atomic(),
    ):
        erase_audit_values(Department, [pk], "  ")


def test_values_erased_without_a_record_are_named(ours, sealed, tamper):
    tamper("UPDATE tenancy_auditentry SET before = NULL, after = NULL, salt = NULL WHERE id = %s", sealed[6])
    assert findings(ours) == [(Break.ERASED, 2, sealed[6])]


def test_the_record_of_an_erasure_cannot_be_stretched(ours, sealed, tamper):
    with organization_context(ours):
        department = Department.objects.get(name="部门 3")
        erase_audit_values(Department, [department.pk], "客户要求")
        record = AuditEntry.objects.get(operation="erase")
    seal_all(ours)
    tamper("UPDATE tenancy_auditentry SET before = NULL, after = NULL, salt = NULL WHERE id = %s", sealed[6])
    told = {**record.after, "entries": [*record.after["entries"], sealed[6]]}
    tamper("UPDATE tenancy_auditentry SET after = %s WHERE id = %s", json.dumps(told), record.id)
    named = findings(ours)
    assert (Break.EDITED, 4, record.id) in named
    assert (Break.ERASED, 2, sealed[6]) in named


def test_the_record_of_an_erasure_is_not_erased(ours, sealed):
    with organization_context(ours):
        department = Department.objects.get(name="部门 3")
        assert erase_audit_values(Department, [department.pk], "客户要求") == 1
        assert erase_audit_values(Department, [department.pk], "再一次") == 0


# Parts of a chain, anchors, the command


def test_only_the_newest_blocks_can_be_read(ours, sealed, tamper):
    tamper("UPDATE tenancy_auditentry SET after = '{}' WHERE id = %s", sealed[0])
    report = verify_chain(ours.pk, newest=2)
    assert (report.is_intact, report.entries) == (True, 8)
    assert [block.checked for block in report.blocks] == [False, True, True]


def test_anchors_are_written_once_for_each_end(ours, theirs, sealed, tmp_path):
    assert anchor_head(ours.pk) is True
    assert anchor_head(ours.pk) is False
    assert anchor_head(theirs.pk) is False  # not sealed yet
    lines = (tmp_path / f"{ours.uid}.jsonl").read_text().splitlines()
    assert [json.loads(line)["number"] for line in lines] == [3]
    assert verify_chain(ours.pk).anchors == 1
    assert not (tmp_path / f"{theirs.uid}.jsonl").exists()


def test_an_altered_anchor_is_noticed(ours, sealed, tmp_path):
    anchor_head(ours.pk)
    path = tmp_path / f"{ours.uid}.jsonl"
    path.write_text(path.read_text().replace('"number": 3', '"number": 2'))
    assert findings(ours) == [(Break.ANCHOR_FILE, None, None)]


def test_the_command_tells_and_fails(ours, theirs, sealed, tamper):
    out = StringIO()
    call_command("verify_audit", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == "ours: intact (3 blocks, 13 sealed entries, 0 not sealed yet, 0 erased, 0 anchors)"
    assert [line.split(":")[0] for line in lines] == ["ours", "theirs", "(platform)"]
    tamper("DELETE FROM tenancy_auditentry WHERE id = %s", sealed[7])
    out = StringIO()
    with translation.override("en"), pytest.raises(CommandError) as error:
        call_command("verify_audit", organization="ours", blocks=True, stdout=out)
    assert error.value.returncode == 1
    assert f"  - Entry {sealed[7]} is missing from block 2." in out.getvalue()
    assert "block 1: 5 entries" in out.getvalue()

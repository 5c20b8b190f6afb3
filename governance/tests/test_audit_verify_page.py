"""Verification from the page: a background job, its verdict, block by block. And the work that comes round."""

import pytest

from governance.actions.audit import anchor, seal
from tenancy.audit.anchors import anchors_of
from tenancy.audit.chain import PLATFORM
from tenancy.audit.seal import seal_organization
from tenancy.context import organization_context
from tenancy.models import AuditEntry
from tenancy.tests.factories import DepartmentFactory, UserFactory
from workspace.models import Job
from workspace.registry import due_kinds
from workspace.runner import drain

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def anchors(settings, tmp_path):
    settings.AUDIT_ANCHOR_DIR = tmp_path


@pytest.fixture
def verify(client, auditor):
    def post():
        client.force_login(auditor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        response = client.post("/o/ours/governance/audit/verify/")
        assert (response.status_code, response.url) == (302, "/o/ours/governance/audit/verify/")
        return drain(auditor.organization)

    return post


def test_before_anything_is_sealed_the_page_says_so(auditor, browse):
    page = browse(auditor, "audit/verify/")
    assert "Nothing is sealed yet" in page
    assert "has not been verified yet" in page


def test_an_intact_chain_is_reported_block_by_block(auditor, browse, verify):
    seal_organization(auditor.organization_id)
    (job,) = verify()
    assert (job.status, job.result["intact"], job.result["blocks"]) == ("succeeded", True, 1)
    page = browse(auditor, "audit/verify/")
    assert "The chain is intact" in page
    assert page.count(">intact</span>") == 1
    with organization_context(auditor.organization):
        DepartmentFactory()
    seal_organization(auditor.organization_id)
    page = browse(auditor, "audit/verify/")
    assert page.count("not verified yet") == 1  # the block that came since


def test_a_break_is_named_on_the_page(auditor, browse, verify, owner_cursor_factory):
    with organization_context(auditor.organization):
        DepartmentFactory()
        entry = AuditEntry.objects.get(table_name="tenancy_department").id
    seal_organization(auditor.organization_id)
    with owner_cursor_factory() as owner, owner.cursor() as cursor:
        cursor.execute("DELETE FROM tenancy_auditentry WHERE id = %s", [entry])
    verify()
    page = browse(auditor, "audit/verify/")
    assert f"Entry {entry} is missing from block 1" in page
    assert "The chain is intact" not in page


def test_two_requests_make_one_verification(auditor, client):
    client.force_login(auditor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    for _ in range(2):
        client.post("/o/ours/governance/audit/verify/")
    with organization_context(auditor.organization):
        assert Job.objects.count() == 1


def test_sealing_and_anchoring_come_round(ours):
    assert {"audit_seal", "audit_anchor"} <= {kind.key for kind in due_kinds}
    UserFactory()
    seal(ours.pk)
    assert anchors_of(ours.pk) == []
    anchor(ours.pk)
    assert [line.number for line in anchors_of(ours.pk)] == [1]
    assert [line.number for line in anchors_of(PLATFORM)] == [1]

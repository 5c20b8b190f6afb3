"""Keys of encryption change under a running house: nothing is lost, and the old key can be taken away afterwards."""

import json
import os
from datetime import timedelta
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.utils import timezone

from customers.importing.rows import unseal
from customers.models import Consent, ContactPoint, Customer, ImportBatch, ImportRow
from customers.tests.factories import CustomerFactory, consent_of, purpose_of
from customers.tests.import_files import Walk, csv_bytes
from governance.actions import key_rotation
from governance.actions.key_rotation import start_count, start_rotation, write_anew
from governance.queries.key_use import FILES, key_lines, left_on_old_keys, sealed_models, stale_rows
from tenancy import crypto
from tenancy.accounts import MFAAdapter, second_factor_keys
from tenancy.audit.seal import seal_organization
from tenancy.audit.verify import verify_chain
from tenancy.context import organization_context
from tenancy.models import AuditEntry, Membership
from tenancy.tests.factories import MembershipFactory, OrganizationFactory, grant
from workspace import files, runner
from workspace.actions.job import change_job_status
from workspace.enums import JobStatus
from workspace.models import Job, StoredFile
from workspace.progress import Progress

pytestmark = pytest.mark.django_db(transaction=True)
OLD, NEW = {"old": b"o" * 32}, {"new": b"n" * 32}
PHONES = [f"1391234567{n}" for n in range(7)]
IDENTITY, SECRET = "11010519491231002X", "JBSWY3DPEHPK3PXP"


@pytest.fixture
def ring(settings, tmp_path):
    """Say which keys there are, the newest first."""
    settings.MEDIA_ROOT = str(tmp_path / "media")

    def use(*keys: dict) -> None:
        settings.FIELD_KEYS = {name: key for part in keys for name, key in part.items()}
        crypto.forget_ciphers()

    use(OLD)
    yield use
    crypto.forget_ciphers()


@pytest.fixture
def house(ring):
    ours = OrganizationFactory(slug="ours", name="常青")
    with organization_context(ours):
        admin = MembershipFactory(name="管理员", language="en", phone=PHONES[0])
        grant(admin)
    with organization_context(ours, actor=admin):
        for phone in PHONES:
            CustomerFactory(owner=admin, phones=[phone], identity_number=IDENTITY)
    TOTP.activate(admin.user, SECRET)
    Walk(ours, admin).upload(csv_bytes("姓名,手机", "王小明,13812345678")).check()
    return ours, admin


def rotate(ours, admin) -> Job:
    with organization_context(ours, actor=admin):
        job = start_rotation(actor=admin)
    return runner.run_job(ours.pk, job.pk)


def everything(ours) -> list:
    """What the house knows, in plain words."""
    with organization_context(ours):
        [batch] = ImportBatch.objects.all()
        with batch.file.open() as stream:
            content = stream.read().decode()
        [row] = ImportRow.objects.all()
        return [
            sorted(ContactPoint.objects.values_list("pk", flat=True)),
            sorted(point.value for point in ContactPoint.objects.all()),
            {customer.identity_number for customer in Customer.objects.all()},
            [member.phone for member in Membership.objects.all()],
            (batch.file_name, batch.file.name, batch.headings, content),
            unseal(bytes(row.payload), ours.uid, row.pk),
            MFAAdapter().decrypt(Authenticator.objects.get().data["secret"]),
        ]


def test_the_old_key_can_be_taken_away_afterwards(house, ring):
    ours, admin = house
    before = everything(ours)
    with organization_context(ours):
        versions = set(Customer.objects.values_list("version", flat=True))
    ring(NEW, OLD)
    job = rotate(ours, admin)
    assert job.status == JobStatus.SUCCEEDED
    assert left_on_old_keys(job.result["counted"]) == 0
    assert job.result["unreadable"] == 0 and job.result["files"] == 1 and job.result["second_factors"] == 1
    assert job.result["counted"][FILES] == {"new": 1}
    assert job.result["counted"]["customers.contactpoint"] == {"new": 7}
    assert job.result["counted"]["customers.importrow"] == {"new": 1}
    ring(NEW)
    assert everything(ours) == before
    assert second_factor_keys() == {"new": 1}
    with organization_context(ours):
        assert set(Customer.objects.values_list("version", flat=True)) == versions


def test_the_audit_holds_no_plain_value_of_it(house, ring):
    ours, admin = house
    ring(NEW, OLD)
    job = rotate(ours, admin)
    with organization_context(ours):
        entries = AuditEntry.objects.filter(request_id=f"job:{job.pk}", table_name="customers_contactpoint")
        told = json.dumps([[entry.before, entry.after] for entry in entries])
        assert {tuple(entry.after) for entry in entries} == {("value",)}
    assert [phone for phone in PHONES if phone in told] == []


def test_a_change_of_keys_is_no_edit_of_the_customer(house, ring, client):
    ours, admin = house
    with organization_context(ours, actor=admin):
        customer = Customer.objects.order_by("pk").first()
        customer.remarks = "新的备注"
        customer.save()
        consent_of(customer, purpose_of(), note="录音 7788", actor=admin)
    ring(NEW, OLD)
    job = rotate(ours, admin)
    client.force_login(admin.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    tab = client.get(f"/o/ours/governance/customers/{customer.pk}/").content.decode()
    assert tab.count("/governance/audit/0") == 2, "created, and remarks changed"
    with organization_context(ours):
        assert Consent.objects.get().note == "录音 7788"
        [made] = AuditEntry.objects.filter(object_id=customer.pk, request_id=f"job:{job.pk}")
        assert (made.operation, made.actor_id, list(made.after)) == ("update", admin.pk, ["identity_number"])
        others = AuditEntry.objects.filter(request_id=f"job:{job.pk}", table_name="workspace_job")
        assert set(others.values_list("origin", flat=True)) <= {""}, "nothing but the values is marked"
    whole = client.get(f"/o/ours/governance/audit/?object={customer.pk}").content.decode()
    assert whole.count("/governance/audit/0") == 3 and whole.count("encrypted anew") == 1
    entry = client.get(f"/o/ours/governance/audit/{made.key}/").content.decode()
    assert "encrypted anew" in entry and "IP address" not in entry
    seal_organization(ours.pk)
    assert verify_chain(ours.pk).is_intact


class Dying(Progress):
    """A worker that is killed at its n-th checkpoint, after the database has got it."""

    left = 0

    def batch(self):
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return super().batch()


def test_killed_half_way_it_goes_on_where_it_was(house, ring, monkeypatch):
    ours, admin = house
    before = everything(ours)
    ring(NEW, OLD)
    monkeypatch.setattr(key_rotation, "BATCH", 3)
    with organization_context(ours, actor=admin):
        job = change_job_status(start_rotation(actor=admin), JobStatus.RUNNING, attempts=1)
    dying = Dying(job, ours, admin)
    # Those before it have nothing: one batch each. Then comes its first one.
    dying.left = [sealed.key for sealed in sealed_models()].index("customers.contactpoint") + 1
    with pytest.raises(KeyboardInterrupt):
        key_rotation.run_rotation(job, dying)
    with organization_context(ours):
        half = Job.objects.get(pk=job.pk)
        assert (half.state["kind"], half.state["values"]) == ("customers.contactpoint", 3)
        silent = timezone.now() - timedelta(seconds=runner.STALLED_SECONDS + 1)
        Job.objects.filter(pk=job.pk).update(heartbeat_at=silent)
    runner.look_after_jobs(ours.pk)
    job = runner.run_job(ours.pk, job.pk)
    assert (job.status, job.attempts) == (JobStatus.SUCCEEDED, 2)
    ring(NEW)
    assert everything(ours) == before


def test_who_edits_meanwhile_wins(house, ring):
    ours, admin = house
    [sealed] = [one for one in sealed_models() if one.model is ContactPoint]
    ring(NEW, OLD)
    with organization_context(ours, actor=admin):
        rows = stale_rows(sealed, None, 100)
        edited = ContactPoint.objects.order_by("pk").first()
        edited.value = "+8613800009999"
        edited.save()
        assert write_anew(sealed, rows) == (6, 0)
        ring(NEW)
        assert ContactPoint.objects.get(pk=edited.pk).value == "+8613800009999"
        assert stale_rows(sealed, None, 100) == []


def test_what_cannot_be_read_stays_and_is_told(house, ring):
    ours, admin = house
    ring(NEW)
    job = rotate(ours, admin)
    assert job.status == JobStatus.SUCCEEDED
    assert job.result["values"] == 0 and job.result["unreadable"] > 7
    lines = {line.key_id: line for line in key_lines(job.result["counted"])}
    assert (lines["old"].is_missing, lines["old"].files, lines["new"].values) == (True, 1, 0)
    ring(OLD)
    assert everything(ours)[1] == [f"+86{phone}" for phone in PHONES]


def test_a_file_that_is_open_is_read_on(house, ring):
    ours, _admin = house
    with organization_context(ours):
        file = StoredFile.objects.get()
        before = files.path_of(file)
        with file.open() as stream:
            ring(NEW, OLD)
            assert files.encrypt_anew(file) is True
            assert "王小明" in stream.read().decode()
        moved = StoredFile.objects.get()
        assert files.key_id_of(moved) == "new" and files.encrypt_anew(moved) is False
        assert before.exists() and before != files.path_of(moved)
        assert files.encrypt_anew(file) is False, "somebody else was quicker: theirs stays"
        stored = {path for path in before.parent.parent.rglob("*") if path.is_file()}
        assert stored == {before, files.path_of(moved)}, "what the slower one wrote is gone"


def test_a_damaged_file_is_told_and_left(house, ring):
    ours, admin = house
    with organization_context(ours):
        os.truncate(files.path_of(StoredFile.objects.get()), 90)
    ring(NEW, OLD)
    job = rotate(ours, admin)
    assert (job.status, job.result["files"], job.result["unreadable"]) == (JobStatus.SUCCEEDED, 0, 1)
    assert left_on_old_keys(job.result["counted"]) == 1


def test_the_command_says_what_is_left(house, ring):
    ring(NEW, OLD)
    with pytest.raises(CommandError, match="not under the key new"):
        call_command("rotate_keys", "--count", stdout=StringIO())
    told = StringIO()
    call_command("rotate_keys", stdout=told)
    assert "ours: new (newest)" in told.getvalue() and "ours: old: 0 values, 0 files" in told.getvalue()
    with pytest.raises(CommandError, match="no organisation"):
        call_command("rotate_keys", "--organization", "nobody", stdout=StringIO())


def test_the_page_counts_and_rotates(house, ring, client):
    ours, admin = house
    client.force_login(admin.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": 1}]
    session.save()
    ring(NEW, OLD)
    with organization_context(ours):
        start_count(actor=admin)
    runner.drain(ours)
    url = "/o/ours/governance/privacy/keys/"
    page = client.get(url).content.decode()
    assert "are not under the newest key yet" in page and "<code>old</code>" in page
    assert client.post(url, {"what": "rotate"}).url == url
    assert "It starts as soon as a worker is free." in client.get(url).content.decode()
    runner.drain(ours)
    assert "Older keys can be taken out of FIELD_KEYS." in client.get(url).content.decode()

"""An erasure leaves nothing of a person but the audit entry that it happened, and the chain still verifies."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.actions.disclosure import record_reveal
from customers.actions.employment import employ
from customers.actions.erasure import ErasureBlocked, erase_customer, erase_customers
from customers.actions.merge import merge_customers
from customers.actions.points import PointInput, save_points
from customers.enums import CustomerKind
from customers.models import ContactPerson, Customer, CustomerSearch, TimelineEntry
from customers.privacy import GONE, ErasureBlocker, erasure_blockers
from customers.queries.privacy import same_human
from customers.queries.search import search_among
from customers.tests.factories import CustomerFactory
from governance.actions.data_request import Blocked, NotApproved, approve_erasure, fulfil, reject_request
from governance.actions.legal_hold import lift_hold, place_hold
from governance.actions.privacy_policy import privacy_policy
from governance.enums import RequestKind, RequestStatus
from governance.models import DataRequest
from governance.tests.dumps import dumped
from governance.tests.privacy_rows import identified, request_of
from interactions.models import Interaction, Plan
from interactions.tests.factories import contact_with, person_of, plan_for
from tenancy.access import viewer_for
from tenancy.audit.seal import seal_organization
from tenancy.audit.verify import verify_chain
from tenancy.context import organization_context
from tenancy.db import uuid7
from tenancy.models import AuditEntry
from tenancy.tests.factories import MembershipFactory, OrganizationFactory, grant
from workspace import runner
from workspace.actions.attachment import add_attachment, create_folder
from workspace.files import path_of
from workspace.tests.conftest import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
NAME, PHONE, IDENTITY, REMARK = "欧阳常青树", "13987654321", "11010519491231002X", "喜欢普洱茶的老客户"


@pytest.fixture
def house(db):
    ours = OrganizationFactory(slug="ours", name="常青")
    with organization_context(ours):
        admin = MembershipFactory(name="管理员", language="en")
        grant(admin)
    return ours, admin


def a_whole_person(admin):
    """A customer with something on every floor, and a past that is gone from the tables but not from the audit."""
    with_file = CustomerFactory(
        name=NAME, kind=CustomerKind.PERSON, owner=admin, phones=[PHONE], identity_number=IDENTITY, remarks=REMARK,
        aliases=["常青树老师"],
    )  # fmt: skip
    former = person_of(with_file, "欧阳夫人")
    contact_with(with_file, admin, summary=f"{NAME}来电", person=former)
    ContactPerson.objects.get(pk=former.pk)
    plan_for(with_file, admin, subject=f"拜访{NAME}")
    with_file.folder = create_folder("customers.customer")
    with_file.save()
    upload = SimpleUploadedFile("合同.txt", f"{NAME} {PHONE}".encode())
    attachment = add_attachment(with_file.folder, upload, actor=admin, id=uuid7())
    employ(
        ContactPerson(),
        company=CustomerFactory(name="老字号公司", owner=admin),
        individual=with_file,
        actor=admin,
    )
    record_reveal(viewer_for(admin), with_file, "identity_number", field="identity_number")
    save_points(with_file, [PointInput("phone", "+8613800001111")])
    return with_file, path_of(attachment.file)


def asked(ours, admin, customer, kind):
    with organization_context(ours, actor=admin):
        request = identified(admin, kind, customer=customer)
        fulfil(request, actor=admin)
    assert [job.status for job in runner.drain(ours)] == ["succeeded"]
    with organization_context(ours):
        return DataRequest.objects.get(pk=request.pk)


def test_nothing_is_left_but_the_entry_that_it_happened(house):
    ours, admin = house
    with organization_context(ours, actor=admin):
        customer, path = a_whole_person(admin)
        code = customer.code
    asked(ours, admin, customer, RequestKind.ACCESS)
    before = dumped()
    assert NAME in before and path.exists()
    assert PHONE not in before and IDENTITY not in before, "encrypted from the first moment"
    request = asked(ours, admin, customer, RequestKind.ERASURE)
    assert (request.status, request.customer_id) == (RequestStatus.DONE, None)
    after = dumped()
    for trace in (NAME, "欧阳", "常青树", REMARK, PHONE, IDENTITY, "合同.txt"):
        assert trace not in after, trace
    assert not path.exists()
    with organization_context(ours):
        assert Customer.objects.filter(pk=customer.pk).count() == 0
        assert CustomerSearch.objects.filter(customer=customer.pk).count() == 0
        assert list(search_among(Customer.objects.all(), code, viewer_for(admin))) == []
        assert (Interaction.objects.count(), Plan.objects.count()) == (0, 0)
        assert [c.name for c in Customer.objects.all()] == ["老字号公司"]
        assert TimelineEntry.objects.filter(kind="customer.people_changed").count() == 0
        told = AuditEntry.objects.filter(operation="erase", table_name="customers_customer").get()
        assert told.after["reason"] == request.number and told.after["objects"] == [str(customer.pk)]
        assert DataRequest.objects.filter(package__isnull=False).count() == 0
    seal_organization(ours.pk)
    assert verify_chain(ours.pk).is_intact


def test_an_access_package_holds_everything_and_is_encrypted_on_the_disk(house):
    ours, admin = house
    with organization_context(ours, actor=admin):
        customer, _path = a_whole_person(admin)
    request = asked(ours, admin, customer, RequestKind.ACCESS)
    with organization_context(ours):
        assert request.status == RequestStatus.DONE and request.can_download
        assert NAME.encode() not in path_of(request.package).read_bytes()
        with request.package.open() as stream:
            package = zipfile.ZipFile(io.BytesIO(stream.read()))
    told = package.read("data.json").decode()
    kinds = json.loads(told)
    for text in (NAME, IDENTITY, "+8613800001111", REMARK, f"{NAME}来电", f"拜访{NAME}", "常青树老师"):
        assert text in told, text
    assert {"customers.customer", "customers.contactpoint", "interactions.interaction"} <= set(kinds)
    assert NAME in package.read("data.html").decode()
    book = zipfile.ZipFile(io.BytesIO(package.read("data.xlsx")))
    words = book.read("xl/sharedStrings.xml").decode()
    for text in (NAME, IDENTITY, "+8613800001111", REMARK, f"{NAME}来电"):
        assert text in words, text
    assert len([name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]) == len(kinds)
    [name] = [name for name in package.namelist() if name.startswith("files/")]
    assert package.read(name).decode() == f"{NAME} {PHONE}"


def test_a_legal_hold_forbids_it_until_it_is_lifted(house):
    ours, admin = house
    with organization_context(ours, actor=admin):
        request = identified(admin)
        place_hold(request.customer, reason="诉讼中", actor=admin)
        with pytest.raises(Blocked, match="诉讼中"):
            fulfil(request, actor=admin)
        lift_hold(request.customer, actor=admin)
        fulfil(request, actor=admin)
        place_hold(request.customer, reason="新的诉讼", actor=admin)
    [job] = runner.drain(ours)
    assert (job.status, job.error) == ("failed", "blocked"), "a hold placed meanwhile is respected"
    with organization_context(ours):
        assert Customer.objects.filter(pk=request.customer_id).count() == 1


def test_what_any_floor_holds_against_it_forbids_it(house, monkeypatch):
    """As an open complaint does, once there are complaints: a person's request and the night's rule alike."""
    ours, admin = house
    with organization_context(ours, actor=admin):
        request = identified(admin)
        old, other = CustomerFactory(owner=admin), CustomerFactory(owner=admin)
        Customer.objects.update(archived_at=timezone.now() - timedelta(days=400))
        against = {request.customer_id, old.pk}
    open_one = ErasureBlocker(
        "test.complaint", lambda ids: {key: ["一件投诉未结"] for key in against.intersection(ids)}
    )
    monkeypatch.setattr(erasure_blockers, "_sorted", [*erasure_blockers, open_one])
    with organization_context(ours, actor=admin):
        with pytest.raises(Blocked, match="一件投诉未结"):
            fulfil(request, actor=admin)
        assert erase_customers([old, other], reason="1") == 1
        assert set(Customer.objects.values_list("pk", flat=True)) == against
    page = signed_in(admin).get(f"/o/ours/governance/privacy/requests/{request.pk}/").content.decode()
    assert "一件投诉未结" in page


def test_a_second_person_approves_where_the_policy_says_so(house):
    ours, admin = house
    with organization_context(ours, actor=admin):
        policy = privacy_policy()
        policy.four_eyes = True
        policy.save()
        second = MembershipFactory()
        request = identified(admin)
        with pytest.raises(NotApproved):
            fulfil(request, actor=admin)
        with pytest.raises(NotApproved):
            approve_erasure(request, actor=admin)
        request = approve_erasure(request, actor=second)
        assert fulfil(request, actor=admin).status == RequestStatus.WORKING
        assert same_human(request.customer) == [request.customer_id]


def test_an_erasure_follows_whom_the_customer_has_taken_over(house):
    ours, admin = house
    with organization_context(ours, actor=admin):
        survivor = CustomerFactory(name="存续公司甲", owner=admin)
        middle = CustomerFactory(name="欧阳中间人", owner=admin)
        first = CustomerFactory(name=NAME, owner=admin, phones=[PHONE], remarks=REMARK)
        merge_customers(middle, [first], actor=admin)
        merge_customers(survivor, [middle], actor=admin)
        assert set(same_human(survivor)) == {survivor.pk, middle.pk, first.pk}
        assert same_human(first) == [first.pk]
    asked(ours, admin, survivor, RequestKind.ERASURE)
    after = dumped()
    assert [trace for trace in ("存续公司甲", "欧阳", REMARK) if trace in after] == []
    with organization_context(ours):
        assert Customer.objects.count() == 0
    seal_organization(ours.pk)
    assert verify_chain(ours.pk).is_intact


def test_what_holds_one_who_was_merged_holds_whom_they_became(house):
    ours, admin = house
    with organization_context(ours, actor=admin):
        held, other, taken = (CustomerFactory(owner=admin) for _n in range(3))
        merge_customers(held, [taken], actor=admin)
        place_hold(taken, reason="诉讼中", actor=admin)
        with pytest.raises(ErasureBlocked, match="诉讼中"):
            erase_customer(held, reason="1")
        assert erase_customers([held, other], reason="1") == 1
        assert set(Customer.objects.values_list("pk", flat=True)) == {held.pk, taken.pk}
        with pytest.raises(Customer.DoesNotExist):
            erase_customer(other, reason="1")
        assert erase_customers([other], reason="1") == 0


def test_what_holds_whom_one_has_become_holds_who_was_merged(house):
    ours, admin = house
    with organization_context(ours, actor=admin):
        first, middle, held, other = (CustomerFactory(owner=admin) for _n in range(4))
        merge_customers(middle, [first], actor=admin)
        merge_customers(held, [middle], actor=admin)
        place_hold(held, reason="诉讼中", actor=admin)
        for one in (first, middle):
            with pytest.raises(ErasureBlocked, match="诉讼中"):
                erase_customer(one, reason="1")
        assert erase_customers([first, first, other], reason="1") == 1
        assert set(Customer.objects.values_list("pk", flat=True)) == {first.pk, middle.pk, held.pk}
        lift_hold(held, actor=admin)
        erase_customer(middle, reason="1")
        assert set(Customer.objects.values_list("pk", flat=True)) == {held.pk}


def test_several_are_erased_in_one_transaction_and_their_keys_are_checked(house):
    ours, admin = house
    with organization_context(ours, actor=admin), transaction.atomic():
        for number in range(3):
            erase_customer(CustomerFactory(owner=admin, phones=[f"1381234567{number}"]), reason="1")
        assert Customer.objects.count() == 0
    with organization_context(ours, actor=admin):
        assert Customer.objects.count() == 0


@pytest.mark.parametrize("customers", [1, 3])
def test_those_merged_are_locked_too_and_all_are_asked_about_at_once(house, customers):
    """Found (the customer and whom it took over, each asked; whom it has become), locked, and found again under the locks;
    then one question for each of what may forbid it."""
    ours, admin = house
    with organization_context(ours, actor=admin):
        kept, taken = [], []
        for _n in range(customers):
            survivor, merged = CustomerFactory(owner=admin), CustomerFactory(owner=admin)
            merge_customers(survivor, [merged], actor=admin)
            place_hold(merged, reason="诉讼中", actor=admin)
            kept.append(survivor)
            taken.append(merged)
        with CaptureQueriesContext(connection) as asked, transaction.atomic():
            assert erase_customers(kept, reason="1") == 0
    statements = [one["sql"] for one in asked if one["sql"].startswith("SELECT")]
    assert len(statements) == 8
    [lock] = [sql for sql in statements if "FOR UPDATE" in sql]
    assert all(str(one.pk) in lock for one in [*kept, *taken])


def test_who_may_know_sees_on_the_changes_who_has_looked(house):
    ours, admin = house
    with organization_context(ours, actor=admin):
        customer = CustomerFactory(owner=admin, identity_number=IDENTITY)
        record_reveal(viewer_for(admin), customer, "identity_number", field="identity_number")
        reader = MembershipFactory(name="只看审计", language="en")
        grant(reader, "customers.view_customer", "tenancy.view_auditentry")
    url = f"/o/ours/governance/customers/{customer.pk}/"
    assert "Who has seen the details" in signed_in(admin).get(url).content.decode()
    assert "Who has seen the details" not in signed_in(reader).get(url).content.decode()


def test_why_a_request_was_rejected_goes_with_the_person(house):
    ours, admin = house
    reason = f"{NAME}无法核实身份"
    with organization_context(ours, actor=admin):
        customer = CustomerFactory(name=NAME, owner=admin)
        rejected = reject_request(request_of(admin, customer=customer), reason=reason)
        other = reject_request(request_of(admin), reason="他人的原因")
    url = f"/o/ours/governance/privacy/requests/{rejected.pk}/"
    assert reason in signed_in(admin).get(url).content.decode()
    done = asked(ours, admin, customer, RequestKind.ERASURE)
    with organization_context(ours):
        rows = {row.pk: row.rejection for row in DataRequest.objects.all()}
        assert rows == {rejected.pk: GONE, other.pk: "他人的原因", done.pk: ""}
        entries = AuditEntry.objects.filter(table_name="governance_datarequest", object_id=rejected.pk)
        assert [(one.before, one.after) for one in entries] == [(None, None)] * len(entries)
        assert len(entries) >= 2
    page = signed_in(admin).get(url).content.decode()
    assert reason not in page and page.count("(erased)") == 2
    seal_organization(ours.pk)
    assert verify_chain(ours.pk).is_intact

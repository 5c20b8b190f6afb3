"""An erasure reaches the files that were exported before it, and says so to whoever asks for one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.actions import export as actions
from customers.models import CustomerExport, DisclosedCustomer, Disclosure
from customers.tests.factories import CustomerFactory
from customers.tests.test_export import ALL, content
from governance.enums import RequestKind
from governance.tests.dumps import dumped
from governance.tests.test_erasure import NAME, asked, house  # noqa: F401
from tenancy.audit.seal import seal_organization
from tenancy.audit.verify import verify_chain
from tenancy.context import organization_context
from tenancy.models import AuditEntry
from tenancy.tests.factories import MembershipFactory, grant
from workspace import runner
from workspace.files import path_of
from workspace.models import StoredFile
from workspace.tests.conftest import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/o/ours/customers/"


@pytest.fixture
def stored(house, monkeypatch):  # noqa: F811
    """The customer to erase, and three files: two that hold it (of the administrator, of a Chinese colleague), one
    without it."""
    ours, admin = house
    monkeypatch.setattr(actions, "DIRECT", 0)
    with organization_context(ours, actor=admin):
        customer = CustomerFactory(name=NAME, owner=admin, city="北京")
        CustomerFactory(name="同城的人", owner=admin, city="北京")
        CustomerFactory(name="别处的人", owner=admin, city="上海")
        other = MembershipFactory(name="同事", language="zh-hans")
        grant(other)
    return customer, other, [
        exported(ours, admin, "city=北京"), exported(ours, other, "city=北京"), exported(ours, admin, "city=上海"),
    ]  # fmt: skip


def exported(ours, member, query):
    assert signed_in(member).post(f"{URL}export/", {**ALL, "query": query}).status_code == 302
    assert [job.status for job in runner.drain(ours)] == ["succeeded"]
    with organization_context(ours):
        return CustomerExport.objects.select_related("file").order_by("-id").first()


def download(member, row):
    return signed_in(member).get(f"{URL}exports/{row.pk}/")


def test_the_files_that_hold_the_customer_are_destroyed_and_no_others(house, stored):  # noqa: F811
    ours, admin = house
    customer, other, (mine, theirs, without) = stored
    for member, row in ((admin, mine), (other, theirs)):
        answer = download(member, row)
        assert answer.status_code == 200 and NAME in content(answer).decode("utf-8-sig")
    with organization_context(ours):
        paths = [path_of(row.file) for row in (mine, theirs, without)]
    assert [path.exists() for path in paths] == [True, True, True]
    asked(ours, admin, customer, RequestKind.ERASURE)
    assert [path.exists() for path in paths] == [False, False, True]
    gone = download(admin, mine)
    assert gone.status_code == 410
    assert "A customer in this file was erased" in gone.content.decode()
    told = download(other, theirs)
    assert told.status_code == 410
    assert "此文件中的一位客户已" in told.content.decode()
    assert "别处的人" in content(download(admin, without)).decode("utf-8-sig")
    with organization_context(ours):
        assert [row.pk for row in StoredFile.objects.all()] == [without.file_id]
    assert verified(ours)


def verified(ours) -> bool:
    seal_organization(ours.pk)
    return verify_chain(ours.pk).is_intact


def test_the_list_of_exports_says_why_until_the_file_had_gone_anyway(house, stored):  # noqa: F811
    ours, admin = house
    customer, _other, (mine, _theirs, _without) = stored
    asked(ours, admin, customer, RequestKind.ERASURE)
    page = signed_in(admin).get(f"{URL}exports/").content.decode()
    assert page.count("Destroyed: a customer in it was erased") == 1
    assert f"{URL}exports/{mine.pk}/" not in page
    with organization_context(ours):
        assert CustomerExport.objects.get(pk=mine.pk).rows == 2
        assert [one.customers for one in Disclosure.objects.filter(pk=mine.pk)] == [2]
        CustomerExport.objects.filter(pk=mine.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert download(admin, mine).status_code == 404


def test_why_it_is_gone_is_told_to_whom_it_belonged_alone(house, stored):  # noqa: F811
    ours, admin = house
    customer, other, (mine, _theirs, _without) = stored
    asked(ours, admin, customer, RequestKind.ERASURE)
    assert download(other, mine).status_code == 404
    with organization_context(ours):
        rep = MembershipFactory()
        grant(rep, "customers.view_customer")
    assert download(rep, mine).status_code == 403


def test_a_file_of_which_nobody_knows_whom_it_holds_is_destroyed_too(house, stored):  # noqa: F811
    """Made before exports noted whom they were about."""
    ours, admin = house
    customer, _other, (_mine, _theirs, without) = stored
    with organization_context(ours):
        DisclosedCustomer.objects.filter(disclosure=without.pk).delete()
    asked(ours, admin, customer, RequestKind.ERASURE)
    assert download(admin, without).status_code == 410


def test_filters_that_found_the_customer_alone_go_with_it(house, stored):  # noqa: F811
    ours, admin = house
    customer, _other, (mine, _theirs, _without) = stored
    alone = exported(ours, admin, f"q={NAME}")
    with organization_context(ours):
        assert (alone.rows, NAME in alone.query) == (1, True)
    asked(ours, admin, customer, RequestKind.ERASURE)
    with organization_context(ours):
        queries = {row.pk: row.query for row in CustomerExport.objects.all()}
        entries = AuditEntry.objects.filter(table_name="customers_customerexport", object_id=alone.pk)
        assert (queries[alone.pk], queries[mine.pk]) == ("", "city=北京")
        assert [(one.before, one.after) for one in entries if one.operation == "insert"] == [(None, None)]
    assert NAME not in dumped()
    assert verified(ours)


def test_what_was_typed_to_find_it_among_others_goes_too(house, stored):  # noqa: F811
    ours, admin = house
    customer, _other, (mine, _theirs, _without) = stored
    with organization_context(ours, actor=admin):
        CustomerFactory(name=f"{NAME}二店", owner=admin)
    several = exported(ours, admin, f"q={NAME}")
    with organization_context(ours):
        assert several.rows == 2
    asked(ours, admin, customer, RequestKind.ERASURE)
    with organization_context(ours):
        queries = {row.pk: row.query for row in CustomerExport.objects.all()}
    assert (queries[several.pk], queries[mine.pk]) == ("", "city=北京")

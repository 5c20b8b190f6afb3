"""What somebody tries who may do less than they want to: by hand-made forms and addresses."""

import pytest

from customers.actions import bulk
from customers.actions.bulk import Selection, start_bulk
from customers.enums import PointKind
from customers.models import ContactPoint, Customer, TimelineEntry
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.import_files import Walk, csv_bytes
from customers.tests.test_bulk import run_here
from customers.tests.test_customer_edit import BASE, points
from customers.tests.test_customer_list import URL, browser, listed
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.models import MembershipRole
from tenancy.tests.factories import DepartmentFactory, grant
from workspace.models import SavedView

pytestmark = pytest.mark.django_db


def test_the_kind_of_a_masked_detail_changes_only_with_a_value_typed_anew(inside_ours):
    clerk = member_with("customers.view_customer", "customers.change_customer")
    customer = CustomerFactory(name="云帆科技", phones=["13812345678"])
    point = ContactPoint.objects.get()
    before = ContactPoint.objects.values("kind", "value_index", "tail_index").get()

    def answer(*row: str):
        data = {**BASE, **points(row), "version": str(type(customer).objects.get().version)}
        return browser(clerk).post(f"{URL}{customer.pk}/edit/", data)

    refused = answer("wechat", "", "", str(point.pk))
    assert refused.status_code == 422
    assert "Enter the number or address again to change its kind." in refused.content.decode()
    assert ContactPoint.objects.values("kind", "value_index", "tail_index").get() == before
    assert answer("phone", "", "手机", str(point.pk)).status_code == 302
    assert ContactPoint.objects.get().label == "手机"
    assert answer("wechat", "yunfan_2024", "", str(point.pk)).status_code == 302
    assert (ContactPoint.objects.get().kind, ContactPoint.objects.get().value) == ("wechat", "yunfan_2024")
    assert bytes(ContactPoint.objects.get().value_index) != bytes(before["value_index"])


@pytest.mark.parametrize("query", [{"owed": "true"}, {"last_contact_after": "2999-01-01"}])
def test_what_one_may_not_see_one_cannot_filter_by(inside_ours, admin, query):
    CustomerFactory(name="甲", owner=admin)
    stranger = member_with("customers.view_customer")
    response = browser(stranger).get(URL, query)
    assert listed(response) == ["甲"]
    assert response.context["chips"] == []
    assert next(iter(query)) not in browser(stranger).get(f"{URL}filters/").content.decode()
    grant(stranger, "interactions.view_interaction")
    response = browser(stranger).get(URL, query)
    assert (listed(response), len(response.context["chips"])) == ([], 1)
    assert next(iter(query)) in browser(stranger).get(f"{URL}filters/").content.decode()


def test_what_one_may_not_see_one_cannot_sort_by(inside_ours):
    stranger = member_with("customers.view_customer")
    assert browser(stranger).get(URL, {"sort": "last_contact"}).context["sorting"] == "-updated"
    grant(stranger, "interactions.view_interaction")
    assert browser(stranger).get(URL, {"sort": "last_contact"}).context["sorting"] == "last_contact"


def undone(member, kind: str) -> int:
    batch = TimelineEntry.objects.filter(kind=kind).latest("at").subject_id
    return browser(member).post(f"{URL}undo/{batch}/").status_code


def test_undoing_takes_the_right_that_doing_took(inside_ours, manager, colleague):
    customer = CustomerFactory(name="甲", owner=manager)
    browser(manager).post(f"{URL}bulk/archive/", {"ids": [str(customer.pk)]})
    browser(manager).post(f"{URL}bulk/assign/", {"ids": [str(customer.pk)], "owner": str(colleague.pk)})
    MembershipRole.objects.filter(membership=manager).delete()
    grant(manager, "customers.view_customer")
    assert undone(manager, "customer.archived") == 403
    assert undone(manager, "customer.owner_changed") == 403
    found = Customer.objects.get()
    assert (found.archived_at is None, found.owner) == (False, colleague)


def test_undoing_reaches_no_further_than_doing_would_now(inside_ours, manager, rep, colleague):
    kept = CustomerFactory(name="甲", owner=rep)
    browser(manager).post(f"{URL}bulk/archive/", {"ids": [str(kept.pk)]})
    given = CustomerFactory(name="乙", owner=rep)
    browser(manager).post(f"{URL}bulk/assign/", {"ids": [str(given.pk)], "owner": str(colleague.pk)})
    manager.department = DepartmentFactory()
    manager.save()
    assert undone(manager, "customer.archived") == undone(manager, "customer.owner_changed") == 302
    assert Customer.objects.get(name="甲").archived_at is not None
    assert Customer.objects.get(name="乙").owner == colleague
    manager.department = rep.department
    manager.save()
    assert undone(manager, "customer.archived") == undone(manager, "customer.owner_changed") == 302
    assert Customer.objects.get(name="甲").archived_at is None
    assert Customer.objects.get(name="乙").owner == rep


@pytest.mark.parametrize(
    "query",
    [
        "created_after=garbage",
        "x_gone=1",
        "owner=nobody",
        "tier=platinum",
        "owed=true",
        "tag=1",
        "city=杭州&zzz=1",
    ],
)
def test_a_filter_that_is_not_understood_does_not_make_of_some_customers_all(inside_ours, query):
    """`owed` needs a right that this member lacks; as a field that is archived, or a right that is lost, by now."""
    clerk = member_with("customers.view_customer", "customers.change_customer")
    customers = [CustomerFactory(city="杭州"), CustomerFactory(city="北京")]
    client = browser(clerk)
    answer = client.post(f"{URL}bulk/archive/", {"all": "1", "query": query}, follow=True)
    assert "The filters of the list have changed meanwhile, and nothing was done." in answer.content.decode()
    assert client.post(f"{URL}bulk/edit/", {"all": "1", "query": query}).status_code == 302
    assert Customer.objects.filter(archived_at=None).count() == len(customers)
    understood = {"all": "1", "query": "q=&city=&sort=name&view=1&owner=&created_after=2020-01-01"}
    client.post(f"{URL}bulk/archive/", understood)
    assert Customer.objects.filter(archived_at=None).count() == 0


def test_a_view_that_asks_for_what_its_reader_may_not_know_says_so(inside_ours, admin):
    """Shared by somebody who sees contacts: for others it is a list of all, and tells neither rows nor a number."""
    CustomerFactory(name="甲", owner=admin)
    view = SavedView.objects.create(
        owner=admin, page="customers", name="欠联系", query="owed=true", shared=True
    )
    stranger = member_with("customers.view_customer", "customers.change_customer")
    told = "was left out: there are more customers than was meant."
    page = browser(stranger).get(URL, {"owed": "true", "view": str(view.pk)})
    assert (listed(page), told in page.content.decode()) == (["甲"], True)
    assert browser(stranger).get(f"{URL}views/counts/").context["rows"] == []
    assert told not in browser(stranger).get(URL, {"view": str(view.pk), "tier": "key"}).content.decode()
    grant(stranger, "interactions.view_interaction")
    page = browser(stranger).get(URL, {"owed": "true", "view": str(view.pk)})
    assert (listed(page), told in page.content.decode()) == ([], False)
    assert [row["count"] for row in browser(stranger).get(f"{URL}views/counts/").context["rows"]] == ["0"]


def test_a_filter_that_goes_while_a_job_works_ends_it(inside_ours, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    clerk = member_with("customers.view_customer", "customers.change_customer")
    for city in ("杭州", "杭州", "北京"):
        CustomerFactory(city=city)
    run = start_bulk("archive", Selection(query="city=杭州&x_gone=1"), {}, viewer=viewer_for(clerk))
    assert run is None
    run = start_bulk("archive", Selection(query="city=杭州"), {}, viewer=viewer_for(clerk))
    run.query = "city=杭州&x_gone=1"
    run.save()
    assert run_here(run) == {"changed": 0, "skipped": 0}
    assert Customer.objects.filter(archived_at=None).count() == 3


RIGHTS = ("customers.view_customer", "customers.add_customer")


def guess(client, number: int) -> list[str]:
    return listed(client.get(URL, {"q": f"{number:04}"}))


def test_who_sees_numbers_masked_does_not_try_them_all_out(inside_ours, monkeypatch):
    monkeypatch.setattr("customers.queries.lookups.MOST", 5)
    CustomerFactory(name="云帆科技", phones=["13812345678"])
    clerk = browser(member_with(*RIGHTS))
    assert guess(clerk, 5678) == ["云帆科技"]
    for number in range(4):
        guess(clerk, number)
    assert guess(clerk, 5678) == ["云帆科技"]
    refused = clerk.get(URL, {"q": "13812345678"})
    assert listed(refused) == []
    assert "You have looked up too many numbers." in refused.content.decode()
    assert listed(clerk.get(URL, {"q": "云帆"})) == ["云帆科技"]
    seer = browser(member_with(*RIGHTS, "customers.reveal_contact"))
    for number in range(9):
        guess(seer, number)
    assert guess(seer, 5678) == ["云帆科技"]


def test_nor_by_the_warning_about_duplicates(inside_ours, monkeypatch):
    monkeypatch.setattr("customers.queries.lookups.MOST", 3)
    CustomerFactory(name="云帆科技", phones=["13812345678"])
    clerk = browser(member_with(*RIGHTS))

    def warning(*phones: str) -> str:
        rows = points(*((PointKind.PHONE, phone) for phone in phones))
        return clerk.post(f"{URL}duplicates/", {"name": "新客户", **rows}).content.decode()

    assert "same phone" in warning("13812345678")
    assert "same phone" in warning("13812345678", "13900000001", "13900000002")
    many = warning("13812345678", "13900000003")
    assert "same phone" not in many and "Too many numbers were looked up" in many


def test_nor_by_asking_who_may_see_whom(inside_ours, monkeypatch):
    monkeypatch.setattr("customers.queries.lookups.MOST", 3)
    customer = CustomerFactory(name="云帆科技", phones=["13812345678"])
    auditor = member_with(*RIGHTS, "tenancy.explain_access")
    client = browser(auditor)

    def asked(text: str) -> str:
        query = {"member": str(auditor.pk), "kind": "customer", "q": text}
        return client.get("/o/ours/settings/explain/", query).content.decode()

    for number in ("13812345678", "13900000001", "13900000002"):
        assert (f"record={customer.pk}" in asked(number)) == (number == "13812345678")
    refused = asked("13900000003")
    assert "You have looked up too many numbers." in refused and "Nothing found." not in refused
    assert "You have looked up" in asked("5678")
    assert f"record={customer.pk}" in asked("13812345678"), "asking again costs nothing"
    assert f"record={customer.pk}" in asked("云帆")


@pytest.mark.django_db(transaction=True)
def test_nor_by_a_file_with_all_of_them(ours):
    """Ten thousand rows are as many numbers as there are behind a masked one."""
    with organization_context(ours):
        CustomerFactory(name="云帆科技", phones=["13812345678"], identity_number="11010519491231002X")
        clerk = member_with(*RIGHTS, "customers.import_customer", name="甲")
        seer = member_with(*RIGHTS, "customers.import_customer", "customers.reveal_contact", name="乙")
    rows = [f"试{number},1381234{number}" for number in range(5676, 5680)]
    every = {"match": ["code", "identity", "phone", "email"], "policy": "skip", "any_name": True}
    for member, counts in ((clerk, (4, 0, 0, 0)), (seer, (3, 0, 1, 0))):
        walk = Walk(ours, member).upload(csv_bytes("姓名,手机", *rows)).check(**every)
        with organization_context(ours):
            assert walk.counts() == counts
        page = browser(member).get(f"{URL}imports/{walk.pk}/columns/")
        offered = {key for key, _label in page.context["form"].fields["match"].choices}
        assert ({"identity", "phone", "email"} <= offered, "code" in offered) == (member == seer, True)

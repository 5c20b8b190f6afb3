"""How many customers a person may own: whose cap counts, where it is asked, and that two at once do not exceed it."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from customers.actions import book
from customers.actions.bulk import Selection, start_bulk
from customers.actions.customer import edit_customer
from customers.actions.ownership import CapReached, change_owner
from customers.actions.ownership_policy import ownership_policy, set_cap
from customers.actions.pool_claim import assign_from_pool, claim
from customers.enums import OwnershipKind
from customers.leaving import hand_over
from customers.models import BulkRun, Customer, ImportRow, OwnershipCap, OwnershipPolicy, Pool, PoolEntry
from customers.queries.caps import caps_of
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory
from customers.tests.import_files import Walk, csv_bytes
from customers.tests.test_customer_edit import BASE, points
from customers.tests.test_customer_list import URL, browser
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.db import uuid7
from tenancy.models import MembershipRole
from tenancy.tests.factories import OrganizationFactory, grant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
ASSIGNED, POLICY = OwnershipKind.ASSIGNED, "customers.change_ownershippolicy"
FULL = "赵同事 has no free place: the cap is 2 customers."


def owned(member) -> int:
    return Customer.objects.filter(owner=member).count()


@pytest.fixture
def full(colleague):
    """A colleague with two customers, who may own two."""
    set_cap(2, member=colleague)
    return [CustomerFactory(owner=colleague) for _ in range(2)]


def test_a_persons_own_cap_counts_then_the_widest_of_their_roles_then_the_policys(rep, colleague, admin):
    assert caps_of([rep.pk, colleague.pk]) == {}
    OwnershipPolicy.objects.create(most=10)
    assert caps_of([rep.pk, colleague.pk]) == {rep.pk: 10, colleague.pk: 10}
    narrow = MembershipRole.objects.get(membership=rep).role
    set_cap(3, role=narrow)
    assert caps_of([rep.pk, colleague.pk]) == {rep.pk: 3, colleague.pk: 10}
    wide = grant(rep, "customers.view_customer")
    set_cap(7, role=wide)
    assert caps_of([rep.pk]) == {rep.pk: 7}
    set_cap(None, role=wide)
    assert caps_of([rep.pk]) == {}
    set_cap(4, member=rep)
    assert caps_of([rep.pk]) == {rep.pk: 4}
    set_cap(None, member=colleague)
    assert caps_of([rep.pk, colleague.pk, admin.pk]) == {rep.pk: 4, admin.pk: 10}


def test_assigning_beyond_the_cap_changes_nothing_and_names_the_free_places(rep, colleague):
    set_cap(2, member=colleague)
    CustomerFactory(owner=colleague)
    ids = [CustomerFactory(owner=rep).pk for _ in range(2)]
    with pytest.raises(CapReached) as refusal:
        change_owner(ids, colleague, kind=ASSIGNED, actor=rep)
    assert str(refusal.value) == "赵同事 has 1 free place: the cap is 2 customers."
    assert (owned(rep), owned(colleague)) == (2, 1)
    change_owner(ids[:1], colleague, kind=ASSIGNED, actor=rep)
    assert (owned(rep), owned(colleague)) == (1, 2)


def test_what_they_own_already_and_what_is_archived_takes_no_place(rep, colleague, full):
    archived = CustomerFactory(owner=rep)
    book.archive([archived.pk], actor=rep)
    change_owner([full[0].pk, archived.pk], colleague, kind=ASSIGNED, actor=rep)
    assert owned(colleague) == 3
    book.archive([full[0].pk], actor=rep)
    change_owner([CustomerFactory(owner=rep).pk], colleague, kind=ASSIGNED, actor=rep)


def test_what_somebody_leaves_behind_is_not_held_up(rep, colleague, full, admin):
    mine = CustomerFactory(owner=rep)
    assert hand_over(rep, colleague, admin) == 1
    assert set(Customer.objects.filter(owner=colleague)) == {mine, *full}


@pytest.mark.parametrize("address", ["new/", "quick/"])
def test_a_new_customer_needs_a_place(address, rep):
    set_cap(1, member=rep)
    CustomerFactory(owner=rep)
    data = {**BASE, **points(), "id": str(uuid7()), "owner": str(rep.pk), "override": "1"}
    answer = browser(rep).post(f"{URL}{address}", data)
    assert (answer.status_code, owned(rep)) == (422, 1)
    assert "李销售 has no free place: the cap is 1 customer." in answer.content.decode()


@pytest.mark.parametrize("address", ["new/", "quick/"])
def test_who_may_exceed_it_is_asked_and_may_go_on(address, inside_ours):
    boss = member_with(*RIGHTS, "customers.exceed_cap", name="老板")
    set_cap(0, member=boss)
    data = {**BASE, **points(), "id": str(uuid7()), "owner": str(boss.pk)}
    answer = browser(boss).post(f"{URL}{address}", data)
    assert answer.status_code == 422
    assert "老板 has no free place: the cap is 0 customers." in answer.content.decode()
    assert browser(boss).post(f"{URL}{address}", {**data, "override": "1"}).status_code == 302
    assert owned(boss) == 1


def test_the_page_of_editing_asks(rep, colleague, full):
    customer = CustomerFactory(owner=rep)
    customer.owner, customer.version = colleague, 2
    with pytest.raises(CapReached):
        edit_customer(customer, actor=rep)
    page = browser(rep).get(f"{URL}{customer.pk}/edit/")
    form = page.context["form"]
    data = {
        **BASE,
        **points(),
        "version": "1",
        "snapshot": form["snapshot"].value(),
        "owner": str(colleague.pk),
    }
    answer = browser(rep).post(f"{URL}{customer.pk}/edit/", data)
    assert (answer.status_code, answer.context["form"].errors["owner"]) == (422, [FULL])
    assert owned(rep) == 1


def test_assigning_one_says_why_not_and_asks_who_may_exceed(rep, colleague, full, inside_ours):
    customer = CustomerFactory(owner=rep)
    address, data = f"{URL}{customer.pk}/assign/", {"owner": str(colleague.pk)}
    answer = browser(rep).post(address, {**data, "over_cap": "on"})
    assert (answer.status_code, answer.context["form"].errors["owner"]) == (422, [FULL])
    boss = member_with(*RIGHTS, "customers.exceed_cap")
    answer = browser(boss).post(address, data)
    assert (answer.status_code, answer.context["form"]["over_cap"].is_hidden) == (422, False)
    assert browser(boss).post(address, {**data, "over_cap": "on"}).status_code == 302
    assert owned(colleague) == 3


def test_the_cell_of_the_list_says_why_not(rep, colleague, full):
    customer = CustomerFactory(owner=rep)
    address = f"{URL}{customer.pk}/cells/owner/"
    form = browser(rep).get(address).context["form"]
    data = {"owner": str(colleague.pk), "version": "1", "snapshot": form["snapshot"].value()}
    answer = browser(rep).post(address, data)
    assert (answer.status_code, answer.context["form"].errors["owner"]) == (422, [FULL])


def test_assigning_in_bulk_gives_as_many_as_there_are_places_for(admin, colleague):
    set_cap(2, member=colleague)
    ids = sorted(CustomerFactory(owner=admin).pk for _ in range(3))
    params = {"owner": str(colleague.pk), "name": "x"}
    run = start_bulk("assign", Selection(ids), params, viewer=viewer_for(admin))
    assert (run.changed, run.reasons) == (2, {"full": 1})
    assert set(Customer.objects.filter(owner=colleague).values_list("pk", flat=True)) == set(ids[:2])
    run = start_bulk("assign", Selection(ids), params, viewer=viewer_for(admin))
    assert (run.changed, run.reasons) == (0, {"full": 1, "same": 2})


def test_the_page_of_assigning_in_bulk_says_it_before(admin, colleague, full):
    ids = [str(CustomerFactory(owner=admin).pk)]
    data = {"ids": ids, "answered": "1", "owner": str(colleague.pk)}
    answer = browser(admin).post(f"{URL}bulk/assign/", data)
    assert (answer.status_code, answer.context["form"].errors["owner"]) == (422, [FULL])
    assert BulkRun.objects.count() == 0


def test_rows_of_a_file_beyond_the_cap_say_so_and_are_not_lost(ours, inside_ours, colleague):
    importer = member_with(*RIGHTS, "customers.import_customer", name="导入员")
    there = CustomerFactory(name="旧客户", phones=["13800138009"], owner=importer)
    set_cap(2, member=colleague)
    lines = [f"新客户{n},1380013800{n},赵同事" for n in range(3)]
    walk = Walk(ours, importer).upload(
        csv_bytes("姓名,手机,负责人", *lines, "旧客户,13800138009,赵同事", "自己的,13800138008,导入员")
    )
    walk.check(policy="update").apply()
    assert owned(colleague) == 2
    refused = ImportRow.objects.filter(outcome="error").order_by("number")
    assert [(row.number, row.problems) for row in refused] == [
        (4, [["cap", None, str(colleague.pk)]]),
        (5, [["cap", None, str(colleague.pk)]]),
    ]
    there.refresh_from_db()
    assert (there.owner, Customer.objects.filter(name="自己的", owner=importer).count()) == (importer, 1)
    rejected = browser(importer).get(f"{URL}imports/{walk.batch.pk}/rejected/").getvalue().decode()
    assert rejected.count("赵同事 owns as many customers as they may.") == 2


def test_a_claim_ends_with_the_last_free_place_and_so_does_assigning_from_a_pool(rep, colleague, admin, full):
    pool = Pool.objects.create(label_en="North")
    ids = [CustomerFactory(owner=None).pk for _ in range(3)]
    PoolEntry.objects.bulk_create(
        PoolEntry(customer_id=pk, pool=pool, since=timezone.now(), reason="unowned") for pk in ids
    )
    set_cap(2, member=rep)
    CustomerFactory(owner=rep)
    found = claim(ids, pool, viewer=viewer_for(rep))
    assert (len(found.customers), found.refusals) == (1, ["李销售 has 1 free place: the cap is 2 customers."])
    assigned = assign_from_pool([pk for pk in ids if pk not in found.customers], pool, colleague, actor=admin)
    assert (assigned.customers, assigned.refusals) == ([], [FULL])
    assert PoolEntry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_assign_at_once_do_not_exceed_it_together():
    ours = OrganizationFactory()
    with organization_context(ours.pk):
        member, giver = member_with(name="收件人"), member_with(name="给出人")
        set_cap(3, member=member)
        books = [[CustomerFactory(owner=giver).pk for _ in range(2)] for _ in range(2)]
    ready, outcomes = threading.Barrier(2), []

    def assign(ids):
        try:
            with organization_context(ours.pk):
                ready.wait(10)
                change_owner(ids, member, kind=ASSIGNED, actor=giver)
            outcomes.append("given")
        except CapReached:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=assign, args=(ids,)) for ids in books]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["given", "refused"]
    with organization_context(ours.pk):
        assert (owned(member), owned(giver)) == (2, 2)


def test_the_settings_keep_the_policy_and_other_caps(colleague, rep, inside_ours):
    boss = member_with(*RIGHTS, POLICY, name="管理员")
    web, base = browser(boss), f"{URL}ownership/"
    answer = web.post(base, {"version": "1", "most": "500"})
    assert (answer.status_code, ownership_policy().most, ownership_policy().confirm_handover) == (
        302,
        500,
        False,
    )
    assert web.post(f"{base}caps/new/", {"member": str(colleague.pk), "most": "5"}).status_code == 302
    assert web.post(f"{base}caps/new/", {"member": str(colleague.pk), "most": ""}).status_code == 302
    cap = OwnershipCap.objects.get()
    assert (cap.member, cap.most) == (colleague, None)
    assert "no limit" in web.get(base).content.decode()
    web.post(f"{base}caps/{cap.pk}/remove/")
    assert OwnershipCap.objects.count() == 0
    assert browser(rep).get(base).status_code == 403


@pytest.mark.parametrize("most", ["-1", "viele", "99999999999", "1.5", "🙂", "1\x00"])
def test_a_cap_is_a_number_that_makes_sense(most, inside_ours):
    boss = member_with(*RIGHTS, POLICY)
    answer = browser(boss).post(f"{URL}ownership/", {"version": "1", "most": most})
    assert (answer.status_code, "most" in answer.context["form"].errors) == (422, True)


def test_full_width_digits_are_digits(inside_ours):
    boss = member_with(*RIGHTS, POLICY)
    browser(boss).post(f"{URL}ownership/", {"version": "1", "most": "５００"})
    assert ownership_policy().most == 500


def test_a_cap_is_for_a_role_or_for_a_person(colleague, inside_ours):
    boss = member_with(*RIGHTS, POLICY)
    role = MembershipRole.objects.get(membership=colleague).role
    for data in ({}, {"role": str(role.pk), "member": str(colleague.pk)}):
        answer = browser(boss).post(f"{URL}ownership/caps/new/", {"most": "5", **data})
        assert answer.status_code == 422
        assert "Choose either a role or a person." in answer.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_who_owns_how_many_costs_the_same_for_one_and_three(rep, manager, count, django_assert_num_queries):
    for _ in range(count):
        CustomerFactory(owner=rep)
    archived = CustomerFactory(owner=rep)
    book.archive([archived.pk], actor=rep)
    set_cap(2, member=rep)
    web = browser(manager)
    with django_assert_num_queries(16):
        rows = web.get(f"{URL}owners/").context["rows"]
    [mine] = [row for row in rows if row["name"] == "李销售"]
    assert (mine["owned"], mine["most"], mine["free"], mine["over"]) == (
        count,
        2,
        max(2 - count, 0),
        count > 2,
    )
    assert {row["name"] for row in rows} == {"李销售", "孙经理"}

"""What is brought back needs a place too: restoring, undoing and un-merging keep to the cap and say whose is full."""

import pytest

from customers.actions import book
from customers.actions import handover as handovers
from customers.actions.bulk import NoPlace, Selection, start_bulk, undo_bulk
from customers.actions.handover import NotPossible, Offer
from customers.actions.merge import merge_customers
from customers.actions.ownership import CapReached
from customers.actions.ownership_policy import set_cap
from customers.actions.unmerge import undo_merge
from customers.models import BulkRun, Customer, OwnershipPolicy
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory, PoolFactory
from tenancy.access import viewer_for
from tenancy.enums import Scope
from tenancy.tests.pages import browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
URL = "/o/ours/customers/"
FULL = "赵同事 has no free place: the cap is 2 customers."


def owned(member) -> int:
    return Customer.objects.active().filter(owner=member).count()


@pytest.fixture
def gone(colleague):
    """A customer of a colleague, archived; since then they have as many as they may own."""
    row = CustomerFactory(name="老客户", owner=colleague)
    book.archive([row.pk], actor=colleague)
    for _ in range(2):
        CustomerFactory(owner=colleague)
    set_cap(2, member=colleague)
    return row


@pytest.fixture
def boss(inside_ours):
    return member_with(*RIGHTS, "customers.exceed_cap", "customers.merge_customer", name="老板")


class TestRestoring:
    def test_beyond_the_cap_restores_none(self, colleague, gone):
        with pytest.raises(CapReached, match=FULL):
            book.restore([gone.pk], actor=colleague)
        assert owned(colleague) == 2
        book.restore([gone.pk], actor=colleague, over_cap=True)
        assert owned(colleague) == 3

    def test_what_nobody_owns_needs_no_place(self, admin):
        OwnershipPolicy.objects.create(most=0)
        row = CustomerFactory(owner=None)
        book.archive([row.pk], actor=admin)
        assert book.restore([row.pk], actor=admin)[1] == 1

    def test_the_page_offers_another_owner(self, rep, admin, colleague, gone):
        web, address = browser(admin), f"{URL}{gone.pk}/restore/"
        answer = web.post(address)
        assert (answer.status_code, answer.context["problem"]) == (422, FULL)
        answer = web.post(address, {"owner": str(colleague.pk), "over_cap": "on"})
        assert (answer.status_code, answer.context["form"].errors["owner"]) == (422, [FULL])
        for nonsense in ("", "x", "1\x00", str(gone.pk)):
            assert web.post(address, {"owner": nonsense}).status_code == 422
        gone.refresh_from_db()
        assert (gone.owner, gone.archived_at is None) == (colleague, False)
        assert web.post(address, {"owner": str(rep.pk)}).status_code == 302
        gone.refresh_from_db()
        assert (gone.owner, gone.archived_at, owned(colleague)) == (rep, None, 2)

    def test_who_may_exceed_is_asked_first(self, boss, colleague, gone):
        web, address = browser(boss), f"{URL}{gone.pk}/restore/"
        assert web.post(address).status_code == 422
        answer = web.post(address, {"owner": str(colleague.pk)})
        assert (answer.status_code, answer.context["form"]["over_cap"].is_hidden) == (422, False)
        assert web.post(address, {"owner": str(colleague.pk), "over_cap": "on"}).status_code == 302
        assert owned(colleague) == 3

    def test_who_may_not_assign_is_told(self, colleague, gone):
        clerk = member_with("customers.view_customer", "customers.change_customer", name="文员")
        web, address = browser(clerk), f"{URL}{gone.pk}/restore/"
        for data in ({}, {"owner": str(clerk.pk)}):
            page = web.post(address, data, follow=True).content.decode()
            assert f"It stays archived. {FULL}" in page
        gone.refresh_from_db()
        assert (gone.owner, owned(colleague)) == (colleague, 2)

    def test_many_as_far_as_there_are_places(self, admin, colleague, gone):
        other = CustomerFactory(owner=admin)
        book.archive([other.pk], actor=admin)
        run = start_bulk("restore", Selection([gone.pk, other.pk]), {}, viewer=viewer_for(admin))
        assert (run.changed, run.reasons) == (1, {"full": 1})
        assert Customer.objects.get(pk=other.pk).archived_at is None
        set_cap(3, member=colleague)
        run = start_bulk("restore", Selection([gone.pk, other.pk]), {}, viewer=viewer_for(admin))
        assert (run.changed, run.reasons) == (1, {"same": 1})


class TestUndoing:
    def test_archiving_one(self, admin, colleague, boss):
        for actor, left in ((admin, 2), (boss, 3)):
            Customer.objects.all().delete()
            set_cap(None, member=colleague)
            row = CustomerFactory(owner=colleague)
            batch, _count = book.archive([row.pk], actor=actor)
            for _ in range(2):
                CustomerFactory(owner=colleague)
            set_cap(2, member=colleague)
            page = browser(actor).post(f"{URL}undo/{batch}/", follow=True).content.decode()
            assert (f"Nothing was undone. {FULL}" in page, owned(colleague)) == (left == 2, left)

    def test_archiving_many_says_how_many_stay(self, admin, colleague):
        ids = sorted(CustomerFactory(owner=colleague).pk for _ in range(3))
        run = start_bulk("archive", Selection(ids), {}, viewer=viewer_for(admin))
        set_cap(0, member=colleague)
        with pytest.raises(NoPlace):
            undo_bulk(run, viewer=viewer_for(admin))
        run = BulkRun.objects.get()
        assert (run.undone_at, run.full, owned(colleague)) == (None, 0, 0)
        web = browser(admin)
        page = web.post(f"{URL}undo/{run.pk}/", follow=True).content.decode()
        assert "Nothing was undone. Whose these customers were may own no more" in page
        set_cap(2, member=colleague)
        page = web.post(f"{URL}undo/{run.pk}/", follow=True).content.decode()
        assert "Undone for 2 customers. 1 stays as it is: whose it was may own no more." in page
        run.refresh_from_db()
        assert (run.undone, run.kept, run.full, owned(colleague)) == (2, 0, 1, 2)

    @pytest.mark.parametrize("change", ["assign", "pool"])
    def test_taking_customers_away(self, change, colleague, boss):
        clerk = member_with(*RIGHTS, "customers.pool_customer", name="主管")
        ids = sorted(CustomerFactory(owner=colleague).pk for _ in range(2))
        params = {"owner": str(clerk.pk)} if change == "assign" else {"pool": str(PoolFactory().pk)}
        run = start_bulk(change, Selection(ids), params, viewer=viewer_for(clerk), note="整理")
        CustomerFactory(owner=colleague)
        set_cap(2, member=colleague)
        run = undo_bulk(run, viewer=viewer_for(clerk))
        assert (run.undone, run.kept, run.full, owned(colleague)) == (1, 0, 1, 2)

    def test_assigning_one(self, admin, colleague):
        row = CustomerFactory(owner=colleague)
        batch, _count = book.assign_owner([row.pk], admin, actor=admin)
        set_cap(0, member=colleague)
        with pytest.raises(CapReached):
            book.undo(batch, viewer=viewer_for(admin))
        set_cap(1, member=colleague)
        assert book.undo(batch, viewer=viewer_for(admin)) == 1
        row.refresh_from_db()
        assert row.owner == colleague

    def test_a_handover(self, rep, colleague):
        OwnershipPolicy.objects.create(confirm_handover=False)
        giver = member_with(*RIGHTS, "customers.hand_over_customer", scope=Scope.OWN, name="给出人")
        ids = [CustomerFactory(owner=giver).pk for _ in range(2)]
        viewer = viewer_for(giver)
        handover = handovers.offer_handover(Selection(ids), Offer(rep, "other"), viewer=viewer)
        set_cap(0, member=giver)
        with pytest.raises(NotPossible, match="may own no more"):
            handovers.undo_handover(handover, viewer=viewer)
        set_cap(1, member=giver)
        handover = handovers.undo_handover(handover, viewer=viewer)
        states = sorted(handover.items.values_list("state", flat=True))
        assert (handover.returned, owned(giver), owned(rep), states) == (1, 1, 1, ["returned", "stayed"])

    def test_a_merge(self, admin, colleague, boss):
        kept, merged = CustomerFactory(owner=admin), CustomerFactory(owner=colleague)
        merge = merge_customers(kept, [merged], actor=admin)
        set_cap(0, member=colleague)
        with pytest.raises(CapReached):
            undo_merge(merge, actor=admin)
        merge.refresh_from_db()
        assert (merge.undone_at, owned(colleague)) == (None, 0)
        page = browser(boss).post(f"{URL}merges/{merge.pk}/undo/", follow=True).content.decode()
        assert ("The merge was undone." in page, owned(colleague)) == (True, 1)

    def test_a_merge_that_gave_the_owner_away_needs_no_more_than_it_took(self, admin, colleague):
        kept, merged = CustomerFactory(owner=admin), CustomerFactory(owner=colleague)
        wanted = {"owner": str(merged.pk)}
        merge = merge_customers(kept, [merged], actor=admin, wanted=wanted)
        set_cap(1, member=colleague)
        set_cap(0, member=admin)
        with pytest.raises(CapReached, match="管理员"):
            undo_merge(merge, actor=admin)
        set_cap(1, member=admin)
        undo_merge(merge, actor=admin)
        assert (owned(admin), owned(colleague)) == (1, 1)

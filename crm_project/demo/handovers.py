"""Handovers of the demo organisations: one that waits for a rep, one that is done."""

from customers.actions.bulk import Selection
from customers.actions.handover import Offer, accept_handover, offer_handover
from customers.models import Customer
from tenancy.access import viewer_for
from tenancy.models import Membership

_WORDS = {
    True: ("华东片区调整，请在月底前逐一拜访。", "请联系采购部，电话最方便。", "已和客户打过招呼。"),
    False: (
        "The region has been cut anew: please visit each of them this month.",
        "Best reached by phone.",
        "They know.",
    ),
}


def hand_some_over(owners: list[Membership], *, chinese: bool) -> None:
    """From the second owner to the first (who signs in) and waiting; from the third to the second and done."""
    note, of_one, done = _WORDS[chinese]
    if len(owners) < 3:
        return
    waiting = _of(owners[1], 3)
    if waiting:
        offer = Offer(owners[0], "region", note, {waiting[0]: of_one})
        offer_handover(Selection(waiting), offer, viewer=viewer_for(owners[1]))
    given = _of(owners[2], 2)
    if given:
        handover = offer_handover(
            Selection(given), Offer(owners[1], "wish", done), viewer=viewer_for(owners[2])
        )
        accept_handover(handover, viewer=viewer_for(owners[1]))


def _of(owner: Membership, count: int) -> list:
    rows = Customer.objects.active().filter(owner=owner).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:count])

"""Handovers in words, in the reader's language."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def handed_over(params: Mapping) -> str:
    if params.get("what") == "returned":
        text = _("The handover from %(from)s to %(to)s was undone")
    else:
        text = _("Handed over from %(from)s to %(to)s")
    return text % {"from": params.get("from", ""), "to": params.get("to", "")}


def told(params: Mapping) -> str:
    """What a notification says."""
    n = params.get("n", 0)
    texts = {
        "offered": ngettext(
            "%(n)s customer is handed over to you: please confirm",
            "%(n)s customers are handed over to you: please confirm",
            n,
        ),
        "given": ngettext(
            "%(n)s customer was handed over to you", "%(n)s customers were handed over to you", n
        ),
        "accepted": ngettext(
            "The handover of %(n)s customer is done", "The handover of %(n)s customers is done", n
        ),
        "sent_back": ngettext(
            "Your handover of %(n)s customer was sent back",
            "Your handover of %(n)s customers was sent back",
            n,
        ),
        "withdrawn": ngettext(
            "The handover of %(n)s customer was withdrawn", "The handover of %(n)s customers was withdrawn", n
        ),
        "undone": ngettext(
            "The handover of %(n)s customer was undone", "The handover of %(n)s customers was undone", n
        ),
        "too_many": ngettext(
            "%(n)s customer is more than the receiver may own: nothing was handed over",
            "%(n)s customers are more than the receiver may own: nothing was handed over",
            n,
        ),
    }
    return texts[params["what"]] % {"n": n}

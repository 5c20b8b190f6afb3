"""How many there are, in words: what stands above a list."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenancy.counting import MOST_COUNTED, capped


def customers_counted(count: int, most: int = MOST_COUNTED) -> str:
    if count > most:
        return _("More than %(n)s customers") % {"n": number_format(most, force_grouping=True)}
    return ngettext("%(n)s customer", "%(n)s customers", count) % {"n": capped(count, most)}


def pairs_counted(count: int) -> str:
    if count > MOST_COUNTED:
        return _("More than %(n)s pairs") % {"n": number_format(MOST_COUNTED, force_grouping=True)}
    return ngettext("%(n)s pair", "%(n)s pairs", count) % {"n": capped(count)}

"""Names that Django makes of fields nobody has worded, so that the audit can print them in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

UNWORDED = (
    gettext_noop("accepted at"),
    gettext_noop("archived at"),
    gettext_noop("bank index"),
    gettext_noop("closed at"),
    gettext_noop("created by"),
    gettext_noop("date joined"),
    gettext_noop("dialect"),
    gettext_noop("done by"),
    gettext_noop("failure"),
    gettext_noop("failure params"),
    gettext_noop("file"),
    gettext_noop("from due on"),
    gettext_noop("headings"),
    gettext_noop("headings index"),
    gettext_noop("identity index"),
    gettext_noop("interaction"),
    gettext_noop("invited by"),
    gettext_noop("job"),
    gettext_noop("made from"),
    gettext_noop("mapping"),
    gettext_noop("membership"),
    gettext_noop("name key"),
    gettext_noop("next plan"),
    gettext_noop("options"),
    gettext_noop("page"),
    gettext_noop("permission"),
    gettext_noop("place"),
    gettext_noop("purged at"),
    gettext_noop("sha256"),
    gettext_noop("step"),
    gettext_noop("tail index"),
    gettext_noop("targets"),
    gettext_noop("template"),
    gettext_noop("to due on"),
    gettext_noop("token digest"),
    gettext_noop("uid"),
    gettext_noop("undone at"),
    gettext_noop("updated at"),
    gettext_noop("user"),
    gettext_noop("value index"),
    gettext_noop("withdrawn at"),
)


def worded(name: str) -> str:
    return _(name) if name in UNWORDED else name

"""Headings that we write ourselves: into exports, and into the file of the rows that were not imported."""

from collections.abc import Sequence
from functools import cache

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.importing.headings import plain
from customers.importing.targets import TARGETS
from customers.models import ConsentPurpose
from customers.registry import Fact, facts

NUMBER, REASON = _("Row"), _("Reason")
"""What stands before the cells of a row that was not imported."""
_UNLIKE = ("birthday",)
"""Facts that are not what files bring under the same key: the next birthday."""


@cache
def labels() -> dict[str, str]:
    """Label of a fact or of a target, in any language → target, "" for what no file can bring."""
    words: dict[str, str] = {}
    for fact in facts:
        words |= dict.fromkeys(_in_all_languages(fact.label), _target_of(fact))
    for target in TARGETS.values():
        words |= dict.fromkeys(_in_all_languages(target.label), target.key)
    return words


def consents() -> dict[str, str]:
    """Headings of the columns that say what customers have agreed to: they go nowhere. One query."""
    titles = ConsentPurpose.objects.values_list("label_zh", "label_en")
    purposes = [label for both in titles for label in both if label]
    headings = _in_languages(_("Consent: %(purpose)s"))
    return {plain(heading % {"purpose": purpose}): "" for heading in headings for purpose in purposes}


def added(headings: Sequence[str]) -> int:
    """How many columns we have put in front of the file's own."""
    first = [plain(heading) for heading in headings[:2]]
    if len(first) == 2 and first[0] in _in_all_languages(NUMBER) and first[1] in _in_all_languages(REASON):
        return 2
    return 0


def _target_of(fact: Fact) -> str:
    return fact.key if fact.key in TARGETS and fact.key not in _UNLIKE else ""


def _in_all_languages(label: str | Promise) -> list[str]:
    return [plain(text) for text in _in_languages(label)]


def _in_languages(label: str | Promise) -> list[str]:
    texts = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            texts.append(str(label))
    return texts

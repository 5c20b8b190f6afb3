"""Words of the organisation's own, in two languages: one stands in for the other."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def in_language(chinese: str, english: str) -> str:
    """The one of the reader's language; the other one where that is empty."""
    return (chinese or english) if (get_language() or "").startswith("zh") else (english or chinese)


def _chinese(most: int) -> models.CharField:
    return models.CharField(_("Chinese label"), max_length=most, blank=True)


def _english(most: int) -> models.CharField:
    return models.CharField(_("English label"), max_length=most, blank=True)


class Labelled(models.Model):
    """A short label in Chinese, in English, or both."""

    label_zh = _chinese(40)
    label_en = _english(40)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return in_language(self.label_zh, self.label_en)


class LongLabelled(Labelled):
    """A label with room for a question."""

    label_zh = _chinese(60)
    label_en = _english(60)

    class Meta:
        abstract = True


def has_label(name: str, message: "str | _StrPromise") -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=~Q(label_zh="", label_en=""), name=name, violation_error_message=message
    )


def labels_once(
    table: str, message: "str | _StrPromise", *, columns: str = "label"
) -> list[models.BaseConstraint]:
    """No label is given twice in its language. `columns`: what is compared, the labels themselves or their keys."""
    return [
        models.UniqueConstraint(
            fields=["organization", f"{columns}_{language}"],
            name=f"{table}_{language}_unique",
            condition=~Q(**{f"{columns}_{language}": ""}),
            violation_error_message=message,
        )
        for language in ("zh", "en")
    ]

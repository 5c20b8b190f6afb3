"""What each floor declares about the personal data it holds: how it leaves with the person, and how it ends.

Filled from `<app>/registrations.py` (`customers/privacy_rules.py` here). A model that a chain of keys leads from to
Customer and that has no rule fails `customers/tests/test_privacy_rules.py`.
"""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenancy.model_words import named
from tenancy.models import TenantModel
from workspace.registry import Registry

Text = str | Promise
Ids = Collection[uuid.UUID]
Gone = Mapping[type[TenantModel], Ids]
GONE = "—"
"""Stands where a text was erased and one has to stand."""


class OnErasure(TextChoices):
    """What the erasure of a customer does to a kind of row."""

    DESTROY = "destroy", _("destroyed")
    ANONYMISE = "anonymise", _("anonymised")
    KEEP = "keep", _("kept")


@dataclass(frozen=True)
class PrivacyRule:
    """How the rows of one model are exported for, and erased with, the customer they are about.

    `paths`: ORM paths from the model to Customer; a row is the customer's when any of them leads there. ANONYMISE
    puts `blanks` in place of what the fields hold; KEEP needs a `reason` that a person can be told. Both leave the
    customer's own row standing, emptied. `exported=False` leaves rows out that say nothing of their own (`reason`
    says why), `hidden` leaves fields out.
    """

    model: type[TenantModel]
    paths: tuple[str, ...] = ("customer",)
    on_erasure: OnErasure = OnErasure.DESTROY
    reason: Text = ""
    blanks: Mapping[str, Any] = field(default_factory=dict)
    exported: bool = True
    hidden: tuple[str, ...] = ()
    order: int = 100

    @property
    def key(self) -> str:
        return self.model._meta.label_lower

    @property
    def label(self) -> str:
        return named(self.model._meta.verbose_name_plural)


@dataclass(frozen=True)
class PrivacyTrace:
    """What stands about customers where no key leads to them: staged rows of files, a name in somebody else's story.

    `count(ids)` says how many there are, `erase(ids)` destroys them and answers the audited rows that are gone: the
    values the audit holds of those are erased as well. Both run before the customers' own rows are touched. What KEEP
    names is left as it is, for the `reason` given; `links(ids)` lead to it, so that a person looks.
    """

    key: str
    label: Text
    count: Callable[[Ids], int]
    erase: Callable[[Ids], Gone]
    order: int = 100
    what: OnErasure = OnErasure.DESTROY
    reason: Text = ""
    links: Callable[[Ids], list[tuple[str, str]]] | None = None


@dataclass(frozen=True)
class ErasureBlocker:
    """What forbids to erase customers for now. `find(ids)` asks about all of them at once, and answers by the customer's
    key the reasons against each that has any, in the reader's language."""

    key: str
    find: Callable[[Ids], Mapping[uuid.UUID, list[str]]]
    order: int = 100


privacy_rules: Registry[PrivacyRule] = Registry("privacy rules")
privacy_traces: Registry[PrivacyTrace] = Registry("privacy traces")
erasure_blockers: Registry[ErasureBlocker] = Registry("erasure blockers")

"""What the person decides for an import: how customers are recognised, what happens then, and values for all rows."""

from dataclasses import asdict, dataclass, field
from typing import Any

from customers.enums import CustomerKind, DuplicatePolicy, MatchKey, Tier
from tenancy.access import Viewer

STANDARD_MATCH = (MatchKey.CODE, MatchKey.IDENTITY, MatchKey.PHONE, MatchKey.EMAIL)
MASKED = frozenset((MatchKey.IDENTITY, MatchKey.PHONE, MatchKey.EMAIL))
SHARED_KEYS = frozenset((MatchKey.PHONE, MatchKey.EMAIL))
"""What several customers may have in common."""
REVEAL = "customers.reveal_contact"


@dataclass(frozen=True)
class Options:
    """Stored as JSON on the batch: codes and membership ids only."""

    match: tuple[str, ...] = STANDARD_MATCH
    policy: str = DuplicatePolicy.SKIP
    kind: str = CustomerKind.PERSON
    tier: str = Tier.ORDINARY
    source: str = ""
    owner: str = ""
    """Membership id; "" leaves the customers without an owner."""
    any_name: bool = False
    """Whether a phone or an address tells who it is also under another name."""
    day_first: bool = False

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Options":
        known = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
        return cls(**{**known, "match": tuple(known.get("match", STANDARD_MATCH))})

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "match": [str(key) for key in self.match]}


def may_match(key: str, viewer: Viewer) -> bool:
    """Whether rows of the viewer's files may be recognised by this. Not by what they see masked: a file holds as many
    numbers as there are to try out."""
    return key not in MASKED or viewer.can(REVEAL)


def keys_of(options: Options, viewer: Viewer) -> tuple[str, ...]:
    """By what the rows of the viewer's file are recognised, in this order."""
    if options.policy == DuplicatePolicy.CREATE:
        return ()
    return tuple(key for key in options.match if may_match(key, viewer))


@dataclass(frozen=True)
class People:
    """Whom the "owner" column may name, and to whom the importer may give customers."""

    by_word: dict[str, str] = field(default_factory=dict)
    """Name or email address in lower case → membership id; "" where two share it."""
    assignable: frozenset[str] | None = None
    """None: everybody."""

    def may_assign(self, member: str) -> bool:
        return self.assignable is None or member in self.assignable

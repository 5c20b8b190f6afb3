"""How the other one of two related customers is called, from either side."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.enums import CustomerKind, RelationKind


@dataclass(frozen=True)
class Role:
    """What the other customer is for this one. `names_source`: the other one is the row's `source`."""

    key: str
    kind: RelationKind
    label: str | Promise
    names_source: bool = True

    def fits(self, this: str, other: str) -> bool:
        """Whether customers of these kinds can stand like that to each other."""
        if self.kind in RelationKind.FAMILY:
            return this == other == CustomerKind.PERSON
        if self.kind == RelationKind.PARENT_COMPANY:
            return this == other == CustomerKind.COMPANY
        return True


ROLES = (
    Role("parent_company", RelationKind.PARENT_COMPANY, _("Parent company")),
    Role("subsidiary", RelationKind.PARENT_COMPANY, _("Subsidiary"), names_source=False),
    Role("referrer", RelationKind.REFERRAL, _("Referred by")),
    Role("referred", RelationKind.REFERRAL, _("Has referred"), names_source=False),
    Role("partner", RelationKind.PARTNER, _("Business partner")),
    Role("supplier", RelationKind.SUPPLIER, _("Their supplier")),
    Role("buyer", RelationKind.SUPPLIER, _("Their customer"), names_source=False),
    Role("spouse", RelationKind.SPOUSE, _("Spouse")),
    Role("parent", RelationKind.PARENT, pgettext_lazy("family", "Parent")),
    Role("child", RelationKind.PARENT, pgettext_lazy("family", "Child"), names_source=False),
    Role("sibling", RelationKind.SIBLING, _("Sibling")),
    Role("relative", RelationKind.RELATIVE, _("Relative")),
    Role("other", RelationKind.OTHER, pgettext_lazy("relation", "Other")),
)
BY_KEY = {role.key: role for role in ROLES}
_BY_SIDE = {(role.kind.value, role.names_source): role for role in ROLES}


def role_of(kind: str, *, names_source: bool) -> Role:
    """What the source (or the target) of a relation of this kind is for the other one."""
    if kind in RelationKind.SYMMETRIC:
        names_source = True
    return _BY_SIDE[kind, names_source]


def inverse(role: Role) -> Role:
    """What this customer then is for the other one."""
    return role_of(role.kind, names_source=not role.names_source)

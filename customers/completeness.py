"""What makes the data of a customer complete: fields, how much each weighs, and the link that leads to filling it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.enums import CustomerKind
from customers.models import QualityPolicy

PERSON, COMPANY = CustomerKind.PERSON.value, CustomerKind.COMPANY.value


@dataclass(frozen=True)
class Field:
    """One thing to know of a customer. Its place in `FIELDS` is its bit in `CustomerHealth.missing`: add at the end.

    `present`: SQL over the customer `c`, the kinds of its contact details `p` and the number of its people `n`.
    `person`, `company`: how much it weighs unless the policy says otherwise; None: it does not exist for that kind.
    `anchor`: the element of the edit form that fills it.
    """

    key: str
    label: str | Promise
    present: str
    person: int | None
    company: int | None
    anchor: str

    def weight(self, kind: str, weights: Mapping[str, Mapping[str, int]]) -> int:
        own = self.person if kind == PERSON else self.company
        return 0 if own is None else int(weights.get(kind, {}).get(self.key, own))


def _filled(column: str) -> str:
    return f"c.{column} <> ''"


FIELDS = (
    Field("phone", _("Phone"), "coalesce(p.phone, false)", 3, 2, "contact-details"),
    Field(
        "email", pgettext_lazy("contact detail", "Email"), "coalesce(p.email, false)", 1, 1, "contact-details"
    ),
    Field("wechat", _("WeChat"), "coalesce(p.wechat, false)", 1, 0, "contact-details"),
    Field("people", _("Contact persons"), "coalesce(n.one, false)", None, 3, "people"),
    Field(
        "birthday",
        _("Birthday"),
        "(c.birthday IS NOT NULL OR c.birthday_typed <> '')",
        2,
        None,
        "div_id_birthday",
    ),
    Field("gender", _("Gender"), _filled("gender"), 1, None, "id_gender"),
    Field("industry", _("Industry"), _filled("industry"), None, 2, "id_industry"),
    Field("city", _("City"), "(c.city <> '' OR c.province <> '')", 1, 2, "id_city"),
    Field("street", _("Street"), _filled("street"), 1, 1, "id_street"),
    Field("source", _("Source"), _filled("source"), 1, 1, "id_source"),
    Field("owner", _("Owner"), "c.owner_id IS NOT NULL", 1, 1, "id_owner"),
    Field("credit_rating", _("Credit rating"), _filled("credit_rating"), 0, 0, "id_credit_rating"),
    Field(
        "identity_number", _("Identity number"), "c.identity_index IS NOT NULL", 0, 0, "id_identity_number"
    ),
)


def weights_of(policy: QualityPolicy, hidden: Collection[str] = ()) -> dict[str, dict[str, int]]:
    """Kind → key → weight, as it holds now. `hidden`: fields that are not collected weigh nothing."""
    return {
        kind: {
            field.key: 0 if field.key in hidden else field.weight(kind, policy.weights)
            for field in fields_for(kind)
        }
        for kind in (PERSON, COMPANY)
    }


def fields_for(kind: str) -> list[Field]:
    """The fields that a customer of this kind can have."""
    return [field for field in FIELDS if (field.person if kind == PERSON else field.company) is not None]


def missing_fields(mask: int) -> list[Field]:
    return [field for place, field in enumerate(FIELDS) if mask >> place & 1]

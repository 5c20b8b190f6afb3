"""What a collection form asks for."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from customers.enums import (
    AgeBand,
    Area,
    BuyingChannel,
    CreditRating,
    FieldUse,
    Gender,
    IncomeBand,
    Intention,
    NeedType,
    Region,
    Source,
)
from customers.fields import OPTIONAL, SECTIONS, applies
from customers.queries.field_policy import policies

_CHOICES: dict[str, Any] = {
    "gender": Gender, "age_band": AgeBand, "source": Source, "area": Area, "region": Region, "intention": Intention,
    "income": IncomeBand, "need_type": NeedType, "buying_channel": BuyingChannel, "credit_rating": CreditRating,
}  # fmt: skip
_LONG = {
    "street", "street2", "unsuitable_times", "remarks", "credit_note", "service_preferences", "preferences",
    "potential_needs", "family_notes",
}  # fmt: skip


def collection_sections(kind: str, values: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Sections with the fields that the organisation collects about customers of `kind`: label, purpose, the boxes to
    tick, and what is known already. One query."""
    known, decided = values or {}, policies()
    first = [
        {"label": _("Name"), "value": known.get("name", ""), "required": True, "wide": True},
    ]
    found = []
    for section, title in SECTIONS.items():
        rows = first if section == "basics" else []
        for key, field in OPTIONAL.items():
            policy = decided.get(key)
            if (
                field.section != section
                or not applies(key, kind)
                or (policy and policy.use == FieldUse.HIDDEN)
            ):
                continue
            rows.append(_row(key, str(known.get(key, "")), policy))
        if rows:
            found.append({"title": title, "rows": rows})
    return found


def _row(key: str, value: str, policy: Any) -> dict[str, Any]:
    labels = [str(label) for code, label in _CHOICES[key].choices if code] if key in _CHOICES else []
    return {
        "label": OPTIONAL[key].label,
        "value": "" if labels else value,
        "boxes": [{"label": label, "ticked": label == value} for label in labels],
        "purpose": policy.purpose if policy else "",
        "required": bool(policy and policy.use == FieldUse.REQUIRED),
        "wide": key in _LONG or len(labels) > 4,
    }

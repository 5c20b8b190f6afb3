"""The steps of entering a customer."""

from typing import Any

from django.utils.translation import gettext as _

from customers.models import Customer
from tenancy.links import organization_url

STEPS = "steps"


def entry_steps(current: str, customer: Customer | None = None) -> list[dict[str, Any]]:
    """The steps of entering a customer: basics, needs, credit."""
    labels = {"basics": _("Basics"), "needs": _("Needs"), "credit": _("Credit")}
    order = list(labels)
    found = []
    for place, key in enumerate(order):
        state = "current" if key == current else "done" if place < order.index(current) else "todo"
        page = "edit" if key == "basics" else f"{key}_edit"
        url = organization_url(f"customers:{page}", pk=customer.pk) if customer else ""
        found.append({"label": labels[key], "state": state, "url": f"{url}?{STEPS}=1" if url else ""})
    return found

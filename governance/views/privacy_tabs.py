"""What the pages of privacy lead to."""

from typing import Any

from django.utils.translation import gettext as _

from governance.actions.privacy_policy import MANAGE, VIEW
from governance.queries.disclosure import PERMISSION
from tenancy.access import Viewer
from tenancy.links import organization_url


def tabs_for(viewer: Viewer, current: str) -> list[dict[str, Any]]:
    found = (
        ("requests", _("Requests"), VIEW),
        ("disclosures", _("Who looked at what"), PERMISSION),
        ("privacy_policy", _("Rules"), MANAGE),
        ("retention", _("Retention"), VIEW),
        ("dictionary", _("Data dictionary"), VIEW),
        ("keys", _("Encryption keys"), MANAGE),
    )
    return [
        {"label": label, "url": organization_url(f"governance:{name}"), "current": name == current}
        for name, label, right in found
        if viewer.can(right)
    ]

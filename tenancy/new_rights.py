"""Rights that an upgrade brings: they fall to the roles that organisations made from a template which includes them.

A role of an organisation's own making, and what was taken from a role before, stay as they are.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Permission
from django.db import connections, transaction

from tenancy.context import organization_context
from tenancy.models import Organization, Role, RolePermission
from tenancy.permission_catalogue import code_of, offered_permissions
from tenancy.role_templates import TEMPLATES

_known: set[str] = set()


def remember_rights(using: str, **_kwargs: Any) -> None:
    """Before a migration: which permissions there are."""
    _known.clear()
    if Permission._meta.db_table in connections[using].introspection.table_names():
        _known.update(_codes(using))


def hand_out_new_rights(using: str, **_kwargs: Any) -> None:
    """After it, app by app: what is new goes to the roles of every organisation."""
    fresh = _codes(using) - _known if _known else set()
    _known.update(fresh)
    if fresh:
        for organization in Organization.objects.using(using).order_by("pk"):
            with organization_context(organization.pk):
                grant_to_templates(fresh)


@transaction.atomic
def grant_to_templates(codes: Iterable[str]) -> int:
    """Give these permissions ("app.codename") to the roles in force whose template includes them; answers how many grants."""
    wanted = set(codes)
    offered = [row for row in offered_permissions() if code_of(row) in wanted]
    grants = [
        RolePermission(role=role, permission=row)
        for role in Role.objects.exclude(template="")
        if role.template in TEMPLATES
        for row in TEMPLATES[role.template].permissions(offered)
    ]
    held = set(RolePermission.objects.values_list("role_id", "permission_id"))
    missing = [one for one in grants if (one.role_id, one.permission_id) not in held]
    RolePermission.objects.bulk_create(missing)
    return len(missing)


def _codes(using: str) -> set[str]:
    rows = Permission.objects.using(using).values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}

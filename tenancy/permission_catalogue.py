"""The permissions that roles can hold, in human words. Django's own table also knows many that no page asks for."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

OWN_APPS = frozenset(settings.OWN_APPS)
_hidden: list[str] = [
    "tenancy.*_user",
    "tenancy.*_due",
    "tenancy.*_rolepermission",
    "tenancy.*_membershiprole",
    "tenancy.*_invitation",
    "tenancy.*_organization",
    "tenancy.add_membership",
    "tenancy.change_membership",
    "tenancy.delete_membership",
    "tenancy.add_role",
    "tenancy.change_role",
    "tenancy.delete_role",
    "tenancy.add_department",
    "tenancy.delete_department",
]
_shown = ["tenancy.change_organization"]
_WORDED = {
    "tenancy.change_organization": gettext_lazy("Change the settings of the organisation"),
    "tenancy.change_department": gettext_lazy("Change the tree of departments"),
    "tenancy.view_auditentry": gettext_lazy("Read the audit"),
}


@dataclass(frozen=True)
class Right:
    """One permission as a person reads it."""

    id: int
    code: str
    label: str


@dataclass(frozen=True)
class RightGroup:
    """The permissions of one app."""

    app: str
    label: str
    rights: list[Right]


def hide_permissions(*patterns: str) -> None:
    """Leave permissions that no page asks for ("customers.*_importrow") out of the roles. Call it from `ready()`."""
    _hidden.extend(patterns)


def is_offered(code: str) -> bool:
    """Whether roles can hold this permission ("app.codename")."""
    if code.partition(".")[0] not in OWN_APPS:
        return False
    return code in _shown or not any(fnmatchcase(code, pattern) for pattern in _hidden)


def offered_permissions() -> list[Permission]:
    """Everything a role can hold."""
    rows = Permission.objects.filter(content_type__app_label__in=OWN_APPS).select_related("content_type")
    return [
        row
        for row in rows.order_by("content_type__app_label", "content_type__model", "pk")
        if is_offered(code_of(row))
    ]


def code_of(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"


def right_groups(permissions: Iterable[Permission] | None = None) -> list[RightGroup]:
    """The permissions by app, in the reader's language."""
    found: dict[str, list[Right]] = {}
    for row in offered_permissions() if permissions is None else permissions:
        right = Right(row.pk, code_of(row), label_of(row))
        found.setdefault(row.content_type.app_label, []).append(right)
    return [
        RightGroup(app, str(apps.get_app_config(app).verbose_name), rights) for app, rights in found.items()
    ]


def label_of(permission: Permission) -> str:
    """What the permission allows: "View customers"; own verbs as their model declares them."""
    model = permission.content_type.model_class()
    if model is None:
        return permission.name
    if code_of(permission) in _WORDED:
        return str(_WORDED[code_of(permission)])
    verb = permission.codename.partition("_")[0]
    if permission.codename == f"{verb}_{model._meta.model_name}" and verb in (
        "add",
        "change",
        "delete",
        "view",
    ):
        return _default_label(verb, model)
    own: dict[str, str | Promise] = dict(model._meta.permissions)
    label = str(own.get(permission.codename, permission.name))
    # "Can import customers" is how Django words it; beside "View customers" it reads better without.
    return label[4:5].upper() + label[5:] if label.startswith("Can ") else label


def label_of_code(code: str) -> str:
    app, _dot, codename = code.partition(".")
    rows = Permission.objects.filter(content_type__app_label=app, codename=codename)
    found = rows.select_related("content_type").first()
    return label_of(found) if found else code


def _default_label(verb: str, model: type[Model]) -> str:
    what = {"what": model._meta.verbose_name_plural}
    if verb == "add":
        return _("Add %(what)s") % what
    if verb == "change":
        return _("Change %(what)s") % what
    if verb == "delete":
        return _("Delete %(what)s") % what
    return _("View %(what)s") % what

"""The roles that every organisation starts with, as rules over permissions: those of apps to come are included by pattern.

A pattern is matched against "app.codename" (`*` any text); one that begins with `!` takes away again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from django.contrib.auth.models import Permission

from tenancy.enums import Scope
from tenancy.permission_catalogue import code_of, offered_permissions

_SEE_COLLEAGUES = ("tenancy.view_membership", "tenancy.view_department")
_WORK = ("workspace.*",)
_POOLS = ("customers.claim_customer", "customers.pool_customer", "customers.keep_customer")
_NOT_PRIVACY = ("!customers.view_disclosure", "!customers.place_legalhold", "!customers.manage_consents")


@dataclass(frozen=True)
class RoleTemplate:
    """A role as the product proposes it."""

    key: str
    name_zh: str
    name_en: str
    scope: Scope
    patterns: tuple[str, ...]

    def includes(self, code: str) -> bool:
        """Whether the template grants the permission `code` ("app.codename"). The last pattern that matches decides."""
        granted = False
        for pattern in self.patterns:
            if fnmatchcase(code, pattern.removeprefix("!")):
                granted = not pattern.startswith("!")
        return granted

    def permissions(self, among: Iterable[Permission] | None = None) -> list[Permission]:
        rows = offered_permissions() if among is None else among
        return [row for row in rows if self.includes(code_of(row))]


SALES_REP = RoleTemplate(
    "sales_rep",
    "销售代表",
    "Sales representative",
    Scope.OWN,
    (
        "customers.add_*",
        "customers.change_*",
        "customers.view_*",
        "customers.import_*",
        "customers.merge_customer",
        "customers.share_customer",
        "customers.hand_over_customer",
        "customers.reveal_contact",
        *_POOLS,
        "interactions.*",
        "!interactions.change_contactpolicy",
        "!customers.change_qualitypolicy",
        "!customers.change_fieldpolicy",
        "!customers.change_customfield",
        "!customers.change_ownershippolicy",
        *_NOT_PRIVACY,
        "sales.add_*",
        "sales.change_*",
        "sales.view_*",
        *_WORK,
    ),
)
SERVICE_AGENT = RoleTemplate(
    "service_agent",
    "客服专员",
    "Service agent",
    Scope.ORGANIZATION,
    (
        "customers.view_*",
        "customers.reveal_contact",
        "interactions.add_*",
        "interactions.change_*",
        "interactions.view_*",
        "!interactions.change_contactpolicy",
        "!customers.change_qualitypolicy",
        "!customers.change_fieldpolicy",
        "!customers.change_customfield",
        "!customers.change_ownershippolicy",
        *_NOT_PRIVACY,
        "service.add_*",
        "service.change_*",
        "service.view_*",
        *_WORK,
    ),
)
SALES_MANAGER = RoleTemplate(
    "sales_manager",
    "销售经理",
    "Sales manager",
    Scope.DEPARTMENT_BELOW,
    (
        "customers.*",
        "interactions.*",
        "!interactions.change_contactpolicy",
        "!customers.change_qualitypolicy",
        "!customers.change_fieldpolicy",
        "!customers.change_customfield",
        "!customers.manage_pools",
        "!customers.change_ownershippolicy",
        *_NOT_PRIVACY,
        "sales.*",
        "insights.view_*",
        *_SEE_COLLEAGUES,
        *_WORK,
        "!*.delete_*",
    ),
)
SERVICE_MANAGER = RoleTemplate(
    "service_manager",
    "客服经理",
    "Service manager",
    Scope.DEPARTMENT_BELOW,
    (
        "customers.view_*",
        "customers.change_*",
        "customers.merge_customer",
        "customers.share_customer",
        "customers.reveal_contact",
        "interactions.*",
        "!interactions.change_contactpolicy",
        "!customers.change_qualitypolicy",
        "!customers.change_fieldpolicy",
        "!customers.change_customfield",
        "!customers.change_ownershippolicy",
        *_NOT_PRIVACY,
        "service.*",
        "loyalty.*",
        "insights.view_*",
        *_SEE_COLLEAGUES,
        *_WORK,
        "!*.delete_*",
    ),
)
MANAGER = RoleTemplate(
    "manager",
    "管理者",
    "Manager",
    Scope.ORGANIZATION,
    (
        "*.view_*",
        "*.export_*",
        "customers.assign_customer",
        "customers.share_customer",
        "customers.hand_over_customer",
        "customers.exceed_cap",
        "customers.reveal_contact",
        *_POOLS,
        "interactions.add_*",
        "interactions.change_plan",
        *_WORK,
        "!tenancy.view_auditentry",
        "!tenancy.view_role",
    ),
)
ADMIN = RoleTemplate("admin", "管理员", "Administrator", Scope.ORGANIZATION, ("*",))
AUDITOR = RoleTemplate(
    "auditor",
    "审计员",
    "Auditor",
    Scope.ORGANIZATION,
    ("*.view_*", "tenancy.explain_access"),
)
TEMPLATES: dict[str, RoleTemplate] = {
    template.key: template
    for template in (SALES_REP, SERVICE_AGENT, SALES_MANAGER, SERVICE_MANAGER, MANAGER, ADMIN, AUDITOR)
}

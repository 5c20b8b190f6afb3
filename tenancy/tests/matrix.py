"""Who gets which answer from which address: the format of `<app>/tests/matrix.py`, and tenancy's own pages.

Every name under /o/<organization>/ has one `Case` in the `CASES` of its app; `test_matrix.py` fails for a name that
has none, and asks each address as an anonymous visitor, a stranger, colleagues and the owner.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils import timezone

from tenancy.models import Department, Invitation, Membership, Role, TenantModel
from tenancy.tests.factories import DepartmentFactory, InvitationFactory, MembershipFactory, RoleFactory

Row = TenantModel | dict[str, Any]
METHOD_NOT_ALLOWED = 405


@dataclass(frozen=True)
class Case:
    """What one address needs and answers."""

    permission: str | None
    """The right that opens the page; None: every member."""

    row: Callable[[Membership], Row] | None = None
    """Makes what the address names, owned by the given member, in their organisation: a model (its key is `pk`)
    or a dictionary of the address's arguments."""

    whose: Literal["all", "scoped", "personal"] = "all"
    """Who sees the row, besides needing the right: all; those whose scope reaches its owner; its owner alone."""

    get: int = 200
    """The owner's answer to GET."""

    post: int = METHOD_NOT_ALLOWED
    """The owner's answer to POST with `data`."""

    data: dict[str, Any] | Callable[[Row | None], dict[str, Any]] = field(default_factory=dict)
    """What POST sends; a function is given the row."""

    shows: Callable[[Membership], str] | None = None
    """For a list: makes a row of the member and returns a text by which the page shows it. The member sees it; a
    colleague does not when `whose` is not "all"; the other organisation never does."""


def _role(owner: Membership) -> Role:
    return RoleFactory(template="sales_rep")


def _colleague(owner: Membership) -> Membership:
    return MembershipFactory()


def _former(owner: Membership) -> Membership:
    return MembershipFactory(ended_at=timezone.now())


def _department(owner: Membership) -> Department:
    return DepartmentFactory()


def _invitation(owner: Membership) -> Invitation:
    return InvitationFactory(invited_by=owner)


def _edited_member(row: Any) -> dict[str, Any]:
    return {"name": "李雷", "version": row.version}


def _edited_role(row: Any) -> dict[str, Any]:
    return {"name_zh": "新角色", "scope": 1, "version": row.version}


SEE, MANAGE, ROLES = "tenancy.view_membership", "tenancy.manage_members", "tenancy.manage_roles"
TREE = "tenancy.change_department"
ORGANIZATION = {
    "name": "常青",
    "default_language": "zh-hans",
    "timezone": "Asia/Shanghai",
    "currency": "CNY",
}

CASES: dict[str, Case] = {
    "tenancy:members": Case(SEE, whose="scoped", shows=lambda owner: owner.name),
    "tenancy:member_options": Case(None, row=lambda owner: {"source": "tenancy.everyone"}),
    "tenancy:member": Case(SEE, row=_colleague, whose="scoped"),
    "tenancy:member_edit": Case(MANAGE, row=_colleague, whose="scoped", post=302, data=_edited_member),
    "tenancy:member_end": Case(MANAGE, row=_colleague, whose="scoped", post=302),
    "tenancy:member_reactivate": Case(MANAGE, row=_former, whose="scoped", get=405, post=302),
    "tenancy:invitations": Case(MANAGE, whose="scoped", shows=lambda owner: _invitation(owner).email),
    "tenancy:invitation_create": Case(MANAGE, post=422),
    "tenancy:invitation_resend": Case(MANAGE, row=_invitation, whose="scoped", get=405, post=200),
    "tenancy:invitation_withdraw": Case(MANAGE, row=_invitation, whose="scoped", get=405, post=302),
    "tenancy:departments": Case("tenancy.view_department", shows=lambda owner: _department(owner).name),
    "tenancy:department_create": Case(TREE, post=302, data={"name": "新部门"}),
    "tenancy:department_edit": Case(
        TREE, row=_department, post=302, data=lambda row: {"name": "新部门", "version": row.version}
    ),
    "tenancy:department_delete": Case(TREE, row=_department, get=405, post=302),
    "tenancy:roles": Case("tenancy.view_role", shows=lambda owner: _role(owner).name_zh),
    "tenancy:role": Case("tenancy.view_role", row=_role),
    "tenancy:role_create": Case(ROLES, post=302, data={"name_zh": "新角色", "scope": 1}),
    "tenancy:role_edit": Case(ROLES, row=_role, post=302, data=_edited_role),
    "tenancy:role_reset": Case(ROLES, row=_role, get=405, post=302),
    "tenancy:role_delete": Case(ROLES, row=_role, get=405, post=302),
    "tenancy:organization": Case("tenancy.change_organization", post=302, data=ORGANIZATION),
    "tenancy:explain": Case("tenancy.explain_access"),
}

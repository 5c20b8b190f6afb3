from tenancy.models.audit import AuditBlock, AuditEntry, AuditHead, AuditOperation
from tenancy.models.base import TenantManager, TenantModel, TenantQuerySet
from tenancy.models.department import Department
from tenancy.models.due import Due
from tenancy.models.invitation import Invitation, InvitationRole
from tenancy.models.membership import Membership
from tenancy.models.organization import Organization
from tenancy.models.role import MembershipRole, Role, RolePermission
from tenancy.models.user import User

__all__ = [
    "AuditBlock",
    "AuditEntry",
    "AuditHead",
    "AuditOperation",
    "Department",
    "Due",
    "Invitation",
    "InvitationRole",
    "Membership",
    "MembershipRole",
    "Organization",
    "Role",
    "RolePermission",
    "TenantManager",
    "TenantModel",
    "TenantQuerySet",
    "User",
]

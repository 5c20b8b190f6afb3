"""How tenant rows lie in PostgreSQL: fields, constraints, keys, roles."""

from tenancy.db.fields import EncryptedTextField, OrganizationField, TenantForeignKey
from tenancy.db.ids import uuid7

__all__ = ["EncryptedTextField", "OrganizationField", "TenantForeignKey", "uuid7"]

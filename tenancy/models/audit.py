"""The record of every change, as the application sees it: to read, never to write.

The tables are made by `tenancy/audit/schema/*.sql`, not by Django.
"""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models.base import TenantManager

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_MICROSECONDS = 1 << 57


class AuditOperation(models.TextChoices):
    INSERT = "insert", _("created")
    UPDATE = "update", _("changed")
    DELETE = "delete", _("deleted")
    ACCESS = "access", _("accessed")
    ERASE = "erase", _("values erased")
    EVENT = "event", _("sign-in event")


class _JsonText(models.JSONField):
    """A column of type json, which keeps the text that was sealed; the driver hands it over already parsed."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs


class AuditEntry(models.Model):
    """One changed row: who, when, by which request, before and after.

    Its database key is (organization_id, at, id).
    """

    id = models.BigIntegerField(primary_key=True)
    organization_id = models.BigIntegerField()
    at = models.DateTimeField(_("time"))
    cluster = models.BigIntegerField()
    xid = models.BigIntegerField()
    actor_id = models.UUIDField(_("person"), null=True)
    request_id = models.TextField(_("request"))
    origin = models.TextField(_("IP address"))
    db_role = models.TextField(_("database role"))
    operation = models.TextField(_("operation"), choices=AuditOperation.choices)
    table_name = models.TextField(_("kind of record"))
    object_id = models.UUIDField(_("record"), null=True)
    before = _JsonText(_("before"), null=True)
    after = _JsonText(_("after"), null=True)
    salt = models.BinaryField(null=True)
    content = models.BinaryField()
    digest = models.BinaryField()

    scope_field = "actor_id"

    objects = TenantManager()

    class Meta:
        managed = False
        db_table = "tenancy_auditentry"
        default_permissions = ("view",)
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")

    @property
    def key(self) -> uuid.UUID:
        """Time and number in one, for addresses: the number alone would be sought in every partition."""
        return entry_key(self.at, self.id)

    @property
    def is_erased(self) -> bool:
        """The values were erased through the door; who, when and what remain."""
        return self.salt is None


def entry_key(at: datetime, number: int) -> uuid.UUID:
    return uuid.UUID(int=(_microseconds(at) << 64) | number)


def entry_place(key: uuid.UUID) -> tuple[datetime, int]:
    """Time and number of the entry that `key` names. Raises ValueError for a key that names none."""
    microseconds, number = divmod(key.int, 1 << 64)
    if microseconds >= _MOST_MICROSECONDS or number >= 1 << 63:
        raise ValueError(f"{key} names no audit entry")
    return _EPOCH + timedelta(microseconds=microseconds), number


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


class AuditBlock(models.Model):
    """A sealed stretch of entries: those of `cluster` whose (xid, id) lies in (from, upto]."""

    # Django wants one key; the database's is (organization_id, number), and the manager names the organisation.
    number = models.BigIntegerField(_("number"), primary_key=True)
    organization_id = models.BigIntegerField()
    cluster = models.BigIntegerField()
    from_xid = models.BigIntegerField()
    from_id = models.BigIntegerField()
    upto_xid = models.BigIntegerField()
    upto_id = models.BigIntegerField()
    entries = models.IntegerField(_("entries"))
    members = models.BinaryField()
    digest = models.BinaryField()
    previous_mac = models.BinaryField()
    key_id = models.TextField()
    mac = models.BinaryField()
    sealed_at = models.DateTimeField(_("sealed"))

    objects = TenantManager()

    class Meta:
        managed = False
        db_table = "tenancy_auditblock"
        default_permissions = ()


class AuditHead(models.Model):
    """Where the chain of an organisation ends, under a mac of its own."""

    organization_id = models.BigIntegerField(primary_key=True)
    number = models.BigIntegerField()
    mac = models.BinaryField()
    key_id = models.TextField()
    seal = models.BinaryField()
    sealed_at = models.DateTimeField()

    objects = TenantManager()

    class Meta:
        managed = False
        db_table = "tenancy_audithead"
        default_permissions = ()

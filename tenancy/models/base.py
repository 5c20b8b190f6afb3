"""The base of every tenant row: which organisation it belongs to, and what the database owes it."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models.base import ModelBase

from tenancy.context import current_organization_id
from tenancy.db.constraints import Audited, CompositeForeignKey, TenantPolicy
from tenancy.db.fields import OrganizationField, TenantForeignKey
from tenancy.db.ids import uuid7
from tenancy.sharing import Within, shared_kind_of

if TYPE_CHECKING:
    from tenancy.access import Viewer


class TenantModelBase(ModelBase):
    """Adds to each tenant table its policy, its composite keys, their indexes and its audit: none can be forgotten."""

    def __new__(cls, name, bases, attrs, **kwargs):
        model = super().__new__(cls, name, bases, attrs, **kwargs)
        options = model._meta
        if options.abstract or options.proxy:
            return model
        table = options.db_table
        keys = [field for field in options.local_fields if isinstance(field, TenantForeignKey)]
        owed = [TenantPolicy(name=f"{table}_tenant")]
        owed += [CompositeForeignKey(field=key.name, name=f"{table}_{key.column}_fk") for key in keys]
        if not model.audit_exempt:
            owed.append(Audited(name=f"{table}_audit"))
        options.constraints = [*options.constraints, *owed]
        options.indexes = [*options.indexes, *cls._missing_indexes(model, keys)]
        options.original_attrs |= {
            "constraints": options.constraints,
            "indexes": options.indexes,
        }
        return model

    @staticmethod
    def _missing_indexes(model, keys) -> list[models.Index]:
        served = {_leading_pair(index) for index in model._meta.indexes}
        served |= {tuple(getattr(c, "fields", ())[:2]) for c in model._meta.constraints}
        missing = [
            models.Index(fields=["organization", key.name])
            for key in keys
            if ("organization", key.name) not in served
        ]
        for index in missing:
            index.set_name_with_model(model)
        return missing


def _leading_pair(index: models.Index) -> tuple[str, ...]:
    if index.condition is not None:
        return ()
    return tuple(index.fields[:2]) or tuple(getattr(part, "name", "") for part in index.expressions[:2])


class TenantQuerySet(models.QuerySet):
    """Rows of the organisation in force."""

    def visible_to(self, viewer: "Viewer", permission: str) -> Self:
        """The rows on which `viewer` may use `permission`: the one door for lists, pages, searches and exports."""
        reach = viewer.reach(permission)
        if reach is None:
            return self.none()
        path = self.model.scope_field
        if reach.everyone or path is None:
            return self
        if reach.shared and shared_kind_of(self.model):
            return self.filter(Within(path, reach.members, reach.shared))
        return self.filter(**{f"{path}__in": reach.members})


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):
    """Fails closed: without an organisation in force there is no queryset."""

    def get_queryset(self) -> TenantQuerySet:
        return super().get_queryset().filter(organization_id=current_organization_id())


class TenantModel(models.Model, metaclass=TenantModelBase):
    """A row that belongs to one organisation. Its database key is (organization_id, id)."""

    audit_exempt: ClassVar[str] = ""
    """Why changes are not audited: only for rows derived from audited ones."""

    scope_field: ClassVar[str | None] = None
    """Path to the membership that owns the row. None: whoever holds the permission sees every row."""

    sealed_columns: ClassVar[tuple[str, ...]] = ()
    """Binary columns that hold `crypto.encrypt` values bound to "table.column" and this row, beside the
    `EncryptedTextField`s: a change of keys finds them here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = OrganizationField()

    objects = TenantManager()

    class Meta:
        abstract = True

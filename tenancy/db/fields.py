"""Fields of tenant rows: whose row it is, keys that stay inside the organisation, text that is stored encrypted."""

from django.core import checks
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from tenancy import crypto
from tenancy.context import current_organization, current_organization_id
from tenancy.errors import CrossOrganizationError


class OrganizationField(models.ForeignKey):
    """The organisation a row belongs to: filled from the context, never changed, never another's."""

    names_the_tenant = True

    def __init__(self, **kwargs) -> None:
        kwargs = {
            "to": "tenancy.Organization",
            "on_delete": models.PROTECT,
            "related_name": "+",
            "editable": False,
            "db_index": False,
            **kwargs,
        }
        super().__init__(**kwargs)

    def validate(self, value, model_instance) -> None:
        """Nothing to ask the database: the value comes from the context."""

    def pre_save(self, model_instance, add: bool) -> int:
        current = current_organization_id()
        value = getattr(model_instance, self.attname)
        if value is None:
            setattr(model_instance, self.attname, current)
        elif value != current:
            raise CrossOrganizationError(f"{model_instance!r} belongs to organisation {value}, not {current}")
        return current


class TenantForeignKey(models.ForeignKey):
    """A key to a row of the same organisation: (organization_id, x_id) → (organization_id, id).

    The database key is made by a `CompositeForeignKey` that `TenantModel` adds; joins name the organisation too.
    """

    def __init__(self, to, on_delete, **kwargs) -> None:
        kwargs["db_constraint"] = False
        kwargs["db_index"] = False
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        kwargs.pop("db_index", None)
        return name, path, args, kwargs

    def get_joining_fields(self, reverse_join=False):
        mine = self.model._meta.get_field("organization")
        theirs = self.remote_field.model._meta.get_field("organization")
        pair = (theirs, mine) if reverse_join else (mine, theirs)
        return (pair, *super().get_joining_fields(reverse_join))

    def formfield(self, **kwargs):
        from tenancy.forms.fields import TenantChoiceField

        # Django would ask for the rows while the form's class is made, when no organisation is in force.
        options = {"form_class": TenantChoiceField, "model": self.remote_field.model}
        if self.null:
            options["empty_label"] = "—"
        return models.Field.formfield(self, **{**options, **kwargs})


class _Ciphertext(bytes):
    """A stored value that has not been decrypted yet."""


class _Decrypting(DeferredAttribute):
    """Decrypts at first reading: a row whose secret is never shown costs nothing."""

    def __get__(self, instance, cls=None):
        value = super().__get__(instance, cls)
        if isinstance(value, _Ciphertext):
            value = crypto.decrypt(bytes(value), current_organization().uid, self.field.place, instance.pk)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance, value) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.Field):
    """Text stored as AES-256-GCM bytes bound to organisation, column and row; an empty text is stored as NULL.

    Write through instances (or `crypto.encrypt` for bulk SQL); it cannot be filtered: use a blind index beside it.
    """

    descriptor_class = _Decrypting
    empty_strings_allowed = True

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("default", "")
        super().__init__(*args, **{**kwargs, "null": True, "blank": kwargs.get("blank", True)})

    @property
    def place(self) -> str:
        """`table.column`: part of what the ciphertext is bound to."""
        return f"{self.model._meta.db_table}.{self.column}"

    def db_type(self, connection) -> str:
        return "bytea"

    def get_internal_type(self) -> str:
        return "BinaryField"

    def from_db_value(self, value, expression, connection):
        return "" if value is None else _Ciphertext(value)

    def pre_save(self, model_instance, add: bool):
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, _Ciphertext):
            return value
        if not value:
            return None
        uid = current_organization().uid
        return _Ciphertext(crypto.encrypt(value, uid, self.place, model_instance.pk))

    def get_db_prep_value(self, value, connection, prepared=False):
        if value is None or value == "":
            return None
        if isinstance(value, _Ciphertext):
            return connection.Database.Binary(bytes(value))
        raise TypeError(f"{self.name} is encrypted: save it through an instance.")

    def get_lookup(self, lookup_name: str):
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def value_to_string(self, obj) -> str:
        raise TypeError(f"{self.name} is encrypted and is not serialised.")

    def formfield(self, **kwargs):
        from django import forms

        return super().formfield(
            **{
                "form_class": forms.CharField,
                "max_length": 200,
                "empty_value": "",
                **kwargs,
            }
        )

    def check(self, **kwargs):
        errors = super().check(**kwargs)
        if self.primary_key or self.unique:
            errors.append(checks.Error("An encrypted field cannot be a key.", obj=self, id="tenancy.E001"))
        return errors

"""The data dictionary: what is stored, made from the running schema. Nothing in it is written by hand."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.apps import apps
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import CustomField
from customers.privacy import OnErasure, PrivacyRule, privacy_rules
from customers.rights import REVEAL, VIEW
from governance.models import RetentionRule
from governance.retention import RetentionKind, retention_kinds
from tenancy.db import EncryptedTextField
from tenancy.model_words import named
from tenancy.models import TenantModel
from tenancy.permission_catalogue import OWN_APPS, label_of, offered_permissions

CHOICES_SHOWN = 12
MOST_FOUND = 100
SHORTEST = 2
# Details that the page of a customer masks until somebody with this right asks for them.
_MASKED = {
    "customers_contactpoint.value": REVEAL,
    "customers_customer.identity_number": REVEAL,
    "customers_customer.bank_account": REVEAL,
}
_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum
"""


class Words(NamedTuple):
    """What is said of a field, in the reader's language."""

    label: str
    limits: str
    meaning: str


@dataclass(frozen=True)
class Column:
    """One field of a table. `tell`: its words, found when they are asked for: the list of all tables shows none."""

    name: str
    type: str
    required: bool
    tell: Callable[[], Words]
    permission: str = ""
    personal: bool = False
    encrypted: bool = False

    @cached_property
    def words(self) -> Words:
        return self.tell()

    @property
    def label(self) -> str:
        return self.words.label

    @property
    def limits(self) -> str:
        return self.words.limits

    @property
    def meaning(self) -> str:
        return self.words.meaning


@dataclass(frozen=True)
class Table:
    """One table: what stands in it, who may see it, and how long it stands."""

    name: str
    label: str
    app: str
    permission: str
    retention: str
    columns: list[Column] = field(default_factory=list)

    @property
    def personal(self) -> bool:
        return any(column.personal for column in self.columns)

    @property
    def encrypted(self) -> bool:
        return any(column.encrypted for column in self.columns)


def tables() -> list[Table]:
    """Every table of the product, app by app. Four queries, however many tables."""
    seen = _Seen()
    found = [
        _table(model, seen)
        for model in apps.get_models()
        if model._meta.app_label in OWN_APPS and not model._meta.proxy and model._meta.db_table in seen.stored
    ]
    return sorted(found, key=lambda table: (table.app, table.label, table.name))


def matches(found: Iterable[Table], text: str) -> Iterator[tuple[Table, Column]]:
    """Fields whose name, label or meaning holds `text`, or whose table does."""
    wanted = text.casefold()
    for table in found:
        whole = wanted in f"{table.name} {table.label}".casefold()
        for column in table.columns:
            if whole or wanted in f"{column.name} {column.label} {column.meaning}".casefold():
                yield table, column


def headings() -> list[str]:
    return [
        _("App"), _("Table"), _("Name of the table"), _("Field"), _("Label"), _("Type"), _("Required"),
        _("Choices and limits"), _("Meaning"), _("Personal data"), _("Encrypted"), _("Who may see it"),
        _("How long it is kept"),
    ]  # fmt: skip


def csv_rows(found: Iterable[Table]) -> list[list[str]]:
    words = {True: _("Yes"), False: _("No")}
    return [
        [
            table.app, table.name, table.label, column.name, column.label, column.type, words[column.required],
            column.limits, column.meaning, words[column.personal], words[column.encrypted],
            column.permission or table.permission, table.retention,
        ]
        for table in found
        for column in table.columns
    ]  # fmt: skip


class _Seen:
    """What is read once for all tables."""

    def __init__(self) -> None:
        self.stored: dict[str, dict[str, tuple[str, bool]]] = {}
        with connection.cursor() as cursor:
            cursor.execute(_COLUMNS)
            for table, column, kind, required in cursor.fetchall():
                self.stored.setdefault(table, {})[column] = (kind, required)
        self.rights = {
            f"{row.content_type.app_label}.{row.codename}": label_of(row) for row in offered_permissions()
        }
        self.rules: dict[Any, PrivacyRule] = {rule.model: rule for rule in privacy_rules}
        self.limits = {rule.kind: rule for rule in RetentionRule.objects.all()}
        self.kinds: dict[Any, list[RetentionKind]] = {}
        for kind in retention_kinds:
            self.kinds.setdefault(kind.due(timezone.now()).model, []).append(kind)
        self.own = list(CustomField.objects.filter(destroyed_at=None).prefetch_related("choices"))


def _table(model: Any, seen: _Seen) -> Table:
    options = model._meta
    columns = [
        _column(one, model, seen)
        for one in options.concrete_fields
        if one.column in seen.stored[options.db_table]
    ]
    if options.label == "customers.CustomValue":
        columns += [_own_column(one) for one in seen.own]
    return Table(
        options.db_table,
        named(options.verbose_name_plural),
        str(apps.get_app_config(options.app_label).verbose_name),
        _permission(model, seen),
        _retention(model, seen),
        columns,
    )


def _column(one: Any, model: Any, seen: _Seen) -> Column:
    kind, required = seen.stored[model._meta.db_table][one.column]
    encrypted = isinstance(one, EncryptedTextField) or one.column in getattr(model, "sealed_columns", ())
    about_somebody = model in seen.rules or model._meta.label in ("tenancy.User", "tenancy.Membership")
    technical = one.primary_key or isinstance(one, models.ForeignKey | models.UUIDField)
    masked = _MASKED.get(f"{model._meta.db_table}.{one.column}", "")
    return Column(
        name=one.column,
        type=_("encrypted text") if isinstance(one, EncryptedTextField) else kind,
        required=required and not one.has_default(),
        tell=lambda: Words(named(one.verbose_name), _limits(one), _meaning(one)),
        permission=seen.rights.get(masked, ""),
        personal=encrypted or (about_somebody and not technical),
        encrypted=encrypted,
    )


def _own_column(one: Any) -> Column:
    """A field that the organisation has defined."""
    choices = [str(choice) for choice in one.choices.all()]
    words = Words(str(one), _several(choices), " · ".join(filter(None, [_("Custom field"), one.purpose])))
    return Column(
        name=one.name,
        type=str(one.get_type_display()),
        required=one.required,
        tell=lambda: words,
        personal=True,
    )


def _limits(one: Any) -> str:
    if one.choices:
        return _several([str(label) for value, label in one.flatchoices if value != ""])
    found = []
    least = [v.limit_value for v in one.validators if isinstance(v, MinValueValidator)]
    most = [v.limit_value for v in one.validators if isinstance(v, MaxValueValidator)]
    longest = [v.limit_value for v in one.validators if isinstance(v, MaxLengthValidator)]
    integral = isinstance(one, models.IntegerField) and (least or most)
    if integral and _is_own(one, least, most):
        found.append(f"{_shown(least, max)} – {_shown(most, min)}")
    if longest and not isinstance(one, models.BinaryField):
        n = min(map(_plain, longest))
        found.append(ngettext("up to %(n)s character", "up to %(n)s characters", n) % {"n": n})
    return _(", ").join(found)


def _is_own(one: Any, least: list, most: list) -> bool:
    """Whether the limits are not simply those of the type."""
    low, high = connection.ops.integer_field_range(one.get_internal_type())
    return (low, high) != (max(map(_plain, least), default=low), min(map(_plain, most), default=high))


def _plain(limit: Any) -> Any:
    return limit() if callable(limit) else limit


def _shown(limits: list, choose: Any) -> str:
    return str(choose(map(_plain, limits))) if limits else "…"


def _several(labels: list[str]) -> str:
    rest = len(labels) - CHOICES_SHOWN
    shown = _(", ").join(labels[:CHOICES_SHOWN])
    return _("%(some)s and %(n)s more") % {"some": shown, "n": rest} if rest > 0 else shown


def _meaning(one: models.Field) -> str:
    parts = [str(one.help_text)] if one.help_text else []
    if isinstance(one, models.ForeignKey):
        target = one.remote_field.model._meta
        parts.insert(0, _("Leads to: %(table)s") % {"table": named(target.verbose_name_plural)})
    return " ".join(parts)


def _permission(model: Any, seen: _Seen) -> str:
    """The right that its pages ask for, in words."""
    own = f"{model._meta.app_label}.view_{model._meta.model_name}"
    declared = [f"{model._meta.app_label}.{codename}" for codename, _name in model._meta.permissions]
    for code in (own, *declared):
        if code in seen.rights:
            return _within(model, seen.rights[code])
    if model in seen.rules:
        return _within(model, seen.rights[VIEW])
    return _("Internal: shown on no page of its own")


def _within(model: Any, right: str) -> str:
    scoped = issubclass(model, TenantModel) and model.scope_field is not None
    return _("%(right)s (within the scope of the role)") % {"right": right} if scoped else right


def _retention(model: Any, seen: _Seen) -> str:
    found = []
    for kind in seen.kinds.get(model, ()):
        rule = seen.limits.get(kind.key)
        if rule is not None and rule.mode == "on":
            words = {"what": kind.label, "n": rule.days, "act": rule.get_act_display()}
            found.append(_("%(what)s: %(act)s after %(n)s days") % words)
    privacy = seen.rules.get(model)
    if privacy is not None and privacy.on_erasure == OnErasure.DESTROY:
        found.append(_("As long as the customer; destroyed on erasure"))
    elif privacy is not None:
        words = {"what": privacy.on_erasure.label, "why": privacy.reason}
        found.append(_("On erasure %(what)s: %(why)s") % words)
    return "; ".join(map(str, found)) or _("As long as the organisation")

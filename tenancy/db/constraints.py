"""What a tenant table owes, written as constraints so that `makemigrations` makes them and `--check` sees them.

Each emits its SQL after the table exists; none is part of CREATE TABLE. `TenantModel` adds them by itself.
"""

from django.conf import settings
from django.db.backends.ddl_references import Statement, Table
from django.db.models.constraints import BaseConstraint

from tenancy.audit.sql import audit_triggers_sql, drop_audit_triggers_sql


class SqlConstraint(BaseConstraint):
    """A constraint that Django knows by name only; the database alone enforces it."""

    def _create(self, model, schema_editor) -> str:
        raise NotImplementedError

    def _remove(self, model, schema_editor) -> str:
        raise NotImplementedError

    def constraint_sql(self, model, schema_editor):
        schema_editor.deferred_sql.append(self._statement(model, schema_editor))
        return None

    def create_sql(self, model, schema_editor):
        return self._statement(model, schema_editor)

    def remove_sql(self, model, schema_editor):
        return self._remove(model, schema_editor)

    def validate(self, model, instance, exclude=None, using=None) -> None:
        return None

    def _statement(self, model, schema_editor) -> Statement:
        table = Table(model._meta.db_table, schema_editor.quote_name)
        sql = self._create(model, schema_editor).replace("%", "%%")
        return Statement(sql + "%(nothing)s", table=table, nothing="")

    def __eq__(self, other) -> bool:
        return isinstance(other, type(self)) and self.deconstruct() == other.deconstruct()

    __hash__ = object.__hash__


class TenantPolicy(SqlConstraint):
    """Row-level security: the application role sees and writes rows of the organisation in force, and no others.

    No organisation in force is an error (`current_setting` without `missing_ok`), not an empty page.
    Owner, backup and search roles see every row; what they may touch is limited by their grants.
    """

    def _create(self, model, schema_editor) -> str:
        roles = {name: schema_editor.quote_name(role) for name, role in settings.DATABASE_ROLES.items()}
        table = schema_editor.quote_name(model._meta.db_table)
        mine = "organization_id = current_setting('app.organization_id')::bigint"
        return (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; "
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY; "
            f"CREATE POLICY tenant ON {table} TO {roles['app']} USING ({mine}) WITH CHECK ({mine}); "
            f"CREATE POLICY service ON {table} TO CURRENT_USER, {roles['backup']}, {roles['search']} "
            "USING (true) WITH CHECK (true)"
        )

    def _remove(self, model, schema_editor) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return (
            f"DROP POLICY tenant ON {table}; DROP POLICY service ON {table}; "
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
        )


class CompositeForeignKey(SqlConstraint):
    """(organization_id, column) → (organization_id, id): no row can point into another organisation."""

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field

    def deconstruct(self):
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}

    def _create(self, model, schema_editor) -> str:
        field = model._meta.get_field(self.field)
        quote = schema_editor.quote_name
        return (
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(self.name)} "
            f"FOREIGN KEY (organization_id, {quote(field.column)}) "
            f"REFERENCES {quote(field.remote_field.model._meta.db_table)} (organization_id, id) "
            "DEFERRABLE INITIALLY DEFERRED"
        )

    def _remove(self, model, schema_editor) -> str:
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"


class Audited(SqlConstraint):
    """Every change of the table, however made, is recorded by triggers."""

    def _create(self, model, schema_editor) -> str:
        return audit_triggers_sql(model._meta.db_table)

    def _remove(self, model, schema_editor) -> str:
        return drop_audit_triggers_sql(model._meta.db_table)

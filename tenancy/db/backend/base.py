"""Django's PostgreSQL backend, with the organisation in the primary key of every tenant table."""

from django.db.backends.postgresql import base, features, schema


def _is_tenant(model) -> bool:
    return any(getattr(field, "names_the_tenant", False) for field in model._meta.local_fields)


class DatabaseFeatures(features.DatabaseFeatures):
    def allows_group_by_selected_pks_on_model(self, model) -> bool:
        # PostgreSQL infers a row from its whole primary key only; ours is (organization_id, id).
        return not _is_tenant(model) and super().allows_group_by_selected_pks_on_model(model)


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    sql_tenant_key = (
        "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s, "
        "ADD CONSTRAINT %(name)s PRIMARY KEY (organization_id, id)"
    )

    def create_model(self, model) -> None:
        super().create_model(model)
        if _is_tenant(model):
            self._lead_key_with_organization(model)

    def add_field(self, model, field) -> None:
        # Circular keys make Django add the organisation after the table.
        super().add_field(model, field)
        if getattr(field, "names_the_tenant", False):
            self._lead_key_with_organization(model)

    def _lead_key_with_organization(self, model) -> None:
        table = model._meta.db_table
        names = {
            "table": self.quote_name(table),
            "name": self.quote_name(f"{table}_pkey"),
        }
        self.execute(self.sql_tenant_key % names)


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = DatabaseSchemaEditor
    features_class = DatabaseFeatures

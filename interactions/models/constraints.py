from typing import Any

from tenancy.db.constraints import CompositeForeignKey


class SameCustomerKey(CompositeForeignKey):
    """(organization_id, customer_id, column) → a row of this customer, not of another."""

    def _create(self, model: Any, schema_editor: Any) -> str:
        field = model._meta.get_field(self.field)
        quote = schema_editor.quote_name
        return (
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(self.name)} "
            f"FOREIGN KEY (organization_id, customer_id, {quote(field.column)}) "
            f"REFERENCES {quote(field.remote_field.model._meta.db_table)} (organization_id, customer_id, id) "
            "DEFERRABLE INITIALLY DEFERRED"
        )

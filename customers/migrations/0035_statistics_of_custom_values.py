"""A value belongs to one field: without being told so, the planner takes a choice or an answer for much rarer than it is,
and reads all of its customers where the newest fifty would do. Read under row-level security too, since equality is
leakproof."""

from django.db import migrations

_MAKE = """
CREATE STATISTICS IF NOT EXISTS customers_customvalue_of_field (dependencies, mcv)
ON field_id, choice_id, number FROM customers_customvalue;
ANALYZE customers_customvalue
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0034_tag_groups_by_row_only"),
    ]

    operations = [
        migrations.RunSQL(_MAKE, "DROP STATISTICS IF EXISTS customers_customvalue_of_field"),
    ]

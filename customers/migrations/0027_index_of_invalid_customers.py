from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # built while people work: the table is large

    dependencies = [
        ("customers", "0026_invalid_customers"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("archived_at", None), models.Q(("invalid_reason", ""), _negated=True)),
                fields=["organization", "invalid_reason"],
                name="customers_customer_invalid",
            ),
        ),
    ]

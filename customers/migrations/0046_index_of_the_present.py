from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # built while people work: the table is large

    dependencies = [
        ("customers", "0045_waiting_is_not_forgotten"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("archived_at", None)),
                fields=["organization", "id"],
                include=["updated_at"],
                name="customers_customer_present",
            ),
        ),
    ]

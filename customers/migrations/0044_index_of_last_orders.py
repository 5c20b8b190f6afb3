from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # built while people work: the table is large

    dependencies = [
        ("customers", "0043_last_order"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("last_order_on__isnull", False)),
                fields=["organization", "last_order_on", "id"],
                name="customers_customer_last_order",
            ),
        ),
    ]

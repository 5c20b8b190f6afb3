from django.db import migrations, models

import customers.models.customer


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0042_patterned_codes"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="last_order_on",
            field=models.DateField(
                blank=True,
                null=True,
                validators=[customers.models.customer.may_be_ordered_on],
                verbose_name="last order on",
            ),
        ),
    ]

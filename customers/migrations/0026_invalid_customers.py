from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0025_consents"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="invalid_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("unreachable", "Cannot be reached"),
                    ("closed", "Closed down"),
                    ("wrong", "The data is wrong"),
                    ("no_customer", "Not a customer"),
                    ("other", "Another reason"),
                ],
                db_default="",
                editable=False,
                max_length=12,
                verbose_name="invalid",
            ),
        ),
    ]

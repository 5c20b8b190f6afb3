"""How far away a customer is, as lists and exports show it."""

from decimal import Decimal

from django.db.models import DecimalField, F, Func


def kilometres() -> Func:
    """The kilometres, without zeros at the end; NULL where the distance is not known."""
    number = DecimalField(max_digits=12, decimal_places=3)
    return Func(F("distance") * Decimal("0.001"), function="trim_scale", output_field=number)

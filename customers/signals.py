"""What customers tell the floors above."""

from django.dispatch import Signal

customers_created = Signal()
"""`ids`: the keys of customers just inserted, in the same transaction. Sent once for a batch, never per row of an import."""

customers_changed = Signal()
"""`ids`: the keys of customers whose tier, owner or archive state may have changed, in the same transaction."""

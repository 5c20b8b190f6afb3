"""What customers tell the floors above."""

from django.dispatch import Signal

customers_created = Signal()
"""`ids`: the keys of customers just inserted, in the same transaction. Sent once for a batch, never per row of an import.
`doubtful_phones`: those of them with a phone number that no country's numbering knows, where the sender can tell without
decrypting what it has just encrypted; else left out."""

customers_changed = Signal()
"""`ids`: the keys of customers whose tier, owner or archive state may have changed, in the same transaction."""

customer_merged = Signal()
"""`survivor`: the key of a customer that has taken over the customers `merged` (keys), in the same transaction, after every
row has moved by its model's merge rule. Whoever keeps figures computes those of all of them anew; `customers_changed` is
sent as well."""

customer_unmerged = Signal()
"""The same keys, when the merge has been undone."""

disclosed = Signal()
"""`disclosure`: a `customers.models.Disclosure` just recorded, in the same transaction."""

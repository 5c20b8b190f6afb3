"""What tenancy tells the floors above."""

from django.dispatch import Signal

organization_created = Signal()
"""An organisation has been made. Sent with `organization`, in its context and in the transaction that makes it,
after its roles and its first member exist. A receiver that raises undoes the creation."""

membership_ended = Signal()
"""`member`: a `Membership` that has just ended, in the same transaction, after what they owned was handed over."""

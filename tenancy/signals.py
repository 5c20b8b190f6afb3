"""What tenancy tells the floors above."""

from django.dispatch import Signal

organization_created = Signal()
"""An organisation has been made. Sent with `organization`, in its context and in the transaction that makes it,
after its roles and its first member exist. A receiver that raises undoes the creation."""

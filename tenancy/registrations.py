"""What tenancy tells the rest of the house when it starts."""

from tenancy.audit import signins  # noqa: F401

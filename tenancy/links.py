"""Addresses of an organisation's pages."""

from django.urls import reverse

from tenancy.context import current_organization


def organization_root(slug: str) -> str:
    """Where the pages of the organisation begin."""
    return f"/o/{slug}/"


def organization_url(name: str, **kwargs) -> str:
    """The address of a page of the organisation in force, e.g. `organization_url("customers:detail", pk=…)`."""
    return reverse(name, kwargs={"organization": current_organization().slug, **kwargs})

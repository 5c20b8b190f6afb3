"""Addresses of an organisation's pages."""

import uuid
from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, reverse

from tenancy.context import current_organization

_SLUG, _KEY = "organization-slug", uuid.UUID(int=0)


def organization_root(slug: str) -> str:
    """Where the pages of the organisation begin."""
    return f"/o/{slug}/"


def organization_url(name: str, **kwargs) -> str:
    """The address of a page of the organisation in force, e.g. `organization_url("customers:detail", pk=…)`."""
    slug = current_organization().slug
    pk = kwargs.get("pk")
    if len(kwargs) == 1 and isinstance(pk, uuid.UUID):
        return _pattern(name, True, settings.ROOT_URLCONF, get_script_prefix()).format(slug=slug, pk=pk)
    if not kwargs:
        return _pattern(name, False, settings.ROOT_URLCONF, get_script_prefix()).format(slug=slug)
    return reverse(name, kwargs={"organization": slug, **kwargs})


@lru_cache(maxsize=1024)
def _pattern(name: str, keyed: bool, urlconf: str, prefix: str) -> str:
    """The address with its places left open: a list has hundreds of links, and reversing costs more than filling in."""
    given = {"organization": _SLUG, **({"pk": _KEY} if keyed else {})}
    path = reverse(name, urlconf, kwargs=given).replace("{", "{{").replace("}", "}}")
    return path.replace(_SLUG, "{slug}", 1).replace(str(_KEY), "{pk}", 1)

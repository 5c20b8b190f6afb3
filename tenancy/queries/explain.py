"""Finding the record that a question is about: only among those the person who asks may see themselves."""

import uuid
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from tenancy.access import Viewer
from tenancy.context import current_organization
from tenancy.explain import ExplainableKind, explainable_kinds
from tenancy.keys import key_in
from tenancy.models import TenantModel

MATCHES = 10


def record_at(viewer: Viewer, address: str) -> tuple[ExplainableKind, TenantModel] | None:
    """The record whose page has this address, in the organisation in force."""
    try:
        match = resolve(urlsplit(address.strip()).path)
    except (Resolver404, ValueError):
        return None
    if match.kwargs.get("organization") != current_organization().slug or "pk" not in match.kwargs:
        return None
    for kind in explainable_kinds():
        if match.view_name in kind.url_names:
            record = record_of(viewer, kind, match.kwargs["pk"])
            return (kind, record) if record else None
    return None


def record_of(viewer: Viewer, kind: ExplainableKind, key: str | uuid.UUID) -> TenantModel | None:
    named = key_in(str(key))
    rows = kind.model.objects.visible_to(viewer, kind.permissions[0])
    return rows.filter(pk=named).first() if named else None


def matches(viewer: Viewer, kind: ExplainableKind, text: str) -> list[TenantModel]:
    """The first records of the kind that the text finds. Raises Refused where the viewer may not search for it now."""
    rows = kind.model.objects.visible_to(viewer, kind.permissions[0])
    return list(kind.search(rows, text, viewer)[:MATCHES]) if kind.search and text else []

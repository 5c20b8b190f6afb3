"""The select that offers members."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.functional import Promise

from tenancy.access import Viewer
from tenancy.links import organization_url
from tenancy.member_choice import Option, member_source, near_members
from tenancy.models import Membership

Text = str | Promise


class MemberSelect(forms.Select):
    """Those near, and a field that finds the others. `head`: options before them, such as "Nobody"."""

    template_name = "components/member_select.html"

    def __init__(self, key: str, viewer: Viewer, head: Sequence[tuple[str, Any]] = (), attrs=None) -> None:
        super().__init__(attrs)
        self.key, self.viewer, self.head = key, viewer, head
        self.rows: QuerySet[Membership] = _rows(key, viewer)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # Not what a select does: that would read every member.
        context = forms.Widget.get_context(self, name, value, attrs)
        chosen = str(value or "")
        options, more = near_members(self.rows, self.viewer, as_keys([chosen]))
        context["widget"]["options"] = [(key, text, key == chosen) for key, text in (*self.head, *options)]
        context["widget"]["search_url"] = (
            organization_url("tenancy:member_options", source=self.key) if more else ""
        )
        return context

    def use_required_attribute(self, initial: Any) -> bool:
        return True


def offer_members(
    field: forms.ModelChoiceField, key: str, viewer: Viewer, head: Sequence[Option] = ()
) -> None:
    """Let the field of a form choose among the members of the source `key`. `head`: as of MemberSelect."""
    rows = _rows(key, viewer)
    empty = [("", field.empty_label)] if field.empty_label is not None else []
    field.queryset = rows
    field.widget = MemberSelect(key, viewer, [*empty, *head], field.widget.attrs)
    field.widget.is_required = field.required


def member_select(
    key: str, viewer: Viewer, name: str, chosen: Membership | None, *, label: Text, everybody: Text
) -> str:
    """The select `name` of a page that can be narrowed to one member; nothing where there is no choice."""
    attrs = {"class": "form-select", "id": f"by-{name}", "aria-label": label}
    select = MemberSelect(key, viewer, [("", everybody)], attrs)
    context = select.get_context(name, chosen.pk if chosen else None, None)
    return render_to_string(select.template_name, context) if len(context["widget"]["options"]) > 2 else ""


def _rows(key: str, viewer: Viewer) -> QuerySet[Membership]:
    source = member_source(key)
    assert source, f"No source of members is named {key!r}."
    return source(viewer)


def as_keys(values: Collection[str]) -> list[uuid.UUID]:
    """Those of `values` that are keys."""
    found = []
    for value in values:
        try:
            found.append(uuid.UUID(value))
        except ValueError:
            continue
    return found

"""The select that offers members."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tenancy.access import Viewer
from tenancy.keys import keys_in
from tenancy.links import organization_url
from tenancy.member_choice import Option, found_members, member_source, near_members, typed_name
from tenancy.models import Membership

Text = str | Promise
FIND = "_find"
"""What the field is called, after the name of its select, in which a browser without scripts sends a name to find."""


class MemberSelect(forms.Select):
    """Those near, and a field that finds the others. `head`: options before them, such as "Nobody".

    Without scripts the field is sent with its form, which is then shown again with those found among the options.
    """

    template_name = "components/member_select.html"

    def __init__(self, key: str, viewer: Viewer, head: Sequence[tuple[str, Any]] = (), attrs=None) -> None:
        super().__init__(attrs)
        self.key, self.viewer, self.head = key, viewer, head
        self.rows: QuerySet[Membership] = _rows(key, viewer)
        self.sought = ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        self.sought = typed_name(data.get(f"{name}{FIND}") or "")
        return super().value_from_datadict(data, files, name)

    def found(self) -> list[Option]:
        return found_members(self.rows, self.viewer, self.sought, ()) if self.sought else []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # Not what a select does: that would read every member.
        context = forms.Widget.get_context(self, name, value, attrs)
        chosen = str(value or "")
        options, more = near_members(self.rows, self.viewer, keys_in([chosen]))
        found = [one for one in self.found() if one not in options]
        offered = (*self.head, *options, *found)
        context["widget"]["options"] = [(key, text, key == chosen) for key, text in offered]
        context["widget"]["search_url"] = (
            organization_url("tenancy:member_options", source=self.key) if more else ""
        )
        context["widget"]["find_name"] = f"{name}{FIND}"
        return context

    def use_required_attribute(self, initial: Any) -> bool:
        return True


def offer_members(
    field: forms.ModelChoiceField,
    key: str,
    viewer: Viewer,
    head: Sequence[Option] = (),
    *,
    but: Membership | None = None,
) -> None:
    """Let the field of a form choose among the members of the source `key`. `head`: as of MemberSelect. `but`: the one
    member who cannot be chosen here."""
    empty = [("", field.empty_label)] if field.empty_label is not None else []
    widget = MemberSelect(key, viewer, [*empty, *head], field.widget.attrs)
    if but is not None:
        widget.rows = widget.rows.exclude(pk=but.pk)
    field.queryset = widget.rows
    field.widget = widget
    field.widget.is_required = field.required
    field.__class__ = _asking(type(field))


class _AsksFirst:
    """While a name is sought, the form does not go on: its page shows it again, with all that was typed."""

    widget: forms.Widget

    def clean(self, value: Any) -> Any:
        if isinstance(self.widget, MemberSelect) and self.widget.sought:
            raise ValidationError(_sought_text(self.widget), code="sought")
        return super().clean(value)  # type: ignore[misc]


@cache
def _asking(kind: type[forms.ModelChoiceField]) -> type[forms.ModelChoiceField]:
    """By its class, not by a function of its own: forms copy their fields."""
    return kind if issubclass(kind, _AsksFirst) else type(kind.__name__, (_AsksFirst, kind), {})


def _sought_text(widget: MemberSelect) -> str:
    names = [name for _key, name in widget.found()]
    if not names:
        return _("Nobody's name contains “%(text)s”.") % {"text": widget.sought}
    return _("Found, choose one of them: %(names)s") % {"names": _(", ").join(names)}


def member_select(
    key: str,
    viewer: Viewer,
    name: str,
    chosen: Membership | None,
    *,
    label: Text,
    everybody: Text,
    asked: Mapping[str, Any] | None = None,
) -> str:
    """The select `name` of a page that can be narrowed to one member; nothing where there is no choice. `asked`: what
    stands in the page's address."""
    attrs = {"class": "form-select", "id": f"by-{name}", "aria-label": label}
    select = MemberSelect(key, viewer, [("", everybody)], attrs)
    select.value_from_datadict(asked or {}, {}, name)
    context = select.get_context(name, chosen.pk if chosen else None, None)
    widget = context["widget"]
    is_choice = len(widget["options"]) > 2 or widget["search_url"]
    return render_to_string(select.template_name, context) if is_choice else ""


def _rows(key: str, viewer: Viewer) -> QuerySet[Membership]:
    source = member_source(key)
    assert source, f"No source of members is named {key!r}."
    return source(viewer)

"""The filters of the customer list, made from the facts that declare an index to filter by."""

from collections.abc import Container, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import fields as filter_fields

from customers.consent_filters import ConsentFilter
from customers.custom_filters import custom_filters, filter_names, is_custom, narrowed_by_custom
from customers.forms.tag_choice import GroupedTagsField
from customers.models import Customer
from customers.queries.listing import consent_purposes, custom_specs, is_shown
from customers.queries.owners import owners_within
from customers.queries.pool_returns import returning
from customers.queries.sharing import MINE, OTHERS, narrowed_by_sharing
from customers.queries.tags import ALL, NONE, tagged, tags_in_order
from customers.registry import Fact, facts
from customers.rights import VIEW
from tenancy.access import Viewer
from tenancy.days import start_of_day
from tenancy.forms.members import member_select, offer_members
from tenancy.member_choice import register_member_source
from tenancy.models import Membership

ARCHIVED = "archived"
OWNERS = "customers.filter"


def members(viewer: Viewer) -> QuerySet[Membership]:
    """The owners that a viewer may filter by: those whose customers they see."""
    return owners_within(viewer, VIEW)


register_member_source(OWNERS, members)


def owner_select(viewer: Viewer, owner: Membership | None, asked: Mapping[str, Any]) -> str:
    """The select of a page that is narrowed to the customers of one owner; nothing where there is no choice."""
    return member_select(
        OWNERS, viewer, "owner", owner, label=_("Owner"), everybody=_("All owners"), asked=asked
    )


class _MemberFilter(django_filters.ModelChoiceFilter):
    def __init__(self, **kwargs) -> None:
        super().__init__(queryset=Membership._base_manager.none(), **kwargs)

    @property
    def field(self):
        field = super().field
        offer_members(field, OWNERS, self.get_request().viewer, [(field.null_value, field.null_label)])
        return field


class _DateRange(django_filters.DateFilter):
    """One end of a range of days, in the organisation's own days."""

    def __init__(self, *, end: str, moments: bool, **kwargs) -> None:
        lookup = {("after", True): "date__gte", ("before", True): "date__lte"}.get((end, moments))
        self.end, self.moments = end, moments
        kwargs["widget"] = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(lookup_expr=lookup or ("gte" if end == "after" else "lte"), **kwargs)

    def filter(self, qs, value):
        if value in (None, ""):
            return qs
        if not self.moments:
            return super().filter(qs, value)
        # A moment is compared with a moment: a date against timestamptz uses no index under row-level security.
        if self.end == "before" and value == date.max:
            return qs
        day = value if self.end == "after" else value + timedelta(days=1)
        return qs.filter(
            **{f"{self.field_name}__{'gte' if self.end == 'after' else 'lt'}": start_of_day(day)}
        )


def _date_filters(fact: Fact) -> dict[str, django_filters.Filter]:
    labels = {"after": _("%(label)s: from"), "before": _("%(label)s: until")}
    return {
        f"{fact.key}_{end}": _DateRange(
            end=end, moments=fact.type == "datetime", field_name=fact.path, label=_Joined(label, fact.label)
        )
        for end, label in labels.items()
    }


class _Joined:
    """A label made of two, joined when it is read."""

    def __init__(self, pattern, label) -> None:
        self.pattern, self.label = pattern, label

    def __str__(self) -> str:
        return str(self.pattern) % {"label": self.label}


def _filters_of(fact: Fact) -> dict[str, django_filters.Filter]:
    common = {"field_name": fact.path, "label": fact.label}
    if fact.type == "choice":
        choices = [choice for choice in fact.choices.choices if choice[0] != ""]
        widget = forms.CheckboxSelectMultiple
        return {
            fact.key: django_filters.MultipleChoiceFilter(
                choices=choices, widget=widget, distinct=False, **common
            )
        }
    if fact.type == "member":
        return {fact.key: _MemberFilter(null_label=_("Nobody"), **common)}
    if fact.type in ("date", "datetime"):
        return _date_filters(fact)
    if fact.type == "boolean":
        choices = [("", "—"), ("true", _("Yes")), ("false", _("No"))]
        return {
            fact.key: django_filters.TypedChoiceFilter(
                choices=choices, coerce=lambda text: text == "true", **common
            )
        }
    return {fact.key: django_filters.CharFilter(lookup_expr="exact", **common)}


class _TagsField(GroupedTagsField, filter_fields.ModelMultipleChoiceField):
    iterator = GroupedTagsField.iterator


class _TagFilter(django_filters.ModelMultipleChoiceFilter):
    field_class = _TagsField


class _ReturnFilter(django_filters.DateFilter):
    """One end of a range of days on which customers return to a pool, as announced."""

    def __init__(self, *, end: str, **kwargs) -> None:
        self.end = end
        kwargs["widget"] = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(**kwargs)

    def filter(self, qs, value):
        return returning(qs, **{self.end: value}) if value else qs


class _Asker(NamedTuple):
    """What filters need of a request."""

    viewer: Viewer


class CustomerFilters(django_filters.FilterSet):
    """Filters of one request, of the facts that its viewer may see. `form` validates; `qs` is narrowed by those that
    are valid."""

    base_filters: dict[str, django_filters.Filter]
    of_facts: dict[str, Fact] = {}
    """Name of a filter → its fact."""

    tag = _TagFilter(
        label=pgettext_lazy("on customers", "Tags"),
        queryset=lambda request: tags_in_order(),
        widget=forms.CheckboxSelectMultiple,
        method="filter_tags",
    )
    tag_match = django_filters.ChoiceFilter(
        label=_("Of these tags"),
        choices=[(ALL, _("all of them")), (NONE, _("none of them"))],
        empty_label=_("any of them"),
        method="filter_nothing",
    )
    shared = django_filters.ChoiceFilter(
        label=pgettext_lazy("on customers", "Sharing"),
        choices=[(MINE, _("Shared with me")), (OTHERS, _("Shared with anybody"))],
        empty_label=_("All"),
        method="filter_shared",
    )
    returns_on_after = _ReturnFilter(end="gte", label=_("Returns to the pool: from"))
    returns_on_before = _ReturnFilter(end="lte", label=_("Returns to the pool: until"))
    archived = django_filters.ChoiceFilter(
        label=_("Archived"),
        choices=[("1", _("Archived only"))],
        empty_label=_("No"),
        method="filter_archived",
    )

    class Meta:
        model = Customer
        fields: list[str] = []

    def __init__(self, data, viewer: Viewer, *, asked: Container[str] | None = None) -> None:
        """`asked`: what else could be filtered by is not made, which is most of the work."""
        names = {name for name in self.allowed(viewer) if asked is None or name in asked}
        self.base_filters = {name: one for name, one in self.base_filters.items() if name in names}
        super().__init__(data, queryset=Customer.objects.none(), request=_Asker(viewer))
        made: dict[str, django_filters.Filter] = {}
        for spec in custom_specs(viewer):
            made |= custom_filters(spec, names)
        made |= {one.name: ConsentFilter(one) for one in consent_purposes(viewer) if one.name in names}
        for one in made.values():
            one.parent, one.model = self, Customer
        self.filters |= made

    @classmethod
    def allowed(cls, viewer: Viewer) -> set[str]:
        """The names of the filters that `viewer` may use: what cannot be seen cannot be asked about."""
        shown = {
            name
            for name in cls.base_filters
            if name not in cls.of_facts or is_shown(cls.of_facts[name], viewer)
        }
        shown |= {purpose.name for purpose in consent_purposes(viewer)}
        return shown | {name for spec in custom_specs(viewer) for name in filter_names(spec)}

    def filter_tags(self, rows, name, value):
        return tagged(rows, value, self.form.cleaned_data.get("tag_match") or "") if value else rows

    def filter_nothing(self, rows, name, value):
        return rows

    def filter_shared(self, rows, name, value):
        return narrowed_by_sharing(rows, value, self.request.viewer)

    def filter_archived(self, rows, name, value):
        return rows.filter(archived_at__isnull=False) if value else rows

    def narrowed(self, rows):
        """`rows` under every filter that was given a valid value; a broken value filters nothing."""
        self.form.is_valid()
        given = [
            (self.filters[name], value)
            for name, value in self.form.cleaned_data.items()
            if value not in (None, "", [])
        ]
        for one, value in given:
            if not is_custom(one):
                rows = one.filter(rows, value)
        rows = narrowed_by_custom(rows, given)
        return rows if self.form.cleaned_data.get(ARCHIVED) else rows.filter(archived_at=None)


@cache
def filters_class() -> type[CustomerFilters]:
    """Made once, after every app has registered its facts."""
    found: dict[str, django_filters.Filter] = {}
    of_facts: dict[str, Fact] = {}
    for fact in facts:
        if fact.filter_index:
            made = _filters_of(fact)
            found |= made
            of_facts |= dict.fromkeys(made, fact)
    return type("AllCustomerFilters", (CustomerFilters,), {**found, "of_facts": of_facts})

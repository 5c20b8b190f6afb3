"""Public pools as the administrator sets them up, and what is asked when a customer goes in or is kept out."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.enums import PoolUse, Region, Source, Tier
from customers.fields import OPTIONAL
from customers.forms.owner import OwnerForm, possible_owners
from customers.models import Pool, PoolDepartment, PoolRole, PoolRule
from customers.models.pool import FEWEST_DAYS, MOST_DAYS
from customers.pools import return_rules
from customers.queries.field_policy import hidden_fields
from customers.rights import ASSIGN
from customers.text import clean_line
from tenancy.access import Viewer
from tenancy.forms.base import IdempotentCreateForm, TenantForm, TenantModelForm
from tenancy.forms.fields import TenantChoiceField, TenantMultipleChoiceField
from tenancy.forms.members import offer_members
from tenancy.forms.stale import StaleWriteForm
from tenancy.member_choice import register_member_source
from tenancy.models import Department, Membership, Role

RULE = "rule_"


def _ticks(choices: Any, label: Any, **more: Any) -> forms.MultipleChoiceField:
    known = [(value, text) for value, text in choices.choices if value]
    return forms.MultipleChoiceField(
        choices=known, label=label, required=False, widget=forms.CheckboxSelectMultiple, **more
    )


def _rows_of(model: Any, label: Any, **more: Any) -> forms.Field:
    field: forms.Field = TenantMultipleChoiceField(
        model, label=label, required=False, widget=forms.CheckboxSelectMultiple, **more
    )
    return field


class _PoolFields(TenantModelForm):
    tiers = _ticks(Tier, gettext_lazy("Tiers"))
    sources = _ticks(Source, gettext_lazy("Sources"))
    regions = _ticks(Region, gettext_lazy("Regions"))
    comes = _rows_of(Department, gettext_lazy("Departments of the owner"))
    exempt_tiers = _ticks(Tier, gettext_lazy("Tiers that never return"))
    claims = _rows_of(Department, gettext_lazy("Departments that may claim"))
    roles = _rows_of(Role, gettext_lazy("Roles that may claim"))

    class Meta:
        model = Pool
        fields = (
            "label_zh", "label_en", "tiers", "sources", "regions", "takes_unowned", "exempt_tiers",
            "claims_per_day", "most_held", "cool_off_days", "keep_days", "keep_most",
        )  # fmt: skip
        help_texts = {
            "label_en": gettext_lazy("One name is enough: it stands in for the other."),
            "claims_per_day": gettext_lazy("Empty: as many as one likes."),
            "most_held": gettext_lazy("Of this pool, at a time. Empty: as many as one likes."),
            "cool_off_days": gettext_lazy("0: at once."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        stored = kwargs.get("instance")
        if stored is not None and not stored._state.adding:
            kwargs["initial"] = {**_links_of(stored), **(kwargs.get("initial") or {})}
        self.base_fields = {**self.base_fields, **self._rule_fields()}
        super().__init__(*args, **kwargs)
        # Read once, and as names: there may be hundreds.
        departments = list(Department.objects.values_list("pk", "name"))
        for name in ("comes", "claims"):
            self.fields[name].choices = departments  # type: ignore[attr-defined]

    @staticmethod
    def _rule_fields() -> dict[str, forms.Field]:
        return {
            RULE + rule.key: forms.IntegerField(
                label=rule.label, required=False, min_value=FEWEST_DAYS, max_value=MOST_DAYS,
                help_text=rule.help_text,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
            for rule in return_rules
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("label_zh", "label_en"):
            cleaned[name] = clean_line(cleaned.get(name) or "")
        uncollected = hidden_fields()
        for rule in return_rules:
            if rule.path in uncollected and cleaned.get(RULE + rule.key):
                words = _("Your organisation does not collect “%(field)s”, from which the days are counted.")
                self.add_error(RULE + rule.key, words % {"field": OPTIONAL[rule.path].label})
        return cleaned

    def links(self) -> dict[str, Any]:
        """What the pool is saved with besides its own columns."""
        given = self.cleaned_data
        rules = {rule.key: given.get(RULE + rule.key) for rule in return_rules}
        return {
            "rules": {key: days for key, days in rules.items() if days},
            **{name: list(given[name]) for name in ("claims", "comes", "roles")},
        }

    def sections(self) -> list[dict[str, Any]]:
        """The form as the page lays it out."""
        rules = [RULE + rule.key for rule in return_rules]
        parts = (
            (_("Name"), "", ("label_zh", "label_en")),
            (
                _("Which customers come in"),
                _("A customer belongs to the first pool that takes it. Tick nothing to take all."),
                ("tiers", "regions", "sources", "comes", "takes_unowned"),
            ),
            (
                _("When customers return"),
                _(
                    "Their owner is warned three days before. A contact or an order, whichever is missing, calls it off; "
                    "so does keeping the customer."
                ),
                (*rules, "exempt_tiers", "keep_days", "keep_most"),
            ),
            (
                _("Who may claim"),
                _("Tick nothing to let everybody claim who has the right to."),
                ("claims", "roles", "claims_per_day", "most_held", "cool_off_days"),
            ),
        )
        return [
            {"title": title, "text": text, "fields": [self[name] for name in names]}
            for title, text, names in parts
        ]


def _links_of(pool: Pool) -> dict[str, Any]:
    found: dict[str, Any] = {"claims": [], "comes": []}
    for use, department in PoolDepartment.objects.filter(pool=pool).values_list("use", "department_id"):
        found["claims" if use == PoolUse.CLAIMS else "comes"].append(department)
    found["roles"] = list(PoolRole.objects.filter(pool=pool).values_list("role_id", flat=True))
    rules = PoolRule.objects.filter(pool=pool).values_list("rule", "days")
    return found | {RULE + rule: days for rule, days in rules}


class PoolCreateForm(IdempotentCreateForm[Pool], _PoolFields):
    pass


class PoolEditForm(StaleWriteForm, _PoolFields):
    pass


RECEIVERS = "customers.pool_receivers"


def possible_receivers(viewer: Viewer) -> QuerySet[Membership]:
    """To whom the viewer may give a customer of a pool: those within their reach."""
    reach, rows = viewer.reach(ASSIGN), possible_owners(viewer)
    if reach is None:
        return rows.none()
    return rows if reach.everyone else rows.filter(pk__in=reach.members)


register_member_source(RECEIVERS, possible_receivers)


class PoolAssignForm(OwnerForm):
    """To whom customers of a pool go."""

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        offer_members(self.fields["owner"], RECEIVERS, viewer)  # type: ignore[arg-type]


class PutBackForm(TenantForm):
    """Into which pool, and why."""

    pool: forms.Field = TenantChoiceField(Pool, label=gettext_lazy("Public pool"), empty_label=None)
    note = forms.CharField(
        label=gettext_lazy("Why"), max_length=400, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 400}),
        error_messages={"required": gettext_lazy("Say in a few words why, for whoever comes next.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pool"].queryset = Pool.objects.active().order_by("position", "id")  # type: ignore[attr-defined]

    def clean_note(self) -> str:
        note = clean_line(self.cleaned_data["note"])
        if not note:
            raise forms.ValidationError(_("Say in a few words why, for whoever comes next."))
        return note


class KeepForm(TenantForm):
    """Until when, and why."""

    until = forms.DateField(
        label=gettext_lazy("Keep until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=400, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 400})
    )

    def clean_until(self) -> Any:
        day = self.cleaned_data["until"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day has passed."))
        return day

    def clean_reason(self) -> str:
        reason = clean_line(self.cleaned_data["reason"])
        if not reason:
            raise forms.ValidationError(_("Say why the customer should not return."))
        return reason

import zoneinfo
from functools import cache

from django import forms
from django.utils.translation import gettext_lazy as _

from tenancy.forms.base import bare_helper
from tenancy.models import Organization

_ALIASES = ("Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/")


@cache
def zone_names() -> list[str]:
    """The zones of the tz database that are named by place, and UTC."""
    names = (name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(_ALIASES))
    return ["UTC", *sorted(names)]


class OrganizationForm(forms.ModelForm):
    """Settings of the organisation. Whoever demands a second factor without having one must say that they know."""

    confirm_mfa = forms.BooleanField(
        label=_("I have no second factor yet and know that I must set one up before I can go on."),
        required=False,
    )

    class Meta:
        model = Organization
        fields = ["name", "default_language", "timezone", "currency", "require_mfa"]
        widgets = {"timezone": forms.TextInput({"list": "zones", "autocomplete": "off"})}
        help_texts = {"timezone": _("Type a city, such as Shanghai or Berlin.")}

    def __init__(self, *args, has_mfa: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.helper = bare_helper()
        self.has_mfa = has_mfa
        if not self._would_lock_out():
            del self.fields["confirm_mfa"]

    def _would_lock_out(self) -> bool:
        # Asked only of a form that was sent, so that it appears with the warning it answers.
        return (
            self.is_bound
            and not self.has_mfa
            and not self.instance.require_mfa
            and bool(self.data.get("require_mfa"))
        )

    def clean(self):
        cleaned = super().clean()
        if "confirm_mfa" in self.fields and not cleaned.get("confirm_mfa"):
            self.add_error("confirm_mfa", _("You yourself sign in without a second factor."))
        return cleaned

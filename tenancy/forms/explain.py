from django import forms
from django.utils.translation import gettext_lazy as _

from tenancy.access import Viewer
from tenancy.explain import explainable_kinds
from tenancy.forms.base import TenantForm
from tenancy.forms.fields import TenantChoiceField
from tenancy.forms.members import offer_members
from tenancy.models import Membership


class ExplainForm(TenantForm):
    """About whom, and about which record: by its address, or by a kind and a text to search for."""

    member = TenantChoiceField(Membership, label=_("Which member"), empty_label=_("Choose a member"))
    address = forms.CharField(
        label=_("Address of the record"),
        required=False,
        help_text=_("Copy it from the address bar of the record's page."),
        widget=forms.TextInput({"inputmode": "url"}),
    )
    kind = forms.ChoiceField(label=_("or kind of record"), required=False)
    q = forms.CharField(label=_("and what to search for"), required=False)

    def __init__(self, *args, viewer: Viewer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer_members(self.fields["member"], "tenancy.everyone", viewer)
        self.fields["kind"].choices = [("", "—"), *((kind.key, kind.label) for kind in explainable_kinds())]

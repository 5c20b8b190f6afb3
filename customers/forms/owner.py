"""Who may be made the owner of a customer."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tenancy.access import Viewer
from tenancy.forms.base import TenantForm
from tenancy.forms.fields import TenantChoiceField
from tenancy.forms.members import offer_members
from tenancy.member_choice import register_member_source
from tenancy.models import Membership

ASSIGN = "customers.assign_customer"
OWNERS = "customers.owners"


def possible_owners(viewer: Viewer) -> QuerySet[Membership]:
    """Active members; who may not assign to others has only themselves."""
    rows = Membership.objects.active().order_by("name", "pk")
    return rows if viewer.can(ASSIGN) else rows.filter(pk=viewer.membership.pk)


register_member_source(OWNERS, possible_owners)


class OwnerForm(TenantForm):
    owner: forms.Field = TenantChoiceField(Membership, label=_("New owner"), empty_label=_("Choose a member"))

    def __init__(self, *args, viewer: Viewer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer_members(self.fields["owner"], OWNERS, viewer)

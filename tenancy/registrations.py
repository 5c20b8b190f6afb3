"""What tenancy tells the rest of the house when it starts."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.audit import signins  # noqa: F401
from tenancy.explain import ExplainableKind, register_explainable
from tenancy.models import Membership

register_explainable(
    ExplainableKind(
        key="member",
        label=_("Member"),
        model=Membership,
        permissions=("tenancy.view_membership", "tenancy.manage_members"),
        url_names=("tenancy:member", "tenancy:member_edit", "tenancy:member_end"),
        search=lambda rows, text: rows.filter(
            Q(name__icontains=text) | Q(user__email__icontains=text)
        ).order_by("name"),
    )
)

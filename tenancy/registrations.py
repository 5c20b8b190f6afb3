"""What tenancy tells the rest of the house when it starts."""

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenancy.audit import signins  # noqa: F401
from tenancy.explain import ExplainableKind, register_explainable
from tenancy.member_choice import everybody, register_member_source
from tenancy.models import Department, Membership
from tenancy.ownership import OwnedKind, register_owned_kind

register_owned_kind(
    OwnedKind(
        key="departments",
        label=_("Departments managed"),
        count=lambda member: Department.objects.filter(manager=member).count(),
        hand_over=lambda leaving, successor, actor: Department.objects.filter(manager=leaving).update(
            manager=successor, version=F("version") + 1
        ),
    )
)
register_member_source(
    "tenancy.everyone",
    lambda viewer: Membership.objects.order_by("ended_at", "name", "pk"),
    "tenancy.explain_access",
)
for key, permission in (
    ("tenancy.managers", "tenancy.change_department"),
    ("tenancy.successors", "tenancy.manage_members"),
):
    register_member_source(key, everybody, permission)
register_explainable(
    ExplainableKind(
        key="member",
        label=_("Member"),
        model=Membership,
        permissions=("tenancy.view_membership", "tenancy.manage_members"),
        url_names=("tenancy:member", "tenancy:member_edit", "tenancy:member_end"),
        search=lambda rows, text, viewer: rows.filter(
            Q(name__icontains=text) | Q(user__email__icontains=text)
        ).order_by("name"),
    )
)

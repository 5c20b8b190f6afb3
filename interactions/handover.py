"""Plans of a member who leaves; files of contacts: who may see and change them."""

from django.db.models import F

from interactions.actions.rollup import refresh
from interactions.models import Interaction, Plan
from tenancy.access import Viewer
from tenancy.models import Membership
from workspace.models import AttachmentFolder


def count_plans(member: Membership) -> int:
    return Plan.objects.open().filter(owner=member).count()


def hand_over_plans(giver: Membership, taker: Membership, actor: Membership | None) -> int:
    """Open plans go to `taker`; what is done stays with whoever did it."""
    rows = Plan.objects.open().filter(owner=giver)
    customers = list(rows.order_by().values_list("customer_id", flat=True).distinct())
    moved = rows.update(owner=taker, version=F("version") + 1)
    refresh(customers)
    return moved


def may_view_folder(viewer: Viewer, folder: AttachmentFolder) -> bool:
    rows = Interaction.objects.active().visible_to(viewer, "interactions.view_interaction")
    return rows.filter(folder=folder).exists()


def may_add_to_folder(viewer: Viewer, folder: AttachmentFolder) -> bool:
    rows = Interaction.objects.active().changeable_by(viewer, "interactions.change_interaction")
    return rows.filter(folder=folder).exists()

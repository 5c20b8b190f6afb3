from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.merge_rules import MOVE
from interactions.enums import KIND_ICONS, ContactKind, PlanStatus, PlanStep
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel
from tenancy.models.base import TenantManager, TenantQuerySet


class PlanQuerySet(TenantQuerySet):
    def open(self) -> "PlanQuerySet":
        return self.filter(status=PlanStatus.PLANNED)

    def in_order(self) -> "PlanQuerySet":
        """As one works through them: earliest first, those with a time of day before those without."""
        return self.order_by("due_on", models.F("due_time").asc(nulls_last=True), "id")


class Plan(TenantModel):
    """A contact that is meant to take place: the next step with a customer. Its status changes through
    `actions.plan.change_plan_status` alone; each change is a `PlanChange`."""

    scope_field = "customer__owner"
    merge_rules = {"customer": MOVE}

    customer = TenantForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="plans", verbose_name=_("customer")
    )
    owner = TenantForeignKey(
        "tenancy.Membership", on_delete=models.PROTECT, related_name="+", verbose_name=_("who does it")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind.choices, default=ContactKind.VISIT)
    subject = models.CharField(_("what is planned"), max_length=200, blank=True)
    due_on = models.DateField(_("planned for"))
    due_time = models.TimeField(_("time of day"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=PlanStatus.choices, default=PlanStatus.PLANNED, editable=False
    )
    made_from = TenantForeignKey(
        "interactions.Interaction",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="next_steps",
    )
    done_by = TenantForeignKey(
        "interactions.Interaction",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="finished_plans",
    )
    created_by = TenantForeignKey(
        "tenancy.Membership", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TenantManager.from_queryset(PlanQuerySet)()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        constraints = [
            models.CheckConstraint(
                condition=Q(status=PlanStatus.PLANNED, closed_at=None)
                | Q(~Q(status=PlanStatus.PLANNED), closed_at__isnull=False),
                name="interactions_plan_closed",
                violation_error_message=_("A closed plan, and no other, has a time of closing."),
            ),
            models.CheckConstraint(
                condition=Q(done_by=None) | Q(status=PlanStatus.DONE),
                name="interactions_plan_done_by",
                violation_error_message=_("Only a plan that is done names the contact that finished it."),
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte="1900-01-01", due_on__lte="2999-12-31"),
                name="interactions_plan_due_sane",
                violation_error_message=_("The date lies too far away."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "owner", "status", "due_on", "id"], name="interactions_plan_of_owner"
            ),
            models.Index(
                fields=["organization", "customer", "status", "due_on", "id"],
                name="interactions_plan_of_cust",
            ),
        ]

    def __str__(self) -> str:
        return self.subject or str(self.get_kind_display())

    @property
    def icon(self) -> str:
        return KIND_ICONS[ContactKind(self.kind)]

    @property
    def is_open(self) -> bool:
        return self.status == PlanStatus.PLANNED

    def days_late(self, today: date | None = None) -> int:
        """How many days ago it should have been done; 0 when it is not late."""
        return max(0, ((today or timezone.localdate()) - self.due_on).days)

    @property
    def is_late(self) -> bool:
        return self.is_open and self.days_late() > 0


class PlanChange(TenantModel):
    """One step in the life of a plan. `undone_at` marks a step that its author took back."""

    scope_field = "plan__customer__owner"

    plan = TenantForeignKey("interactions.Plan", on_delete=models.CASCADE, related_name="changes")
    step = models.CharField(max_length=10, choices=PlanStep.choices)
    from_due_on = models.DateField(null=True)
    to_due_on = models.DateField(null=True)
    next_plan = TenantForeignKey("interactions.Plan", on_delete=models.PROTECT, null=True, related_name="+")
    by = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("change of a plan")
        verbose_name_plural = _("changes of plans")
        default_permissions = ()
        indexes = [models.Index(fields=["organization", "plan", "id"], name="interactions_change_of_plan")]

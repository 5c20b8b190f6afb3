from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.merge_rules import move
from interactions.enums import KIND_ICONS, Attitude, ContactKind
from interactions.models.constraints import SameCustomerKey
from tenancy.access import Viewer
from tenancy.db import TenantForeignKey
from tenancy.links import organization_url
from tenancy.models import TenantModel
from tenancy.models.base import TenantManager, TenantQuerySet

CLOCK_SKEW = timedelta(minutes=5)
"""How far ahead of ours a person's clock may be."""


class InteractionQuerySet(TenantQuerySet):
    def active(self) -> "InteractionQuerySet":
        return self.filter(archived_at=None)

    def changeable_by(self, viewer: Viewer, permission: str) -> "InteractionQuerySet":
        """Contacts that the viewer may change or delete: of customers within reach, logged by somebody within
        reach. Whoever takes over a customer reads what the predecessor wrote, but does not rewrite it."""
        rows = self.visible_to(viewer, permission)
        reach = viewer.reach(permission)
        return rows if reach is None or reach.everyone else rows.filter(by__in=reach.members)


class Interaction(TenantModel):
    """A contact with a customer that took place.

    It belongs to the customer's story: whoever is responsible for the customer sees it, whoever logged it,
    and a new owner sees what came before.
    """

    scope_field = "customer__owner"
    merge_rules = {"customer": move(person="person")}

    customer = TenantForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        related_name="interactions",
        verbose_name=_("customer"),
    )
    person = TenantForeignKey(
        "customers.ContactPerson",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("contact person"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind.choices, default=ContactKind.VISIT)
    at = models.DateTimeField(_("time of the contact"), default=timezone.now)
    by = TenantForeignKey(
        "tenancy.Membership",
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("logged by"),
    )
    companions = models.CharField(_("other companions"), max_length=200, blank=True)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    summary = models.TextField(_("what was said"), max_length=4000)
    result = models.CharField(_("result"), max_length=400, blank=True)
    attitude = models.CharField(_("attitude"), max_length=10, choices=Attitude.choices, blank=True)
    folder = TenantForeignKey(
        "workspace.AttachmentFolder", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("logged on"), auto_now_add=True)
    archived_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TenantManager.from_queryset(InteractionQuerySet)()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.CheckConstraint(
                condition=~Q(summary=""),
                name="interactions_interaction_told",
                violation_error_message=_("Say in a few words what happened."),
            ),
            models.CheckConstraint(
                condition=Q(at__gte="1900-01-01T00:00:00Z"),
                name="interactions_interaction_at_sane",
                violation_error_message=_("The date lies too far back."),
            ),
            SameCustomerKey(field="person", name="interactions_interaction_person_of_customer"),
        ]
        # Newest first: of one customer, of one person's log, of everything.
        indexes = [
            models.Index(
                F("organization"),
                F("customer"),
                F("at").desc(),
                F("id").desc(),
                name="interactions_of_customer",
            ),
            models.Index(
                F("organization"), F("by"), F("at").desc(), F("id").desc(), name="interactions_of_member"
            ),
            models.Index(F("organization"), F("at").desc(), F("id").desc(), name="interactions_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.summary[:60]}"

    def get_absolute_url(self) -> str:
        return organization_url("interactions:detail", pk=self.pk)

    def clean(self) -> None:
        """What holds for a contact wherever it comes from: it has happened, with one of its persons."""
        super().clean()
        if self.at and self.at > timezone.now() + CLOCK_SKEW:
            raise ValidationError({"at": _("This lies in the future. Make it a next step instead.")})
        if self.person and self.person.customer_id != self.customer_id:
            raise ValidationError({"person": _("This person does not belong to the customer.")})

    @property
    def icon(self) -> str:
        return KIND_ICONS[ContactKind(self.kind)]


class InteractionCompanion(TenantModel):
    """A colleague who was there too."""

    scope_field = "interaction__customer__owner"

    interaction = TenantForeignKey(
        "interactions.Interaction", on_delete=models.CASCADE, related_name="companion_rows"
    )
    member = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("companion")
        verbose_name_plural = _("companions")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "interaction", "member"], name="interactions_companion_once"
            )
        ]

"""What customers have agreed to: purposes, their wordings, and what each customer said when."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.enums import ConsentChannel, ConsentState
from customers.merge_rules import keep, rebuilt
from customers.models.labels import Labelled, has_label, in_language
from tenancy.db import EncryptedTextField, TenantForeignKey
from tenancy.models import TenantModel
from tenancy.models.base import TenantManager, TenantQuerySet


class ConsentPurposeQuerySet(TenantQuerySet):
    def active(self) -> "ConsentPurposeQuerySet":
        return self.filter(archived_at=None)


class ConsentPurpose(Labelled, TenantModel):
    """Something that a customer may agree to: the newsletter, being quoted as a reference."""

    position = models.PositiveSmallIntegerField(default=0, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TenantManager.from_queryset(ConsentPurposeQuerySet)()

    class Meta:
        verbose_name = _("purpose of consent")
        verbose_name_plural = _("purposes of consent")
        default_permissions = ()
        permissions = [("manage_consents", _("Can define what customers are asked to agree to"))]
        ordering = ["position", "id"]
        constraints = [
            has_label("customers_consentpurpose_named", _("Give the purpose a label.")),
        ]


class ConsentWording(TenantModel):
    """The text that customers agree to, in force from a day on. Never changed: another text is another wording."""

    purpose = TenantForeignKey("customers.ConsentPurpose", on_delete=models.PROTECT, related_name="wordings")
    number = models.PositiveSmallIntegerField(pgettext_lazy("of a wording", "version"), editable=False)
    text_zh = models.TextField(_("text in Chinese"), max_length=4000, blank=True)
    text_en = models.TextField(_("text in English"), max_length=4000, blank=True)
    in_force_from = models.DateField(_("in force from"))

    class Meta:
        verbose_name = _("wording of a consent")
        verbose_name_plural = _("wordings of consents")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "purpose", "number"], name="customers_consentwording_number"
            ),
            models.UniqueConstraint(
                fields=["organization", "purpose", "in_force_from"],
                name="customers_consentwording_day",
                violation_error_message=_("There is already a wording that begins on this day."),
            ),
            models.CheckConstraint(
                condition=~Q(text_zh="", text_en=""),
                name="customers_consentwording_worded",
                violation_error_message=_("Write the text in one language at least."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} · v{self.number}"

    @property
    def text(self) -> str:
        return in_language(self.text_zh, self.text_en)


class Consent(TenantModel):
    """A customer agreed to something, or took it back. Only ever added to: the newest counts.

    The database sees to it: nothing but a change of keys writes one anew, and it ends with its customer alone.
    """

    scope_field = "customer__owner"
    merge_rules = {
        "customer": keep("each says what this very record said, and is read through the merged customer")
    }

    customer = TenantForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="consents")
    purpose = TenantForeignKey(
        "customers.ConsentPurpose",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("of a consent", "purpose"),
    )
    wording = TenantForeignKey(
        "customers.ConsentWording",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("wording"),
    )
    state = models.CharField(
        pgettext_lazy("of a consent", "answer"), max_length=10, choices=ConsentState.choices
    )
    channel = models.CharField(
        pgettext_lazy("of a consent", "came by"), max_length=10, choices=ConsentChannel.choices
    )
    at = models.DateTimeField(pgettext_lazy("of a consent", "time"))
    note = EncryptedTextField(_("evidence"))
    recorded_by = TenantForeignKey(
        "tenancy.Membership",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(state="withdrawn") | Q(wording__isnull=False),
                name="customers_consent_worded",
                violation_error_message=_("Say which wording was agreed to."),
            ),
        ]
        indexes = [
            models.Index(F("organization"), F("customer"), F("at").desc(), name="customers_consent_newest"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A consent is never changed: add another one.")
        super().save(*args, **kwargs)

    @property
    def tone(self) -> str:
        return ConsentState(self.state).tone


class ConsentStanding(TenantModel):
    """What counts now of one customer and purpose: the newest consent, those of merged customers included."""

    audit_exempt = "derived: the newest of the consents, which are audited"
    scope_field = "customer__owner"
    merge_rules = {"customer": rebuilt("counted anew from the consents of all that are one")}

    customer = TenantForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="consent_standings"
    )
    purpose = TenantForeignKey("customers.ConsentPurpose", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ConsentState.choices)
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("consent in force")
        verbose_name_plural = _("consents in force")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "customer", "purpose"], name="customers_consentstanding_one"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "purpose", "state", "customer"], name="customers_consentstanding_by"
            ),
        ]

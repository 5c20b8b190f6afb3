"""How long data is kept, and what each night has done about it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.enums import RetentionAct, RetentionMode
from tenancy.db import TenantForeignKey
from tenancy.links import organization_url
from tenancy.models import TenantModel

LONGEST_DAYS = 36_500
LONGEST_WARNING = 90


class RetentionRule(TenantModel):
    """What is archived or destroyed after how long. `kind` is a key of `governance.retention.retention_kinds`.

    A rule that is switched on, or made stricter, acts from `starts_on`: those who handle privacy are told before.
    """

    kind = models.CharField(pgettext_lazy("retention", "what"), max_length=40, editable=False)
    days = models.PositiveIntegerField(
        _("days to keep them"), validators=[MinValueValidator(1), MaxValueValidator(LONGEST_DAYS)]
    )
    act = models.CharField(
        pgettext_lazy("retention", "what happens"), max_length=10, choices=RetentionAct.choices
    )
    mode = models.CharField(
        pgettext_lazy("retention", "mode"),
        max_length=5,
        choices=RetentionMode.choices,
        default=RetentionMode.DRY,
    )
    warn_days = models.PositiveSmallIntegerField(
        _("days of warning before"),
        default=7,
        validators=[MaxValueValidator(LONGEST_WARNING)],
    )
    starts_on = models.DateField(_("acts from"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind"],
                name="governance_retentionrule_one",
                violation_error_message=_("There is already a rule for this."),
            ),
            models.CheckConstraint(
                condition=Q(days__range=(1, LONGEST_DAYS)) & Q(warn_days__lte=LONGEST_WARNING),
                name="governance_retentionrule_sane",
                violation_error_message=_("Between 1 and 36,500 days."),
            ),
            models.CheckConstraint(
                condition=Q(mode="on", starts_on__isnull=False) | (~Q(mode="on") & Q(starts_on=None)),
                name="governance_retentionrule_starts",
                violation_error_message=_("A rule in force, and no other, has a day from which it acts."),
            ),
        ]

    def __str__(self) -> str:
        from governance.retention import label_of

        return label_of(self.kind)

    def get_absolute_url(self) -> str:
        return organization_url("governance:retention_rule", pk=self.pk)


class RetentionRun(TenantModel):
    """What one run of a rule found and did; its key is that of its job. Counts only: it names nobody."""

    rule = TenantForeignKey("governance.RetentionRule", on_delete=models.CASCADE, related_name="runs")
    dry = models.BooleanField(default=False)
    act = models.CharField(
        pgettext_lazy("retention", "what happens"), max_length=10, choices=RetentionAct.choices
    )
    before = models.DateTimeField()
    """What is older than this was due."""
    found = models.PositiveIntegerField(_("due"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    held = models.PositiveIntegerField(_("held back"), default=0)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("run of a retention rule")
        verbose_name_plural = _("runs of retention rules")
        default_permissions = ()
        indexes = [
            models.Index(F("organization"), F("id").desc(), name="governance_retention_newest"),
        ]

"""Public pools: customers that nobody owns and that colleagues may claim."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.enums import PoolReason, PoolUse, Region, Source, Tier
from customers.merge_rules import combine, keep
from customers.models.labels import Labelled, has_label
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel
from tenancy.models.base import TenantManager, TenantQuerySet

FEWEST_DAYS, MOST_DAYS = 7, 3650
MOST_CLAIMS = 1000


def _limit(label: object, most: int, **more: object) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, validators=[MaxValueValidator(most)], **more)  # type: ignore[arg-type]


class PoolQuerySet(TenantQuerySet):
    def active(self) -> "PoolQuerySet":
        return self.filter(archived_at=None)


class Pool(Labelled, TenantModel):
    """Where customers wait for a new owner. A customer belongs to the first pool, by `position`, whose conditions it meets;
    an empty condition is met by every customer."""

    position = models.PositiveSmallIntegerField(default=0, editable=False)
    tiers = models.JSONField(_("tiers"), default=list, blank=True)
    sources = models.JSONField(_("sources"), default=list, blank=True)
    regions = models.JSONField(_("regions"), default=list, blank=True)
    takes_unowned = models.BooleanField(_("customers that nobody owns come in by themselves"), default=True)
    exempt_tiers = models.JSONField(_("tiers that never return"), default=list, blank=True)
    claims_per_day = _limit(_("claims of one person a day"), MOST_CLAIMS, null=True, blank=True)
    most_held = _limit(_("claimed customers one person may hold"), 10_000, null=True, blank=True)
    cool_off_days = _limit(_("days until the former owner may claim"), MOST_DAYS, default=30)
    keep_days = _limit(_("longest time an owner may keep a customer, in days"), MOST_DAYS, default=90)
    keep_most = _limit(_("customers an owner may keep at a time"), MOST_CLAIMS, default=5)
    archived_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TenantManager.from_queryset(PoolQuerySet)()

    class Meta:
        verbose_name = _("public pool")
        verbose_name_plural = _("public pools")
        default_permissions = ("view",)
        permissions = [
            ("manage_pools", _("Can set up public pools")),
            ("claim_customer", _("Can claim customers from public pools")),
            ("pool_customer", _("Can put customers into a public pool")),
            ("keep_customer", _("Can keep customers from returning to a pool")),
        ]
        ordering = ["position", "id"]
        constraints = [
            has_label("customers_pool_named", _("Give the pool a name in one language at least.")),
            models.CheckConstraint(
                condition=Q(
                    cool_off_days__lte=MOST_DAYS, keep_days__lte=MOST_DAYS, keep_most__lte=MOST_CLAIMS
                ),
                name="customers_pool_sane",
                violation_error_message=_("One of the numbers is too large."),
            ),
        ]

    @property
    def labels(self) -> dict[str, str]:
        """What lines and notes about it are stored with."""
        return {"zh": self.label_zh, "en": self.label_en}

    def conditions(self) -> list[tuple[str | Promise, list[str]]]:
        """Which customers come in, in words: the name of each condition and what it asks for."""
        asked: tuple[tuple[str | Promise, str, type[models.TextChoices]], ...] = (
            (_("Tiers"), "tiers", Tier), (_("Sources"), "sources", Source), (_("Regions"), "regions", Region),
        )  # fmt: skip
        return [
            (label, [str(kinds(value).label) for value in getattr(self, name)])
            for label, name, kinds in asked
            if getattr(self, name)
        ]


class PoolDepartment(TenantModel):
    """A department, with those below it, whose members may claim from the pool, or whose customers come into it."""

    pool = TenantForeignKey("customers.Pool", on_delete=models.CASCADE, related_name="department_links")
    department = TenantForeignKey("tenancy.Department", on_delete=models.CASCADE, related_name="+")
    use = models.CharField(max_length=10, choices=PoolUse.choices)

    class Meta:
        verbose_name = _("department of a pool")
        verbose_name_plural = _("departments of pools")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "pool", "use", "department"], name="customers_pooldepartment_once"
            ),
        ]


class PoolRole(TenantModel):
    """A role whose holders may claim from the pool."""

    pool = TenantForeignKey("customers.Pool", on_delete=models.CASCADE, related_name="role_links")
    role = TenantForeignKey("tenancy.Role", on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("role of a pool")
        verbose_name_plural = _("roles of pools")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "pool", "role"], name="customers_poolrole_once"),
        ]


class PoolRule(TenantModel):
    """When customers of the pool return to it: after so many `days` without what the registered rule counts from."""

    pool = TenantForeignKey("customers.Pool", on_delete=models.CASCADE, related_name="rules")
    rule = models.CharField(max_length=40)
    days = models.PositiveSmallIntegerField(
        _("days"), validators=[MinValueValidator(FEWEST_DAYS), MaxValueValidator(MOST_DAYS)]
    )

    class Meta:
        verbose_name = _("return rule")
        verbose_name_plural = _("return rules")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "pool", "rule"], name="customers_poolrule_once"),
            models.CheckConstraint(
                condition=Q(days__gte=FEWEST_DAYS, days__lte=MOST_DAYS),
                name="customers_poolrule_sane",
                violation_error_message=_("Between 7 and 3,650 days."),
            ),
        ]


class _Waiting(models.Model):
    """How a customer came into a pool."""

    since = models.DateTimeField(_("in the pool since"))
    from_owner = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=10, choices=PoolReason.choices)
    rule = models.CharField(max_length=40, blank=True)
    note = models.CharField(_("note"), max_length=400, blank=True)

    class Meta:
        abstract = True

    @property
    def how(self) -> dict[str, object]:
        """Everything of it, to be put back as it was."""
        return {
            "since": self.since,
            "from_owner_id": self.from_owner_id,  # type: ignore[attr-defined]
            "reason": self.reason,
            "rule": self.rule,
            "note": self.note,
        }


class PoolEntry(_Waiting, TenantModel):
    """A customer in a pool. It is gone as soon as the customer has an owner, whoever gave it one."""

    merge_rules = {
        "customer": keep("the record that was in the pool is archived by the merge, and leaves it")
    }

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="pool_entry")
    pool = TenantForeignKey("customers.Pool", on_delete=models.PROTECT, related_name="entries")
    archived = models.BooleanField(default=False)
    """Whether the customer is archived or marked as invalid, repeated so that counting asks one index."""

    class Meta:
        verbose_name = _("customer in a pool")
        verbose_name_plural = _("customers in pools")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "customer"], name="customers_poolentry_once"),
        ]
        indexes = [
            models.Index(
                F("organization"),
                F("pool"),
                F("since").desc(),
                F("id").desc(),
                name="customers_poolentry_newest",
                condition=Q(archived=False),
            ),
        ]


class PoolClaim(_Waiting, TenantModel):
    """Somebody took a customer out of a pool, with what it takes to undo that. Nothing but its end is ever changed."""

    scope_field = "by"
    merge_rules = {"customer": keep("who claimed what stays as it was")}

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="pool_claims")
    pool = TenantForeignKey("customers.Pool", on_delete=models.PROTECT, related_name="claims")
    by = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    assigned_by = TenantForeignKey(
        "tenancy.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    """Who gave it to them; None: they claimed it themselves. Only their own claims count against the limits."""
    batch = models.UUIDField()
    held = models.BooleanField(default=True)
    """Whether the customer is still with who claimed it."""
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = pgettext_lazy("from a pool", "claim")
        verbose_name_plural = pgettext_lazy("from a pool", "claims")
        default_permissions = ()
        indexes = [
            models.Index(fields=["organization", "by", "pool", "at"], name="customers_poolclaim_day"),
            models.Index(
                fields=["organization", "by", "pool"], name="customers_poolclaim_held", condition=Q(held=True)
            ),
            models.Index(
                fields=["organization", "customer"], name="customers_poolclaim_of", condition=Q(held=True)
            ),
            models.Index(fields=["organization", "batch"], name="customers_poolclaim_batch"),
        ]


class PoolKeep(TenantModel):
    """A customer that does not return by rule until a date, for the owner who has it now."""

    scope_field = "owner"
    merge_rules = {"customer": combine("owner")}

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="pool_keeps")
    owner = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, related_name="+")
    until = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=400)
    by = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("customer kept from returning")
        verbose_name_plural = _("customers kept from returning")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "customer", "owner"], name="customers_poolkeep_once"
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="customers_poolkeep_reasoned",
                violation_error_message=_("Say why the customer should not return."),
            ),
        ]


class PoolWarning(TenantModel):
    """A customer that returns to `pool` on `due_on` unless what the rule counts from happens first."""

    audit_exempt = "derived: found anew every night by the return rules"
    scope_field = "owner"
    merge_rules = {"customer": keep("found anew every night for the customer that is left")}

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="pool_warning")
    owner = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, related_name="+")
    pool = TenantForeignKey("customers.Pool", on_delete=models.CASCADE, related_name="+")
    rule = models.CharField(max_length=40)
    before = models.DateTimeField()
    """The moment before which it was neglected: anything that happens later than this cancels the warning."""
    due_on = models.DateField(_("returns on"))
    warned_at = models.DateTimeField()

    class Meta:
        verbose_name = _("announced return")
        verbose_name_plural = _("announced returns")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "customer"], name="customers_poolwarning_once"),
        ]
        indexes = [
            models.Index(fields=["organization", "due_on", "customer"], name="customers_poolwarning_due"),
            models.Index(
                fields=["organization", "owner", "due_on", "customer"], name="customers_poolwarning_own"
            ),
        ]

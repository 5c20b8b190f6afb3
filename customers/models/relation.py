from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.enums import RelationKind
from customers.merge_rules import MOVE, Mirrored, combine, move
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel


class Relation(TenantModel):
    """Two customers belong together: `source` is the `kind` of `target` (its parent company, who referred it, …).

    Of a symmetric kind there is one row, whichever of the two it was added from. A row that was removed stays, so that
    removing can be undone; it counts no longer.
    """

    scope_field = "source__owner"
    merge_rules = {
        end: combine(
            other, "kind", live="removed_at",
            mirrored=Mirrored(other, "kind", tuple(map(str, RelationKind.SYMMETRIC))),
        )
        for end, other in (("source", "target"), ("target", "source"))
    }  # fmt: skip

    source = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="relations_from")
    target = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="relations_to")
    kind = models.CharField(_("relation"), max_length=20, choices=RelationKind.choices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    created_by = TenantForeignKey(
        "tenancy.Membership", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "source", "target", "kind"],
                name="customers_relation_once",
                condition=Q(removed_at=None),
                violation_error_message=_("This relation is recorded already."),
            ),
            models.CheckConstraint(
                condition=~Q(source=F("target")),
                name="customers_relation_of_two",
                violation_error_message=_("A customer has no relation to itself."),
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")),
                name="customers_relation_period",
                violation_error_message=_("It ended before it began."),
            ),
        ]
        indexes = [models.Index(fields=["organization", "source"], name="customers_relation_source")]


class Employment(TenantModel):
    """A contact person of a company is the same human as a person in the registry: one human, several companies.

    Name, title, role and "left on" stand on the contact person; this only says who it is.
    """

    scope_field = "company__owner"
    merge_rules = {"company": move(person="person"), "individual": MOVE}

    person = TenantForeignKey("customers.ContactPerson", on_delete=models.CASCADE, related_name="employment")
    company = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    individual = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="employments")

    class Meta:
        verbose_name = _("employment")
        verbose_name_plural = _("employments")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "person"], name="customers_employment_person"),
            models.CheckConstraint(
                condition=~Q(company=F("individual")),
                name="customers_employment_of_two",
                violation_error_message=_("A customer is not its own contact person."),
            ),
        ]

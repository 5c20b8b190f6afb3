from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.enums import TagTone
from customers.merge_rules import combine
from customers.models.labels import Labelled, has_label, labels_once
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel
from tenancy.models.base import TenantManager, TenantQuerySet

MOST_GROUPS = 100


class TagGroup(Labelled, TenantModel):
    """What tags are sorted under, wherever one looks for them. One label stands in for the other."""

    tone = models.CharField(
        pgettext_lazy("of a tag", "colour"), max_length=10, choices=TagTone.choices, default=TagTone.NEUTRAL
    )
    position = models.PositiveSmallIntegerField(
        pgettext_lazy("of a group", "place"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_GROUPS)],
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("group of tags")
        verbose_name_plural = _("groups of tags")
        default_permissions = ()
        ordering = ["position", "id"]
        constraints = [
            has_label("customers_taggroup_named", _("Give the group a label.")),
            *labels_once("customers_taggroup", _("There is already a group of this label.")),
        ]


class TagQuerySet(TenantQuerySet):
    def active(self) -> "TagQuerySet":
        return self.filter(archived_at=None)


class Tag(Labelled, TenantModel):
    """A word of the organisation's own that is put on customers. One label stands in for the other."""

    key_zh = models.CharField(max_length=40, blank=True, editable=False, db_collation="C")
    key_en = models.CharField(max_length=40, blank=True, editable=False, db_collation="C")
    """The labels as they are compared: by `customers.text.folded_label`."""
    group = TenantForeignKey(
        "customers.TagGroup",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tags",
        verbose_name=pgettext_lazy("of a tag", "group"),
    )
    tone = models.CharField(
        pgettext_lazy("of a tag", "colour"), max_length=10, choices=TagTone.choices, default=TagTone.NEUTRAL
    )
    archived_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TenantManager.from_queryset(TagQuerySet)()

    class Meta:
        verbose_name = pgettext_lazy("on a customer", "tag")
        verbose_name_plural = pgettext_lazy("on customers", "tags")
        default_permissions = ()
        permissions = [("manage_tags", _("Can make, rename, merge and archive tags"))]
        constraints = [
            has_label("customers_tag_named", _("Give the tag a label.")),
            *labels_once("customers_tag", _("There is already a tag of this label."), columns="key"),
        ]


class CustomerTag(TenantModel):
    """One tag on one customer. Its unique key is the index that filters by tag."""

    scope_field = "customer__owner"
    merge_rules = {"customer": combine("tag")}

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="tag_links")
    tag = TenantForeignKey("customers.Tag", on_delete=models.PROTECT, related_name="links")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("tag of a customer")
        verbose_name_plural = _("tags of customers")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "tag", "customer"], name="customers_customertag_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.tag)

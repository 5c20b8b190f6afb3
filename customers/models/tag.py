from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.enums import TagTone
from customers.merge_rules import combine
from customers.models.custom_field import in_language
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel
from tenancy.models.base import TenantManager, TenantQuerySet

MOST_GROUPS = 100


class TagGroup(TenantModel):
    """What tags are sorted under, wherever one looks for them. One label stands in for the other."""

    label_zh = models.CharField(_("Chinese label"), max_length=40, blank=True)
    label_en = models.CharField(_("English label"), max_length=40, blank=True)
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
            models.CheckConstraint(
                condition=~Q(label_zh="", label_en=""),
                name="customers_taggroup_named",
                violation_error_message=_("Give the group a label."),
            ),
            models.UniqueConstraint(
                fields=["organization", "label_zh"],
                name="customers_taggroup_zh_unique",
                condition=~Q(label_zh=""),
                violation_error_message=_("There is already a group of this label."),
            ),
            models.UniqueConstraint(
                fields=["organization", "label_en"],
                name="customers_taggroup_en_unique",
                condition=~Q(label_en=""),
                violation_error_message=_("There is already a group of this label."),
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.label_zh, self.label_en)


class TagQuerySet(TenantQuerySet):
    def active(self) -> "TagQuerySet":
        return self.filter(archived_at=None)


class Tag(TenantModel):
    """A word of the organisation's own that is put on customers. One label stands in for the other."""

    label_zh = models.CharField(_("Chinese label"), max_length=40, blank=True)
    label_en = models.CharField(_("English label"), max_length=40, blank=True)
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
            models.CheckConstraint(
                condition=~Q(label_zh="", label_en=""),
                name="customers_tag_named",
                violation_error_message=_("Give the tag a label."),
            ),
            models.UniqueConstraint(
                fields=["organization", "key_zh"],
                name="customers_tag_zh_unique",
                condition=~Q(key_zh=""),
                violation_error_message=_("There is already a tag of this label."),
            ),
            models.UniqueConstraint(
                fields=["organization", "key_en"],
                name="customers_tag_en_unique",
                condition=~Q(key_en=""),
                violation_error_message=_("There is already a tag of this label."),
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.label_zh, self.label_en)


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

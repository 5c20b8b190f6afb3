"""Tags as whoever keeps them types them, and the tags of one customer."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.bulk import TagsField
from customers.models import Customer, CustomerTag, Tag, TagGroup
from customers.queries.tags import IN_ORDER, tags_in_order
from customers.text import clean_line, folded_label
from tenancy.forms.base import IdempotentCreateForm, TenantForm, TenantModelForm
from tenancy.forms.fields import TenantChoiceField
from tenancy.forms.stale import StaleWriteForm

ONE_IS_ENOUGH = gettext_lazy("One label is enough: it stands in for the other.")


class _GroupFields(TenantModelForm):
    class Meta:
        model = TagGroup
        fields = ["label_zh", "label_en", "position", "tone"]
        widgets = {"tone": forms.RadioSelect}
        help_texts = {
            "label_en": ONE_IS_ENOUGH,
            "position": gettext_lazy("Groups stand in this order wherever tags are chosen."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return cleaned | {name: clean_line(cleaned.get(name) or "") for name in ("label_zh", "label_en")}


class TagGroupCreateForm(IdempotentCreateForm[TagGroup], _GroupFields):
    pass


class TagGroupEditForm(StaleWriteForm, _GroupFields):
    pass


class _TagFields(TenantModelForm):
    class Meta:
        model = Tag
        fields = ["label_zh", "label_en", "group", "tone"]
        widgets = {"tone": forms.RadioSelect}
        help_texts = {"label_en": ONE_IS_ENOUGH}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        labels = {name: clean_line(cleaned.get(name) or "") for name in ("label_zh", "label_en")}
        cleaned |= labels
        self.instance.key_zh, self.instance.key_en = map(folded_label, labels.values())
        for name, label in labels.items():
            if label and name not in self.errors and self._taken(folded_label(label)):
                self.add_error(name, _("There is already a tag of this label."))
        return cleaned

    def _taken(self, key: str) -> bool:
        return Tag.objects.filter(Q(key_zh=key) | Q(key_en=key)).exclude(pk=self.instance.pk).exists()


class TagCreateForm(IdempotentCreateForm[Tag], _TagFields):
    pass


class TagEditForm(StaleWriteForm, _TagFields):
    pass


class TagMergeForm(TenantForm):
    into: forms.Field = TenantChoiceField(
        Tag, label=gettext_lazy("Merge into"), empty_label=gettext_lazy("Choose a tag")
    )

    def __init__(self, *args: Any, tag: Tag, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = tags_in_order().exclude(pk=tag.pk)


class CustomerTagsForm(TenantForm):
    """The tags of one customer; archived ones that it has can stay."""

    tags = TagsField(required=False)
    held = forms.CharField(required=False, widget=forms.HiddenInput)
    """The tags that the form was made from: what somebody else has put on or taken off since is left as it is."""

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        links = CustomerTag.objects.filter(customer=customer).values_list("tag_id", flat=True)
        self.current = [str(tag) for tag in links]
        super().__init__(*args, initial={"tags": self.current, "held": ",".join(self.current)}, **kwargs)
        offered = Q(archived_at=None) | Q(pk__in=self.current)
        self.fields["tags"].queryset = Tag.objects.filter(offered).select_related("group").order_by(*IN_ORDER)

    def wanted(self) -> list[str]:
        """What the customer shall have: the stored tags with the changes that the person has made."""
        ticked = {str(tag.pk) for tag in self.cleaned_data["tags"]}
        first = {one for one in self.cleaned_data["held"].split(",") if one}
        added, removed = ticked - first, first - ticked
        return sorted((set(self.current) | added) - removed)

    def clean_held(self) -> str:
        text = self.cleaned_data["held"]
        if len(text) > 40_000:
            raise ValidationError(_("Reload the page and try again."))
        return text

from django import forms

from tenancy.access import Viewer
from tenancy.forms.base import IdempotentCreateForm, TenantModelForm
from workspace.actions.saved_view import SHARE, clean_query
from workspace.models import SavedView

MOST_COLUMNS = 40


class _ViewFields(TenantModelForm):
    query = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    columns = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)

    class Meta:
        model = SavedView
        fields = ["name", "shared"]

    def __init__(self, *args, viewer: Viewer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.instance.owner = viewer.membership
        if not viewer.can(SHARE):
            del self.fields["shared"]
            self.instance.shared = False

    def clean_query(self) -> str:
        return clean_query(self.cleaned_data["query"])

    def clean_columns(self) -> list[str]:
        return [key for key in self.cleaned_data["columns"].split(",") if key][:MOST_COLUMNS]

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"owner", "page"}

    def _post_clean(self) -> None:
        for name in ("query", "columns"):
            if name in self.data and name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])
        super()._post_clean()


class SavedViewCreateForm(IdempotentCreateForm[SavedView], _ViewFields):
    page = forms.SlugField(max_length=40, widget=forms.HiddenInput)

    class Meta(_ViewFields.Meta):
        fields = ["name", "shared", "page"]


class SavedViewEditForm(_ViewFields):
    """Renames and shares; with `query` and `columns` it also takes over the filters now in force."""

"""What can be asked of the audit."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from governance.queries.audit import PERMISSION, Search, audited_members, audited_models, table_label
from tenancy.access import Viewer
from tenancy.forms.fields import TenantChoiceField
from tenancy.forms.members import offer_members
from tenancy.member_choice import register_member_source
from tenancy.models import AuditOperation, Membership

AUDITED = "governance.audited"
register_member_source(AUDITED, audited_members, PERMISSION)


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class AuditSearchForm(forms.Form):
    """A wrong value in the address leaves its filter out; it never breaks the page."""

    person: forms.Field = TenantChoiceField(
        Membership, label=_("Person"), required=False, empty_label=_("Anybody")
    )
    table = forms.ChoiceField(label=_("Kind of record"), required=False)
    operation = forms.ChoiceField(label=_("Operation"), required=False)
    since = forms.DateField(label=_("From date"), required=False, widget=DateInput())
    until = forms.DateField(label=_("To date"), required=False, widget=DateInput())
    object = forms.UUIDField(label=_("Record number"), required=False)

    def __init__(self, data: Any, *, viewer: Viewer) -> None:
        super().__init__(data)
        kinds = sorted((capfirst(table_label(table)), table) for table in audited_models())
        operations = [choice for choice in AuditOperation.choices if choice[0] != AuditOperation.EVENT]
        offer_members(self.fields["person"], AUDITED, viewer)  # type: ignore[arg-type]
        self.fields["table"].choices = [("", _("Any kind")), *((table, label) for label, table in kinds)]
        self.fields["operation"].choices = [("", _("Any operation")), *operations]
        for field in self.fields.values():
            kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs |= {"class": kind, "aria-label": field.label}
        self.fields["object"].widget.attrs["placeholder"] = self.fields["object"].label

    def search(self) -> Search:
        """The search that the valid fields make."""
        self.is_valid()
        asked = self.cleaned_data
        person = asked.get("person")
        return Search(
            person=person.pk if person else None,
            record=asked.get("object"),
            table=asked.get("table", ""),
            operation=asked.get("operation", ""),
            since=asked.get("since"),
            until=asked.get("until"),
        )

    def chips(self) -> list[tuple[str, str, str]]:
        """Name, label and value of every filter in force."""
        found = []
        for name, value in self.cleaned_data.items():
            if value:
                choices = dict(getattr(self.fields[name], "choices", ())) if name != "person" else {}
                choices |= {str(key): text for key, text in choices.items()}
                found.append((name, str(self.fields[name].label), str(choices.get(str(value), value))))
        return found

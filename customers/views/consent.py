"""What customers are asked to agree to, and what one customer has said."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from customers.actions.consent import (
    add_wording,
    archive_purpose,
    create_purpose,
    record_consent,
    restore_purpose,
)
from customers.forms.consent import ConsentForm, PurposeCreateForm, PurposeEditForm, WordingForm
from customers.models import Consent, ConsentPurpose, ConsentWording
from customers.queries.consent import history_of, purposes_with_counts
from customers.queries.privacy import same_human
from customers.rights import CHANGE, VIEW
from customers.views.base import CustomerDialog, CustomerPage
from tenancy.actions.once import create_once
from tenancy.errors import Refused
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from tenancy.views.pages import FormPage, RowAction, RowPage

MANAGE = "customers.manage_consents"


class PurposeListView(OrganizationView):
    permission_required = MANAGE

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "customers/consent_purposes.html", {"purposes": purposes_with_counts()})


class _PurposeFormPage(FormPage):
    permission_required = MANAGE

    def back(self) -> str:
        return organization_url("customers:consent_purposes")


class PurposeCreateView(_PurposeFormPage):
    form_class = PurposeCreateForm
    template_name = "customers/consent_purpose_form.html"

    def act(self, form: PurposeCreateForm) -> HttpResponse:
        create_once(ConsentPurpose, form.instance.pk, lambda: create_purpose(form.instance, form.wording()))
        return self.leave(_("Saved."))


class PurposeView(_PurposeFormPage, RowPage):
    """One purpose: its labels to edit, and its wordings."""

    model = ConsentPurpose
    form_class = PurposeEditForm
    template_name = "customers/consent_purpose.html"

    def form_arguments(self) -> dict[str, Any]:
        return {"instance": self.row}

    def context(self, form: Any) -> dict[str, Any]:
        wordings = ConsentWording.objects.filter(purpose=self.row).order_by("-number")
        return {"purpose": self.row, "wordings": wordings}

    def act(self, form: PurposeEditForm) -> HttpResponse:
        form.instance.save()
        return self.leave(_("Saved."))


class WordingCreateView(_PurposeFormPage, RowPage):
    model = ConsentPurpose
    form_class = WordingForm
    template_name = "customers/consent_wording_form.html"

    def form_arguments(self) -> dict[str, Any]:
        return {"purpose": self.row}

    def context(self, form: Any) -> dict[str, Any]:
        return {"purpose": self.row}

    def back(self) -> str:
        return organization_url("customers:consent_purpose", pk=self.row.pk)

    def act(self, form: WordingForm) -> HttpResponse:
        create_once(ConsentWording, form.instance.pk, lambda: add_wording(form.instance))
        return self.leave(_("The new wording is kept."))


class PurposeArchiveView(RowAction):
    model = ConsentPurpose
    permission_required = MANAGE
    leads_to = "customers:consent_purposes"

    def act(self) -> str:
        archive_purpose(self.row)
        return _("%(name)s was archived.") % {"name": self.row}


class PurposeRestoreView(RowAction):
    model = ConsentPurpose
    permission_required = MANAGE
    leads_to = "customers:consent_purposes"

    def act(self) -> str:
        restore_purpose(self.row)
        return _("%(name)s was restored.") % {"name": self.row}


class ConsentHistoryView(CustomerPage):
    """All that the customer has ever said, in which words, and how it came."""

    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "customer": self.customer,
            "consents": history_of(same_human(self.customer)),
            "may_edit": self.may(CHANGE),
        }
        return render(request, "customers/consents.html", context)


class ConsentRecordView(CustomerDialog):
    permission_required = CHANGE
    dialog, page = "_consent_form", "consent_form"

    def get(self, request: HttpRequest) -> HttpResponse:
        given = {name: request.GET[name] for name in ("purpose", "state") if name in request.GET}
        return self.ask(ConsentForm(initial=given))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ConsentForm(request.POST)
        if form.already_saved() is not None:
            return self.leave(_("Saved."))
        form.instance.customer = self.customer
        if not form.is_valid():
            return self.ask(form, 422)
        actor = self.viewer.membership
        try:
            create_once(Consent, form.instance.pk, lambda: record_consent(form.instance, actor=actor))
        except Refused as refusal:
            form.add_error("at", str(refusal))
            return self.ask(form, 422)
        return self.leave(_("Saved."))

    def ask(self, form: ConsentForm, status: int = 200) -> HttpResponse:
        return self.show(_("Record a consent"), form, status)

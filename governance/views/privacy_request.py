"""Requests of people about their own data: the register, one request, and what is done with it."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from customers import rights
from customers.models import Customer
from customers.privacy import GONE
from customers.queries.privacy import erasure_plan, reasons_against, same_human, whoever_it_is
from governance.actions import data_request as actions
from governance.actions.privacy_policy import MANAGE, VIEW, policy_in_force, privacy_policy
from governance.enums import RequestKind, RequestStatus
from governance.forms.privacy import DataRequestForm, IdentityForm, PrivacyPolicyForm, RejectionForm
from governance.models import DataRequest
from governance.views.privacy_tabs import tabs_for
from tenancy.actions.once import create_once
from tenancy.errors import Refused
from tenancy.links import organization_url
from tenancy.model_words import named
from tenancy.views.base import OrganizationView
from tenancy.views.pages import FormPage, RowAction, RowPage, WholeOrganizationMixin
from workspace.paging import newest_first
from workspace.views.stored import open_or_tell


class RequestListView(WholeOrganizationMixin, OrganizationView):
    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = DataRequest.objects.select_related("handler")
        chosen = "closed" if request.GET.get("status") == "closed" else "open"
        rows = rows.open() if chosen == "open" else rows.exclude(status__in=RequestStatus.OPEN)
        page = newest_first(rows, request.GET.get("before", ""))
        url = organization_url("governance:requests")
        context = {
            "page": page,
            "tabs": tabs_for(self.viewer, "requests"),
            "chips": [
                {"label": label, "url": f"{url}?status={key}", "current": key == chosen}
                for key, label in (("open", _("Open")), ("closed", _("Closed")))
            ],
            "older_url": f"?status={chosen}&before={page.older}" if page.older else "",
        }
        return render(request, "governance/requests.html", context)


class RequestCreateView(WholeOrganizationMixin, FormPage):
    """A request about the customer that the address names."""

    permission_required = MANAGE
    form_class = DataRequestForm
    template_name = "governance/request_form.html"

    @cached_property
    def customer(self) -> Customer:
        rows = Customer.objects.visible_to(self.viewer, rights.VIEW)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        assert self.customer
        return super().get(request, **kwargs)

    def form_arguments(self) -> dict[str, Any]:
        kind = self.request.GET.get("kind", "")
        initial: dict[str, Any] = {"handler": self.viewer.membership.pk}
        if kind in RequestKind.values:
            initial["kind"] = kind
        return {"initial": initial, "viewer": self.viewer}

    def context(self, form: Any) -> dict[str, Any]:
        return {"customer": self.customer, "policy": policy_in_force()}

    def back(self) -> str:
        return organization_url("governance:customer_privacy", pk=self.customer.pk)

    def done(self, row: Any) -> HttpResponse:
        return redirect(row.get_absolute_url())

    def act(self, form: DataRequestForm) -> HttpResponse:
        form.instance.customer = self.customer
        row, _made = create_once(
            DataRequest,
            form.instance.pk,
            lambda: actions.register_request(form.instance, actor=self.viewer.membership),
        )
        return self.leave(_("The request is registered."), row.get_absolute_url())


class RequestPage(WholeOrganizationMixin, RowPage):
    model = DataRequest
    permission_required = MANAGE

    def get_queryset(self) -> Any:
        return (
            super()
            .get_queryset()
            .select_related("customer", "handler", "approved_by", "registered_by", "job", "package")
        )


class RequestView(RequestPage):
    permission_required = VIEW

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row: Any = self.row
        is_erasure = row.kind == RequestKind.ERASURE
        ids = same_human(row.customer) if row.customer and row.is_open and is_erasure else []
        may_manage = self.viewer.can(MANAGE)
        context = {
            "row": row,
            "facts": self._facts(row),
            "plan": erasure_plan(ids) if ids else [],
            "against": reasons_against(whoever_it_is(row.customer)) if ids else [],
            "identity": IdentityForm() if may_manage and row.status == RequestStatus.RECEIVED else None,
            "rejection": RejectionForm()
            if may_manage and row.is_open and row.status != RequestStatus.WORKING
            else None,
            "steps": self._steps(row) if may_manage else {},
            "stuck": may_manage and row.status == RequestStatus.WORKING and row.job and not row.job.is_active,
            "tabs": tabs_for(self.viewer, "requests"),
        }
        return render(request, "governance/request.html", context)

    def _steps(self, row: Any) -> dict[str, bool]:
        """What can be done next."""
        erasure = row.kind == RequestKind.ERASURE
        wants_approval = erasure and policy_in_force().four_eyes
        ready = RequestStatus.APPROVED if wants_approval else RequestStatus.IDENTIFIED
        return {
            "approve": wants_approval
            and row.status == RequestStatus.IDENTIFIED
            and row.registered_by_id != self.viewer.membership.pk,
            "waits": wants_approval
            and row.status == RequestStatus.IDENTIFIED
            and row.registered_by_id == self.viewer.membership.pk,
            "fulfil": row.customer_id is not None and row.status in (ready, RequestStatus.APPROVED),
        }

    def _facts(self, row: Any) -> list[dict[str, Any]]:
        name, url = "", ""
        if (
            row.customer
            and Customer.objects.visible_to(self.viewer, rights.VIEW).filter(pk=row.customer_id).exists()
        ):
            name, url = row.customer.name, row.customer.get_absolute_url()
        labels = {field.name: named(field.verbose_name) for field in DataRequest._meta.concrete_fields}
        shown = [
            {
                "label": labels["customer"],
                "value": name or (_("(erased)") if not row.customer else "—"),
                "url": url,
            },
            {"label": labels["kind"], "value": row.get_kind_display()},
            {"label": labels["received_on"], "value": row.received_on},
            {"label": labels["due_on"], "value": row.due_on},
            {"label": labels["channel"], "value": row.get_channel_display()},
            {"label": labels["handler"], "value": row.handler.name},
            {"label": labels["registered_by"], "value": row.registered_by.name},
            {"label": labels["identity_check"], "value": row.get_identity_check_display()},
            {"label": labels["approved_by"], "value": row.approved_by.name if row.approved_by else ""},
            {"label": labels["note"], "value": row.note},
            {
                "label": labels["rejection"],
                "value": _("(erased)") if row.rejection == GONE else row.rejection,
            },
        ]
        return [fact for fact in shown if fact["value"]]


class RequestAction(WholeOrganizationMixin, RowAction):
    model = DataRequest
    permission_required = MANAGE

    def destination(self) -> str:
        return self.row.get_absolute_url()  # type: ignore[attr-defined]


class RequestIdentifyView(RequestAction):
    def act(self) -> str:
        form = IdentityForm(self.request.POST)
        if not form.is_valid():
            raise Refused(_("Say how the identity was checked."))
        actions.confirm_identity(self.row, how=form.cleaned_data["how"])
        return _("The identity is confirmed.")


class RequestApproveView(RequestAction):
    def act(self) -> str:
        actions.approve_erasure(self.row, actor=self.viewer.membership)
        return _("The erasure is approved.")


class RequestRejectView(RequestAction):
    def act(self) -> str:
        form = RejectionForm(self.request.POST)
        if not form.is_valid():
            raise Refused(_("Say why the request is rejected."))
        actions.reject_request(self.row, reason=form.cleaned_data["reason"])
        return _("The request is rejected.")


class RequestFulfilView(RequestAction):
    def act(self) -> str:
        actions.fulfil(self.row, actor=self.viewer.membership)
        return _("It is being done in the background.")


class RequestResumeView(RequestAction):
    def act(self) -> str:
        actions.take_up_again(self.row)
        return _("The request can be started again.")


class RequestPackageView(RequestPage):
    """The package as a file; each download is recorded."""

    def get(self, request: HttpRequest, **kwargs: Any) -> Any:
        row: Any = self.row
        if not row.can_download:
            raise Http404
        stream = open_or_tell(request, row.package)
        if stream is None:
            return redirect(row.get_absolute_url())
        actions.hand_out(row, self.viewer)
        response = FileResponse(stream, as_attachment=True, filename=f"{row.number}.zip")
        response["Cache-Control"] = "no-store"
        return response


class PrivacyPolicyView(WholeOrganizationMixin, FormPage):
    permission_required = MANAGE
    form_class = PrivacyPolicyForm
    template_name = "governance/privacy_policy.html"

    def form_arguments(self) -> dict[str, Any]:
        return {"instance": privacy_policy()}

    def context(self, form: Any) -> dict[str, Any]:
        return {"tabs": tabs_for(self.viewer, "privacy_policy")}

    def back(self) -> str:
        return organization_url("governance:requests")

    def act(self, form: PrivacyPolicyForm) -> HttpResponse:
        form.instance.save()
        return self.leave(_("Saved."))

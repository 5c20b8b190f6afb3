"""Pages with one form, and pages of one row: what the settings have in common."""

from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render

from tenancy.enums import Scope
from tenancy.errors import Refused
from tenancy.links import organization_url
from tenancy.models import TenantModel
from tenancy.views.base import OrganizationView, VisibleObjectMixin


class WholeOrganizationMixin:
    """The page's right must be held for the whole organisation: what it changes concerns everybody."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.viewer.rights.get(self.permission_required) != Scope.ORGANIZATION:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class RowPage(VisibleObjectMixin, OrganizationView):
    """A page about the row that its address names."""

    @cached_property
    def row(self) -> TenantModel:
        return self.get_object()


class RowAction(RowPage):
    """A button: POST acts on the row and leads on; what a rule forbids is told in a note."""

    http_method_names = ("post", "options")
    leads_to: ClassVar[str]

    def act(self) -> str:
        """Do it; answer the note to show."""
        raise NotImplementedError

    def destination(self) -> str:
        return organization_url(self.leads_to)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        destination = self.destination()
        row = self.row
        try:
            with transaction.atomic():
                messages.success(request, self.act())
        except Refused as refusal:
            messages.error(request, str(refusal))
            self.row = row
            return redirect(self.refused())
        return redirect(destination)

    def refused(self) -> str:
        """Where to go when a rule forbids it."""
        return self.destination()


class FormPage(OrganizationView):
    """GET shows the form; POST acts and leads on, or shows what is wrong (422), or who was quicker (409)."""

    form_class: ClassVar[type[forms.BaseForm]]
    template_name: ClassVar[str]

    def form_arguments(self) -> dict[str, Any]:
        return {}

    def context(self, form: forms.BaseForm) -> dict[str, Any]:
        return {}

    def back(self) -> str:
        """Where "cancel" leads."""
        raise NotImplementedError

    def act(self, form: forms.BaseForm) -> HttpResponse:
        """Do what the valid form asks for. A `Refused` is shown on the form."""
        raise NotImplementedError

    def done(self, row: TenantModel) -> HttpResponse:
        """The answer to a form that was sent twice."""
        return redirect(self.back())

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(self.form_class(**self.form_arguments()))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST, **self.form_arguments())
        saved = form.already_saved() if hasattr(form, "already_saved") else None
        if saved is not None:
            return self.done(saved)
        if form.is_valid():
            try:
                with transaction.atomic():
                    return self.act(form)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        if getattr(form, "conflict", None):
            facts = {"form": form, "cancel_url": self.back()}
            return render(request, "components/conflict.html", facts, status=409)
        return self.show(form, status=422)

    def show(self, form: forms.BaseForm, status: int = 200) -> HttpResponse:
        facts = {"form": form, "cancel_url": self.back(), **self.context(form)}
        return render(self.request, self.template_name, facts, status=status)

    def leave(self, note: str, url: str = "") -> HttpResponseRedirect:
        messages.success(self.request, note)
        return redirect(url or self.back())

"""The organisation's own fields: a list, a form for each, and what may be done with one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from customers.actions.custom_field import (
    archive_custom_field,
    destroy_custom_field,
    move_custom_field,
    save_custom_field,
)
from customers.enums import CustomType
from customers.forms.custom_field import CustomFieldCreateForm, CustomFieldEditForm, choices_formset
from customers.models import CustomChoice, CustomField
from tenancy.actions.once import create_once
from tenancy.errors import Refused
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from tenancy.views.pages import WholeOrganizationMixin
from workspace.toasts import toast

CHANGE = "customers.change_customfield"
BLANK_CHOICES = 3


class CustomFieldPage(WholeOrganizationMixin, OrganizationView):
    permission_required = CHANGE

    def leave(self, note: str) -> HttpResponse:
        toast(self.request, note)
        return redirect(organization_url("customers:custom_fields"))


class CustomFieldListView(CustomFieldPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        fields = list(CustomField.objects.all())
        context = {
            "used": [field for field in fields if field.archived_at is None],
            "archived": [field for field in fields if field.archived_at and not field.destroyed_at],
        }
        return render(request, "customers/custom_fields.html", context)


class CustomFieldCreateView(CustomFieldPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(CustomFieldCreateForm(), choices_formset(None, [], blanks=BLANK_CHOICES))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CustomFieldCreateForm(request.POST)
        saved = form.already_saved()
        if saved is not None:
            return self.leave(_("%(field)s was added.") % {"field": saved})
        choices = choices_formset(request.POST, [])
        if not (form.is_valid() & choices.is_valid()):
            return self.show(form, choices, 422)
        if form.instance.type in CustomType.WITH_CHOICES and not choices.inputs():
            form.add_error("type", _("Name at least one choice."))
            return self.show(form, choices, 422)
        actor, field = self.viewer.membership, form.instance
        try:
            create_once(
                CustomField, field.pk, lambda: save_custom_field(field, choices.inputs(), actor=actor)
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.show(form, choices, 422)
        return self.leave(_("%(field)s was added.") % {"field": field})

    def show(self, form: Any, choices: Any, status: int = 200, **more: Any) -> HttpResponse:
        context = {
            "form": form,
            "choices": choices,
            "cancel_url": organization_url("customers:custom_fields"),
            **more,
        }
        return render(self.request, "customers/custom_field.html", context, status=status)


class CustomFieldRowPage(CustomFieldCreateView):
    """A page about one field."""

    @cached_property
    def field(self) -> CustomField:
        return get_object_or_404(CustomField, pk=self.kwargs["pk"])

    def stored(self) -> list[CustomChoice]:
        return list(CustomChoice.objects.filter(field=self.field)) if self.field.has_choices else []


class CustomFieldEditView(CustomFieldRowPage):
    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        return self.show(
            CustomFieldEditForm(instance=self.field), choices_formset(None, self.stored()), row=self.field
        )

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        form = CustomFieldEditForm(request.POST, instance=self.field)
        stored = self.stored()
        choices = choices_formset(request.POST if self.field.has_choices else None, stored)
        valid = form.is_valid() & (not self.field.has_choices or choices.is_valid())
        if form.conflict:
            context = {"form": form, "cancel_url": organization_url("customers:custom_fields")}
            return render(request, "components/conflict.html", context, status=409)
        if not valid:
            return self.show(form, choices, 422, row=self.field)
        inputs = choices.inputs() if self.field.has_choices else []
        save_custom_field(form.instance, inputs, actor=self.viewer.membership)
        return self.leave(_("Saved."))


class CustomFieldAction(CustomFieldRowPage):
    """A button."""

    http_method_names = ("post", "options")

    def act(self) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        try:
            return self.leave(self.act())
        except Refused as refusal:
            return self.leave(str(refusal))


class CustomFieldArchiveView(CustomFieldAction):
    def act(self) -> str:
        archive_custom_field(self.field, archived=True, actor=self.viewer.membership)
        return _("%(field)s was archived: what it holds is kept.") % {"field": self.field}


class CustomFieldRestoreView(CustomFieldAction):
    def act(self) -> str:
        archive_custom_field(self.field, archived=False, actor=self.viewer.membership)
        return _("%(field)s is back.") % {"field": self.field}


class CustomFieldMoveView(CustomFieldAction):
    def act(self) -> str:
        move_custom_field(self.field, up=self.request.POST.get("way") != "down")
        return _("Moved.")


class CustomFieldDestroyView(CustomFieldAction):
    def act(self) -> str:
        destroy_custom_field(self.field, actor=self.viewer.membership)
        return _("%(field)s and all that it holds are being destroyed.") % {"field": self.field}

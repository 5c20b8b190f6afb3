import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import Resolver404, resolve
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from customers.models import Customer
from interactions.actions.files import attach
from interactions.actions.interaction import (
    archive_contact,
    log_contact,
    restore_contact,
    undo_log,
    update_contact,
)
from interactions.actions.plan import UNDO_WINDOW, TooLate
from interactions.forms.interaction import EditForm, LogForm, prefill
from interactions.models import Interaction, Plan
from interactions.queries.customers import choices, loggable, other_colleagues
from interactions.views.answers import refused, saved
from tenancy.access import Viewer
from tenancy.actions.once import create_once
from tenancy.errors import Refused
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView, VisibleObjectMixin
from workspace.sniffing import ACCEPT, FileRefused

ADD = "interactions.add_interaction"
VIEW = "interactions.view_interaction"
CHANGE = "interactions.change_interaction"
DELETE = "interactions.delete_interaction"
CHOICES = "customer-choices"
OTHERS = "colleagues"


class CustomerFormView(OrganizationView):
    """A form about one customer: given by the link, or chosen in the form by typing a part of the name."""

    choosing: str

    def customer_of(self, key: str | None) -> Customer | None:
        """The customer named, None when none is; 404 when it is out of reach."""
        if not key:
            return None
        try:
            return get_object_or_404(loggable(self.viewer, self.permission_required), pk=uuid.UUID(key))
        except ValueError:
            raise Http404

    @cached_property
    def page_behind(self) -> uuid.UUID | None:
        """The customer whose page is open behind the dialog: whoever taps “log” there means that one."""
        path = (self.request.htmx.current_url_abs_path or "").partition("?")[0]
        try:
            key = resolve(path).kwargs.get("pk")
        except Resolver404:
            return None
        there = isinstance(key, uuid.UUID) and path.startswith(organization_url("customers:detail", pk=key))
        return key if there else None

    def customer_meant(self) -> Customer | None:
        """The customer that the link names, else the one at hand; "?q=" asks for another."""
        named = self.request.GET.get("customer")
        if named or "q" in self.request.GET or not self.page_behind:
            return self.customer_of(named)
        return loggable(self.viewer, self.permission_required).filter(pk=self.page_behind).first()

    def customer_context(self, customer: Customer | None) -> dict[str, Any]:
        """What the form shows of the customer: it stands fast, may be another, or is still to be chosen."""
        if not customer:
            return self.choice(self.request.GET.get("q", ""))
        another = f"{organization_url(self.choosing)}?q=" if customer.pk == self.page_behind else ""
        return {"another_url": another}

    def choice(self, text: str) -> dict[str, Any]:
        found = choices(self.viewer, text, self.permission_required)
        return {"customers": found, "q": text, "choose_url": organization_url(self.choosing)}

    def show_choices(self) -> HttpResponse:
        context = self.choice(self.request.GET.get("q", ""))
        return render(self.request, "interactions/_customer_choices.html", context)


class LogView(CustomerFormView):
    """Log a contact: in a dialog from wherever one is, or on a page of its own."""

    permission_required = ADD
    choosing = "interactions:create"

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.htmx.target == CHOICES:
            return self.show_choices()
        if OTHERS in request.GET:
            return other_companions(request, self.viewer)
        plan = self.plan_of(request.GET.get("plan"))
        customer = plan.customer if plan else self.customer_meant()
        form = LogForm(viewer=self.viewer, customer=customer, initial=prefill(plan, request.GET))
        return self.show(form, customer, plan)

    def post(self, request: HttpRequest) -> HttpResponse:
        plan = self.plan_of(request.POST.get("plan"))
        customer = plan.customer if plan else self.customer_of(request.POST.get("customer"))
        instance = Interaction(customer=customer) if customer else Interaction()
        data = request.POST.copy()
        data["customer"] = str(customer.pk) if customer else ""
        form = LogForm(data, request.FILES, instance=instance, viewer=self.viewer, customer=customer)
        earlier = form.already_saved()
        if earlier is not None:
            return self.done(earlier)
        if form.is_valid():
            try:
                return self.done(self.save(form, plan))
            except FileRefused as refusal:
                form.add_error("files", str(refusal))
            except ValidationError as error:
                form.add_error(None, error)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        return self.show(form, customer, plan, status=422)

    def plan_of(self, key: str | None) -> Plan | None:
        if not key:
            return None
        rows = Plan.objects.visible_to(self.viewer, "interactions.view_plan").visible_to(self.viewer, ADD)
        try:
            return get_object_or_404(rows.select_related("customer"), pk=uuid.UUID(key))
        except ValueError:
            raise Http404

    @transaction.atomic
    def save(self, form: LogForm, plan: Plan | None) -> Interaction:
        def make() -> Interaction:
            contact = log_contact(
                form.instance,
                actor=self.viewer.membership,
                companions=form.cleaned_data["with_members"],
                next_step=form.next_step(),
                finishes=plan if plan and plan.is_open else None,
            )
            return attach(contact, form.cleaned_data["files"], actor=self.viewer.membership)

        return create_once(Interaction, form.instance.pk, make)[0]

    def done(self, contact: Interaction) -> HttpResponse:
        if contact.by_id != self.viewer.membership.pk:
            raise Http404
        message = _("%(kind)s with %(customer)s logged.") % {
            "kind": contact.get_kind_display(),
            "customer": contact.customer.name,
        }
        undo = organization_url("interactions:undo", pk=contact.pk)
        back = organization_url("customers:detail", pk=contact.customer_id)
        return saved(self.request, message, undo=undo, back=back, clears=self.request.POST.get("draft", ""))

    def show(
        self, form: LogForm, customer: Customer | None, plan: Plan | None, status: int = 200
    ) -> HttpResponse:
        context = {
            "form": form,
            "customer": customer,
            "plan": plan,
            "accept": ACCEPT,
            "draft": f"contact-{plan.pk if plan else customer.pk if customer else 'new'}",
            "action": organization_url("interactions:create"),
            "others_url": others_url(organization_url("interactions:create")),
            **self.customer_context(customer),
        }
        name = "log_dialog" if self.request.htmx else "log"
        return render(self.request, f"interactions/{name}.html", context, status=status)


def other_companions(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The colleagues of other departments, without those chosen already: whoever has the form's right gets them there."""
    chosen, rows = request.GET.getlist("with_members"), other_colleagues(viewer)
    others = [row for row in rows.values_list("pk", "name") if str(row[0]) not in chosen]
    return render(request, "interactions/_companions_others.html", {"others": others})


def others_url(form_url: str) -> str:
    """Where they come from."""
    return f"{form_url}?{OTHERS}=others"


class ContactView(VisibleObjectMixin, OrganizationView):
    """The contact named by the address, within reach of the page's right."""

    model = Interaction
    permission_required = VIEW

    def get_queryset(self):
        rows = super().get_queryset().select_related("customer", "by", "person", "folder")
        return rows.filter(archived_at=None, customer__archived_at=None)

    @cached_property
    def contact(self) -> Interaction:
        return self.get_object()

    @property
    def customer_url(self) -> str:
        return organization_url("customers:detail", pk=self.contact.customer_id)


class DetailView(ContactView):
    """All that was noted of one contact, its files, what came of it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        contact = self.contact
        own = Interaction.objects.filter(pk=contact.pk)
        context = {
            "contact": contact,
            "companions": contact.companion_rows.select_related("member"),
            "next_steps": contact.next_steps.select_related("owner").in_order(),
            "may_change": own.changeable_by(self.viewer, CHANGE).exists(),
            "may_delete": own.changeable_by(self.viewer, DELETE).exists(),
        }
        name = "detail_dialog" if request.htmx else "detail"
        return render(request, f"interactions/{name}.html", context)


class EditView(ContactView):
    permission_required = CHANGE

    def get_queryset(self):
        return super().get_queryset().changeable_by(self.viewer, CHANGE)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if OTHERS in request.GET:
            return other_companions(request, self.viewer)
        return self.show(EditForm(instance=self.contact, viewer=self.viewer))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        contact = self.contact
        form = EditForm(request.POST, instance=contact, viewer=self.viewer)
        if form.is_valid():
            update_contact(contact, companions=form.cleaned_data["with_members"])
            return saved(request, _("Contact saved."), back=contact.get_absolute_url())
        if form.conflict:
            context = {"form": form, "cancel_url": contact.get_absolute_url()}
            return render(request, "components/conflict.html", context, status=409)
        return self.show(form, status=422)

    def show(self, form: EditForm, status: int = 200) -> HttpResponse:
        contact = self.contact
        context = {
            "form": form,
            "contact": contact,
            "customer": contact.customer,
            "draft": f"contact-edit-{contact.pk}",
            "others_url": others_url(organization_url("interactions:edit", pk=contact.pk)),
            "action": organization_url("interactions:edit", pk=contact.pk),
        }
        name = "edit_dialog" if self.request.htmx else "edit"
        return render(self.request, f"interactions/{name}.html", context, status=status)


class ArchiveView(ContactView):
    """Delete: it goes out of sight, and Undo brings it back."""

    permission_required = DELETE
    http_method_names = ("post", "options")

    def get_queryset(self):
        return super().get_queryset().changeable_by(self.viewer, DELETE)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        back = self.customer_url
        archive_contact(self.contact)
        undo = organization_url("interactions:restore", pk=self.contact.pk)
        return saved(request, _("Contact deleted."), undo=undo, back=back)


class RestoreView(ArchiveView):
    def get_queryset(self):
        rows = Interaction.objects.changeable_by(self.viewer, DELETE)
        return rows.filter(customer__archived_at=None).select_related("customer")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        restore_contact(self.contact)
        return saved(request, _("Contact restored."), back=self.customer_url)


class UndoView(ContactView):
    """Take back what one has just logged, with the plans it finished and made."""

    permission_required = ADD
    http_method_names = ("post", "options")

    def get_queryset(self):
        rows = Interaction.objects.visible_to(self.viewer, ADD).select_related("customer")
        return rows.filter(by=self.viewer.membership)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            undo_log(self.contact, actor=self.viewer.membership)
        except TooLate:
            minutes = int(UNDO_WINDOW.total_seconds() // 60)
            reason = _("A contact can be taken back within %(n)s minutes.") % {"n": minutes}
            return refused(request, reason, self.customer_url)
        return saved(request, _("Taken back."), back=self.customer_url)

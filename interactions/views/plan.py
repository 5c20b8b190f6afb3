from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from customers.models import Customer
from interactions.actions.interaction import complete_plan
from interactions.actions.plan import PlanClosed, TooLate, change_plan_status, make_plan, undo_change
from interactions.dates import Ahead, day_ahead
from interactions.enums import PlanStep
from interactions.forms.plan import PlanForm, PostponeForm
from interactions.models import Plan, PlanChange
from interactions.views.answers import refused, saved
from interactions.views.interaction import CHOICES, CustomerFormView
from tenancy.actions.once import create_once
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView, VisibleObjectMixin
from workspace.toasts import htmx_toast

ADD, CHANGE = "interactions.add_plan", "interactions.change_plan"
STEPPED = "plan-stepped"


class PlanCreateView(CustomerFormView):
    """Plan a next step."""

    permission_required = ADD
    choosing = "interactions:plan_create"

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.htmx.target == CHOICES:
            return self.show_choices()
        customer = self.customer_meant()
        return self.show(PlanForm(viewer=self.viewer, customer=customer), customer)

    def post(self, request: HttpRequest) -> HttpResponse:
        customer = self.customer_of(request.POST.get("customer"))
        form = PlanForm(request.POST, viewer=self.viewer, customer=customer)
        plan = form.already_saved()
        if plan is None and form.is_valid():
            actor, made = self.viewer.membership, form.instance
            plan = create_once(Plan, made.pk, lambda: make_plan(made, actor=actor))[0]
        if plan is None:
            return self.show(form, customer, status=422)
        if plan.owner_id != self.viewer.membership.pk:
            raise Http404
        words = {"customer": plan.customer.name, "date": date_format(plan.due_on, "MONTH_DAY_FORMAT")}
        change = plan.changes.filter(step=PlanStep.MADE).first()
        undo = organization_url("interactions:plan_undo", pk=change.pk) if change else ""
        back = organization_url("customers:detail", pk=plan.customer_id)
        return saved(request, _("Planned with %(customer)s for %(date)s.") % words, undo=undo, back=back)

    def show(self, form: PlanForm, customer: Customer | None, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "customer": customer,
            "draft": f"plan-{customer.pk if customer else 'new'}",
            "action": organization_url("interactions:plan_create"),
            **self.customer_context(customer),
        }
        name = "plan_dialog" if self.request.htmx else "plan"
        return render(self.request, f"interactions/{name}.html", context, status=status)


class PlanStepView(VisibleObjectMixin, OrganizationView):
    """A button on a plan: one tap, and Undo."""

    model = Plan
    permission_required = CHANGE
    http_method_names = ("post", "options")

    def get_queryset(self):
        return super().get_queryset().filter(customer__archived_at=None).select_related("customer", "owner")

    @cached_property
    def plan(self) -> Plan:
        return self.get_object()

    def step(self) -> tuple[PlanChange, str]:
        """Do it; answer the change and the note to show."""
        raise NotImplementedError

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        back = organization_url("customers:detail", pk=self.plan.customer_id)
        try:
            change, message = self.step()
        except PlanClosed as closed:
            return refused(request, closed, back)
        undo = organization_url("interactions:plan_undo", pk=change.pk)
        if not request.htmx or request.htmx.target == "dialog-body":
            return saved(request, message, undo=undo, back=back)
        plan = Plan.objects.select_related("customer", "owner", "done_by").get(pk=self.plan.pk)
        response = render(request, "interactions/_plan_stepped.html", {"plan": plan, "change": change})
        trigger_client_event(response, "toast", htmx_toast(message, undo))
        return trigger_client_event(response, STEPPED, {})

    def named(self, text: str, **words: Any) -> str:
        return text % {"customer": self.plan.customer.name, **words}


class PlanDoneView(PlanStepView):
    def step(self) -> tuple[PlanChange, str]:
        change = complete_plan(self.plan, actor=self.viewer.membership)
        return change, self.named(_("Done: %(customer)s."))


class PlanFollowUpView(PlanStepView):
    """Done, and the next one planned: a week ahead unless another chip was tapped."""

    def step(self) -> tuple[PlanChange, str]:
        day = day_ahead(_ahead(self.request, Ahead.WEEK))
        change = complete_plan(self.plan, actor=self.viewer.membership, follow_up_on=day)
        text = _("Done; %(customer)s again on %(date)s.")
        return change, self.named(text, date=date_format(day, "MONTH_DAY_FORMAT"))


class PlanPostponeView(PlanStepView):
    """GET asks for the day; POST takes it, or tomorrow."""

    http_method_names = ("get", "head", "post", "options")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(PostponeForm(initial={"due_on": day_ahead(Ahead.TOMORROW)}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        plan = self.plan
        data = request.POST.copy()
        if "due_on" not in data:
            data["ahead"] = _ahead(request, Ahead.TOMORROW)
        self.form = PostponeForm(data)
        if plan and not self.form.is_valid():
            return self.show(self.form, status=422)
        return super().post(request, **kwargs)

    def step(self) -> tuple[PlanChange, str]:
        day = self.form.day
        change = change_plan_status(self.plan, PlanStep.POSTPONED, actor=self.viewer.membership, due_on=day)
        text = _("%(customer)s moved to %(date)s.")
        return change, self.named(text, date=date_format(day, "MONTH_DAY_FORMAT"))

    def show(self, form: PostponeForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "plan": self.plan,
            "action": organization_url("interactions:plan_postpone", pk=self.plan.pk),
        }
        name = "postpone_dialog" if self.request.htmx else "postpone"
        return render(self.request, f"interactions/{name}.html", context, status=status)


class PlanCancelView(PlanStepView):
    def step(self) -> tuple[PlanChange, str]:
        change = change_plan_status(self.plan, PlanStep.CANCELLED, actor=self.viewer.membership)
        return change, self.named(_("Plan with %(customer)s cancelled."))


class PlanUndoView(VisibleObjectMixin, OrganizationView):
    """Take back one's own latest step with a plan."""

    model = PlanChange
    permission_required = CHANGE
    http_method_names = ("post", "options")

    def get_queryset(self):
        rows = super().get_queryset().filter(by=self.viewer.membership)
        return rows.select_related("plan", "plan__customer")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        change = self.get_object()
        back = organization_url("customers:detail", pk=change.plan.customer_id)
        try:
            undo_change(change, actor=self.viewer.membership)
        except TooLate as reason:
            return refused(request, reason, back)
        return saved(request, _("Taken back."), back=back)


def _ahead(request: HttpRequest, usual: Ahead) -> str:
    wanted = request.POST.get("ahead", "")
    return wanted if wanted in Ahead.values else usual

"""How long data is kept: the rules, what they would do, and what they have done."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from governance.actions import retention as actions
from governance.actions.privacy_policy import MANAGE, VIEW
from governance.forms.retention import RetentionCreateForm, RetentionForm
from governance.models import RetentionRule, RetentionRun
from governance.retention import RetentionKind, after, retention_kinds
from governance.views.privacy_tabs import tabs_for
from tenancy.actions.once import create_once
from tenancy.counting import COUNTED_FAR
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from tenancy.views.pages import FormPage, RowAction, RowPage, WholeOrganizationMixin
from workspace.paging import newest_first
from workspace.queries.job import jobs_for


class RetentionView(WholeOrganizationMixin, OrganizationView):
    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        rules = {rule.kind: rule for rule in RetentionRule.objects.all()}
        runs = list(RetentionRun.objects.order_by("-id")[:100])
        last = {run.rule_id: run for run in reversed(runs)}
        lines = [
            {
                "kind": kind,
                "rule": rules.get(kind.key),
                "last": last.get(getattr(rules.get(kind.key), "pk", None)),
            }
            for kind in retention_kinds
        ]
        context = {
            "lines": lines,
            "may_manage": self.viewer.can(MANAGE),
            "tabs": tabs_for(self.viewer, "retention"),
        }
        return render(request, "governance/retention.html", context)


class _RulePage(WholeOrganizationMixin, FormPage):
    permission_required = MANAGE
    template_name = "governance/retention_rule.html"

    def back(self) -> str:
        return organization_url("governance:retention")


class RetentionCreateView(_RulePage):
    """A rule for the kind that the address names."""

    form_class = RetentionCreateForm

    @cached_property
    def kind(self) -> RetentionKind:
        key = self.request.GET.get("kind", "")
        if key not in retention_kinds or RetentionRule.objects.filter(kind=key).exists():
            raise Http404
        return retention_kinds[key]

    def form_arguments(self) -> dict[str, Any]:
        return {"kind": self.kind}

    def context(self, form: Any) -> dict[str, Any]:
        return {"kind": self.kind}

    def act(self, form: RetentionCreateForm) -> HttpResponse:
        row, _made = create_once(RetentionRule, form.instance.pk, lambda: actions.save_rule(form.instance))
        return self.leave(_("Saved."), row.get_absolute_url())


class RetentionRuleView(_RulePage, RowPage):
    """One rule to change, with what it would do now."""

    model = RetentionRule
    form_class = RetentionForm

    def get_queryset(self) -> Any:
        """Without the rules of a kind that the product has no more."""
        return super().get_queryset().filter(kind__in=[kind.key for kind in retention_kinds])

    def form_arguments(self) -> dict[str, Any]:
        return {"instance": self.row, "kind": retention_kinds[self.row.kind]}

    def context(self, form: Any) -> dict[str, Any]:
        rule = RetentionRule.objects.get(pk=self.row.pk)
        kind = retention_kinds[rule.kind]
        rows = after(kind.due(actions.cut_off(rule)), None)[: actions.SAMPLE]
        return {
            "kind": kind,
            "rule": rule,
            "due_now": actions.due_count(rule),
            "due_soon": actions.due_count(rule, in_days=30),
            "job": actions.run_under_way(rule, jobs_for(self.viewer)),
            "most": COUNTED_FAR,
            "sample": kind.sample(list(rows)),
            "runs": RetentionRun.objects.filter(rule=rule).select_related("rule").order_by("-id")[:5],
        }

    def act(self, form: RetentionForm) -> HttpResponse:
        rule = actions.save_rule(form.instance)
        return self.leave(_("Saved."), rule.get_absolute_url())


class RetentionDryView(WholeOrganizationMixin, RowAction):
    """Counts everything that is due, in the background; nothing is changed."""

    model = RetentionRule
    permission_required = MANAGE

    def act(self) -> str:
        actions.start_run(self.row, dry=True, actor=self.viewer.membership)
        return _("It is being counted in the background; nothing is changed.")

    def destination(self) -> str:
        return self.row.get_absolute_url()  # type: ignore[attr-defined]


class RetentionOffView(WholeOrganizationMixin, RowAction):
    """Stops a rule at once: what a run under way has not touched yet stays."""

    model = RetentionRule
    permission_required = MANAGE

    def act(self) -> str:
        actions.switch_off(self.row)
        return _("The rule is off.")

    def destination(self) -> str:
        return self.row.get_absolute_url()  # type: ignore[attr-defined]


class RetentionRunsView(WholeOrganizationMixin, OrganizationView):
    """The log: what each night found and did."""

    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = RetentionRun.objects.select_related("rule")
        page = newest_first(rows, request.GET.get("before", ""))
        context = {
            "page": page,
            "tabs": tabs_for(self.viewer, "retention"),
            "older_url": f"?before={page.older}" if page.older else "",
        }
        return render(request, "governance/retention_runs.html", context)

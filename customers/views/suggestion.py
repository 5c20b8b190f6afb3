"""A suggestion put off, and called back."""

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from customers.actions.suggestion import postpone_suggestion, recall_suggestion
from customers.queries.suggestions import suggestions_for, with_what_rules_need
from customers.registry import next_best_actions
from customers.rights import VIEW
from customers.views.base import CustomerPage
from tenancy.links import organization_url
from workspace.toasts import htmx_toast, toast

DAYS = {"1": 1, "7": 7, "30": 30}


class SuggestionPage(CustomerPage):
    """For the viewer alone: colleagues go on seeing it."""

    permission_required = VIEW
    http_method_names = ("post", "options")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("rule") not in next_best_actions:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def answer(self, note: str, undo: str = "") -> HttpResponse:
        if not self.request.htmx:
            toast(self.request, note, undo or None)
            return redirect(organization_url("customers:detail", pk=self.customer.pk))
        rows = type(self.customer).objects.filter(pk=self.customer.pk)
        self.customer = with_what_rules_need(rows, self.viewer).get()
        found = suggestions_for(self.customer, self.viewer)
        context = {"customer": self.customer, "suggestions": found}
        response = render(self.request, "customers/_suggestions.html", context)
        return trigger_client_event(response, "toast", htmx_toast(note, undo or None))


class PostponeView(SuggestionPage):
    def post(self, request: HttpRequest, rule: str) -> HttpResponse:
        days = DAYS.get(request.POST.get("days", ""), 7)
        until = timezone.localdate() + timedelta(days=days)
        postpone_suggestion(self.customer, rule, until, actor=self.viewer.membership)
        note = _("Not before %(day)s.") % {"day": date_format(until, "SHORT_DATE_FORMAT")}
        return self.answer(
            note, organization_url("customers:suggestion_recall", pk=self.customer.pk, rule=rule)
        )


class RecallView(SuggestionPage):
    def post(self, request: HttpRequest, rule: str) -> HttpResponse:
        recall_suggestion(self.customer, rule, actor=self.viewer.membership)
        return self.answer(_("The suggestion is back."))

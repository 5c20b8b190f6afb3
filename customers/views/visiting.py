"""When a customer is not to be visited: added and removed on its page."""

import uuid

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from customers.actions.visiting import MOST, TooManyTimes, add_unsuitable_time, remove_unsuitable_time
from customers.fields import UNSUITABLE_TIMES
from customers.forms.visiting import UnsuitableTimeForm
from customers.models import Customer, UnsuitableTime
from customers.queries.field_policy import is_hidden
from customers.rights import CHANGE
from customers.views.base import CustomerDialog
from tenancy.actions.once import create_once


class UnsuitableTimePage(CustomerDialog):
    permission_required = CHANGE
    dialog, page = "_unsuitable_form", "unsuitable_form"

    def enriched(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        """None where such times are not collected."""
        return rows.exclude(is_hidden(UNSUITABLE_TIMES))


class UnsuitableTimeCreateView(UnsuitableTimePage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.ask(UnsuitableTimeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UnsuitableTimeForm(request.POST)
        if form.already_saved() is not None:
            return self.leave(_("Saved."))
        form.instance.customer = self.customer
        if not form.is_valid():
            return self.ask(form, 422)
        actor = self.viewer.membership
        try:
            create_once(
                UnsuitableTime, form.instance.pk, lambda: add_unsuitable_time(form.instance, actor=actor)
            )
        except TooManyTimes:
            form.add_error(None, _("There are %(most)s times already: remove one first.") % {"most": MOST})
            return self.ask(form, 422)
        return self.leave(_("Saved."))

    def ask(self, form: UnsuitableTimeForm, status: int = 200) -> HttpResponse:
        return self.show(_("Not to be visited at"), form, status)


class UnsuitableTimeRemoveView(UnsuitableTimePage):
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, time: uuid.UUID) -> HttpResponse:
        row = get_object_or_404(UnsuitableTime.objects.filter(customer=self.customer), pk=time)
        remove_unsuitable_time(row, actor=self.viewer.membership)
        return self.leave(_("Removed."))

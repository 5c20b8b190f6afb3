"""Contact persons of a company, in the dialog of its page."""

import uuid
from collections.abc import Sequence
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from customers.actions.disclosure import record_reveal
from customers.actions.person import remove_person, save_person
from customers.fields import collected_details
from customers.forms.person import PersonCreateForm, PersonEditForm
from customers.forms.points import BasePointFormSet, points_formset
from customers.models import ContactPerson, ContactPoint, Customer, Employment
from customers.queries.field_policy import uncollected
from customers.rights import CHANGE, REVEAL
from customers.views.base import CustomerPage
from tenancy.actions.once import create_once
from tenancy.links import organization_url
from workspace.toasts import toast


class PersonPage(CustomerPage):
    permission_required = CHANGE

    def enriched(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        return rows.annotate(uncollected=uncollected())

    def rows(self, data: Any, stored: Sequence[ContactPoint] = (), **more: Any) -> BasePointFormSet:
        """The form's rows of contact details."""
        kinds = collected_details(cast(Any, self.customer).uncollected)
        return points_formset(data, stored, kinds=kinds, **more)

    def leave(self, note: str) -> HttpResponse:
        toast(self.request, note)
        url = organization_url("customers:detail", pk=self.customer.pk)
        return HttpResponseClientRedirect(url) if self.request.htmx else redirect(url)

    def show(self, title: str, status: int = 200, **context: Any) -> HttpResponse:
        context = {
            **context,
            "title": title,
            "customer": self.customer,
            "action": self.request.path,
            "cancel_url": organization_url("customers:detail", pk=self.customer.pk),
        }
        name = "_person_form" if self.request.htmx else "person_form"
        return render(self.request, f"customers/{name}.html", context, status=status)


class PersonCreateView(PersonPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        rows = self.rows(None, reveal=True, blanks=("phone", "email"))
        return self.show(_("Add contact person"), form=PersonCreateForm(), points=rows)

    def post(self, request: HttpRequest) -> HttpResponse:
        form, points = PersonCreateForm(request.POST), self.rows(request.POST, reveal=True)
        if form.already_saved() is not None:
            return self.leave(_("Saved."))
        form.instance.customer = self.customer
        if not (form.is_valid() & points.is_valid()):
            return self.show(_("Add contact person"), 422, form=form, points=points)
        create_once(ContactPerson, form.instance.pk, lambda: self.save(form.instance, points))
        return self.leave(_("%(name)s was added.") % {"name": form.instance})

    def save(self, person: ContactPerson, points) -> ContactPerson:
        return save_person(person, points=points.inputs(), actor=self.viewer.membership)


class PersonRowPage(PersonPage):
    """A page about one contact person of the customer."""

    def person(self, key: uuid.UUID) -> ContactPerson:
        return get_object_or_404(ContactPerson.objects.filter(customer=self.customer), pk=key)


class PersonEditView(PersonRowPage):
    def get(self, request: HttpRequest, person: uuid.UUID) -> HttpResponse:
        row, stored, reveal = self.parts(person)
        if reveal and stored:
            record_reveal(
                self.viewer, self.customer, "person", target=row, page="edit", customer=str(self.customer.pk)
            )
        rows = self.rows(None, stored, reveal=reveal)
        known = Employment.objects.filter(person=row).exists()
        form = PersonEditForm(instance=row)
        return self.show(_("Edit contact person"), form=form, points=rows, person=row, has_page=known)

    def post(self, request: HttpRequest, person: uuid.UUID) -> HttpResponse:
        row, stored, reveal = self.parts(person)
        form, points = (
            PersonEditForm(request.POST, instance=row),
            self.rows(request.POST, stored, reveal=reveal),
        )
        if not (form.is_valid() & points.is_valid()):
            return self.show(_("Edit contact person"), 422, form=form, points=points, person=row)
        form.instance.customer = self.customer
        save_person(form.instance, points=points.inputs(), actor=self.viewer.membership)
        return self.leave(_("Saved."))

    def parts(self, key: uuid.UUID) -> tuple[ContactPerson, list[ContactPoint], bool]:
        row = self.person(key)
        return row, list(ContactPoint.objects.collected().filter(person=row)), self.may(REVEAL)


class PersonRemoveView(PersonRowPage):
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, person: uuid.UUID) -> HttpResponse:
        row = self.person(person)
        row.customer = self.customer
        remove_person(row, actor=self.viewer.membership)
        return self.leave(_("%(name)s was removed.") % {"name": row.name})

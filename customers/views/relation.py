"""Relations of a customer: the tab with its graph, and adding, changing and removing them."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from customers.actions import employment as employments
from customers.actions.relation import Unrelatable, edit_relation, relate, relate_again, unrelate
from customers.enums import CustomerKind
from customers.forms.relation import EmploymentForm, RelationEditForm, RelationForm
from customers.models import ContactPerson, Customer, Employment, Relation
from customers.queries.choosing import choices_for
from customers.queries.relation_graph import graph_of
from customers.queries.relations import companies_of, relations_along, with_relations
from customers.rights import ADD, CHANGE, VIEW
from customers.views.base import CustomerDialog, CustomerPage
from customers.views.detail import CustomerRecordPage
from customers.views.graph import drawn
from tenancy.actions.once import create_once
from tenancy.errors import Refused
from tenancy.links import organization_url
from workspace.toasts import toast

CHOICES = "pick-choices"


class RelationsView(CustomerRecordPage):
    panel = "relations"

    def enriched(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        return with_relations(super().enriched(rows))

    def content(self) -> dict[str, Any]:
        is_person = self.customer.kind == CustomerKind.PERSON
        return {
            "panel_template": "customers/_relations.html",
            "related": relations_along(self.customer, self.viewer),
            "companies": companies_of(self.customer, self.viewer) if is_person else [],
            "is_person": is_person,
            "graph": drawn(graph_of(self.customer, self.viewer)),
        }


class RelationPage(CustomerDialog):
    permission_required = CHANGE
    dialog, page, back = "_relation_dialog", "relation_form", "customers:relations"


class ChoosingPage(RelationPage):
    """A form in which another customer is chosen by typing a part of the name; without JavaScript by its own button."""

    kind = ""
    form_class: Any
    title: Any
    pick_label = ""

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.htmx.target == CHOICES:
            return render(request, "customers/_pick_choices.html", self.choice(request.GET.get("q", "")))
        names = ("role", "note", "since", "until", "title")
        initial = {name: request.GET[name] for name in names if name in request.GET}
        return self.show_form(self.form_class(initial=initial, **self.known()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form_class(request.POST, **self.known())
        if form.already_saved() is not None:
            return self.leave(_("Saved."))
        if form.is_valid():
            try:
                return self.save(form)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        return self.show_form(form, 422)

    def known(self) -> dict[str, Any]:
        return {"viewer": self.viewer, "customer": self.customer, "kind": self.kind_wanted()}

    def kind_wanted(self) -> str:
        return self.kind

    def save(self, form: Any) -> HttpResponse:
        raise NotImplementedError

    def choice(self, text: str, chosen: Any = None) -> dict[str, Any]:
        found = choices_for(self.viewer, self.customer, text[:100], self.kind_wanted())
        if chosen is not None and chosen not in found:
            found.insert(0, chosen)
        return {"customers": found, "q": text, "chosen": chosen, "pick_label": self.pick_label}

    def show_form(self, form: Any, status: int = 200) -> HttpResponse:
        text = (self.request.POST or self.request.GET).get("q", "")
        chosen = getattr(form, "chosen", None)
        return self.show(self.title, form, status, picks=True, **self.choice(text, chosen))


class RelationCreateView(ChoosingPage):
    form_class = RelationForm

    @property
    def title(self) -> str:
        return _("Add a relation")

    def save(self, form: RelationForm) -> HttpResponse:
        assert form.chosen is not None
        other = form.chosen
        relation, _made = create_once(
            Relation,
            form.instance.pk,
            lambda: relate(
                form.instance,
                customer=self.customer,
                other=other,
                role=form.wanted_role,
                actor=self.viewer.membership,
            ),
        )
        remove = organization_url("customers:relation_remove", pk=self.customer.pk, relation=relation.pk)
        return self.leave(_("%(name)s was added.") % {"name": other.name}, remove)


class RelationRowPage(RelationPage):
    """A page about one relation of the customer."""

    def row(self, key: uuid.UUID, *, removed: bool = False) -> Relation:
        rows = Relation.objects.filter(removed_at__isnull=not removed)
        mine = rows.filter(source=self.customer.pk) | rows.filter(target=self.customer.pk)
        return get_object_or_404(mine.select_related("source", "target"), pk=key)


class RelationEditView(RelationRowPage):
    def get(self, request: HttpRequest, relation: uuid.UUID) -> HttpResponse:
        row = self.row(relation)
        return self.show(_("Change the relation"), RelationEditForm(instance=row), relation=row)

    def post(self, request: HttpRequest, relation: uuid.UUID) -> HttpResponse:
        row = self.row(relation)
        form = RelationEditForm(request.POST, instance=row)
        if not form.is_valid():
            return self.show(_("Change the relation"), form, 422, relation=row)
        edit_relation(form.instance, actor=self.viewer.membership)
        return self.leave(_("Saved."))


class RelationRemoveView(RelationRowPage):
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, relation: uuid.UUID) -> HttpResponse:
        unrelate(self.row(relation), actor=self.viewer.membership)
        undo = organization_url("customers:relation_restore", pk=self.customer.pk, relation=relation)
        return self.leave(_("The relation was removed."), undo)


class RelationRestoreView(RelationRowPage):
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, relation: uuid.UUID) -> HttpResponse:
        try:
            relate_again(self.row(relation, removed=True), actor=self.viewer.membership)
        except Refused as refusal:
            toast(request, str(refusal), level="warning")
            return redirect(organization_url("customers:relations", pk=self.customer.pk))
        return self.leave(_("The relation is back."))


class EmploymentCreateView(ChoosingPage):
    """On a company's page: somebody from the registry becomes a contact person. On a person's: the company is chosen."""

    form_class = EmploymentForm

    @property
    def title(self) -> str:
        return _("Add a company") if self.is_person else _("Add somebody from the registry")

    @property
    def is_person(self) -> bool:
        return self.customer.kind == CustomerKind.PERSON

    @property
    def pick_label(self) -> str:
        return str(CustomerKind.COMPANY.label if self.is_person else CustomerKind.PERSON.label)

    def kind_wanted(self) -> str:
        return CustomerKind.COMPANY if self.is_person else CustomerKind.PERSON

    def save(self, form: EmploymentForm) -> HttpResponse:
        assert form.chosen is not None
        company, individual = (form.chosen, self.customer) if self.is_person else (self.customer, form.chosen)
        if not self.reaches(company):
            raise Unrelatable(_("You may not change the contact persons of this company."))

        def make() -> ContactPerson:
            actor = self.viewer.membership
            return employments.employ(
                form.instance, company=company, individual=individual, actor=actor
            ).person

        create_once(ContactPerson, form.instance.pk, make)
        return self.leave(
            _("%(name)s is a contact person of %(company)s now.") % {"name": individual, "company": company}
        )

    def reaches(self, company: Customer) -> bool:
        return Customer.objects.visible_to(self.viewer, CHANGE).filter(pk=company.pk).exists()


class EmploymentRowPage(RelationPage):
    """Acts on one employment of the person whose page it is; the company must be within reach of a change too."""

    http_method_names = ("post", "options")

    def row(self, key: uuid.UUID) -> Employment:
        rows = Employment.objects.visible_to(self.viewer, CHANGE).filter(individual=self.customer.pk)
        return get_object_or_404(rows.select_related("person__customer", "company"), pk=key)


class EmploymentLeaveView(EmploymentRowPage):
    def post(self, request: HttpRequest, employment: uuid.UUID) -> HttpResponse:
        row = self.row(employment)
        employments.leave(row, actor=self.viewer.membership)
        undo = organization_url("customers:employment_return", pk=self.customer.pk, employment=employment)
        note = _("%(name)s has left %(company)s.") % {"name": self.customer, "company": row.company}
        return self.leave(note, undo)


class EmploymentReturnView(EmploymentRowPage):
    def post(self, request: HttpRequest, employment: uuid.UUID) -> HttpResponse:
        row = self.row(employment)
        employments.come_back(row, actor=self.viewer.membership)
        return self.leave(
            _("%(name)s works at %(company)s.") % {"name": self.customer, "company": row.company}
        )


class PersonRegisterView(CustomerPage):
    """A contact person gets a page of their own, from which other companies can be added."""

    permission_required = CHANGE
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, person: uuid.UUID) -> HttpResponse:
        rows = ContactPerson.objects.filter(customer=self.customer).select_related("customer__owner")
        row = get_object_or_404(rows, pk=person)
        if not self.viewer.can(ADD):
            return redirect(organization_url("customers:detail", pk=self.customer.pk))
        try:
            individual = employments.register_person(row, actor=self.viewer.membership)
        except Refused as refusal:
            toast(request, str(refusal), level="warning")
            return redirect(organization_url("customers:detail", pk=self.customer.pk))
        toast(request, _("%(name)s has a page of their own now.") % {"name": individual})
        seen = Customer.objects.visible_to(self.viewer, VIEW).filter(pk=individual.pk).exists()
        key = individual.pk if seen else self.customer.pk
        return redirect(organization_url("customers:relations", pk=key))

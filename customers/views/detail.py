"""The customer's own page: what is known, what happened, what comes next."""

from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers.enums import CustomerKind
from customers.lexemes import PLACES
from customers.masking import address_of, masked, masked_text, readable
from customers.models import ContactPoint, Customer
from customers.queries.keyset import BACKWARD, FORWARD
from customers.queries.timeline import readable_kinds, timeline_page
from customers.registry import Fact, facts, next_steps, panels, quick_actions
from customers.views.base import ASSIGN, CHANGE, REVEAL, VIEW, CustomerPage
from customers.views.cells import display
from tenancy.links import organization_url
from workspace.actions.attachment import create_folder

OVERVIEW_LINES = 5
PRIMARY_ACTIONS = 2


class CustomerRecordPage(CustomerPage):
    """A tab of the customer's page: the head, the tabs, and what the tab shows."""

    permission_required = VIEW
    panel = "overview"
    template_name = "customers/detail.html"

    def content(self) -> dict[str, Any]:
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {**self.head(), **self.content()}
        return render(request, self.template_name, context)

    def head(self) -> dict[str, Any]:
        return {
            "customer": self.customer,
            "face": face_of(self.customer),
            "highlights": self._highlights(),
            "tabs": tabs_for(self.customer, self.viewer, self.panel),
            "actions": actions_for(self.customer, self.viewer),
            "may_edit": self.may(CHANGE),
            "may_assign": self.may(ASSIGN),
        }

    def enriched(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        return rows.annotate(**{f"fact_{fact.key}": F(_path(fact)) for fact in self._shown_facts()})

    def _shown_facts(self) -> list[Fact]:
        return [fact for fact in facts if fact.highlight and self.viewer.can(fact.permission)]

    def _highlights(self) -> list[dict[str, Any]]:
        found = [
            {"label": fact.label, "value": display(fact)(getattr(self.customer, f"fact_{fact.key}"))}
            for fact in self._shown_facts()
        ]
        since = date_format(localtime(self.customer.created_at), "SHORT_DATE_FORMAT")
        return [*found, {"label": _("Customer since"), "value": since}]


def _path(fact: Fact) -> str:
    return f"{fact.path}__name" if fact.type == "member" else fact.path


class CustomerDetailView(CustomerRecordPage):
    def content(self) -> dict[str, Any]:
        points = list(ContactPoint.objects.filter(customer=self.customer))
        lines, page = timeline_page(self.customer, self.viewer, size=OVERVIEW_LINES)
        may_reveal = self.may(REVEAL)
        return {
            "panel_template": "customers/_overview.html",
            "points": [shown_point(point) for point in points if point.person_id is None],
            "people": self._people(points),
            "shows_people": self.customer.kind == CustomerKind.COMPANY,
            "numbers": shown_numbers(self.customer),
            "facts_shown": self._facts(),
            "address": address_text(self.customer),
            "lines": lines,
            "more_lines": bool(page.after),
            "next_steps": steps_for(self.customer, self.viewer),
            "may_reveal": may_reveal,
        }

    def _people(self, points: list[ContactPoint]) -> list[dict[str, Any]]:
        if self.customer.kind != CustomerKind.COMPANY:
            return []
        people = self.customer.people.order_by("position", "id")
        return [
            {"row": one, "points": [shown_point(point) for point in points if point.person_id == one.pk]}
            for one in sorted(people, key=lambda one: one.left_on is not None)
        ]

    def _facts(self) -> list[dict[str, Any]]:
        customer = self.customer
        shown = [
            (pgettext("of a customer", "Code"), customer.code),
            (_("Kind"), customer.get_kind_display()),
            (_("Relationship"), customer.get_relationship_display()),
            (_("Gender"), customer.get_gender_display() if customer.gender else ""),
            (_("Birthday"), customer.birthday),
            (_("Industry"), customer.industry),
            (_("Credit rating"), customer.get_credit_rating_display() if customer.credit_rating else ""),
        ]
        return [{"label": label, "value": value} for label, value in shown if value]


class CustomerTimelineView(CustomerRecordPage):
    panel = "timeline"

    def content(self) -> dict[str, Any]:
        query = self.request.GET
        chosen, direction = query.get("kind", ""), BACKWARD if query.get(BACKWARD) else FORWARD
        cursor = query.get(direction, "")
        lines, page = timeline_page(
            self.customer, self.viewer, chosen=chosen, cursor=cursor, direction=direction
        )
        kept = f"&kind={chosen}" if chosen else ""
        return {
            "panel_template": "customers/_timeline.html",
            "lines": lines,
            "kinds": self._kinds(chosen),
            "next_steps": [] if cursor else steps_for(self.customer, self.viewer),
            "previous_url": f"?{BACKWARD}={page.before}{kept}" if page.before else "",
            "next_url": f"?{FORWARD}={page.after}{kept}" if page.after else "",
        }

    def _kinds(self, chosen: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [{"label": _("All"), "url": "?", "current": not chosen}]
        for kind in readable_kinds(self.viewer):
            found.append({"label": kind.label, "url": f"?kind={kind.key}", "current": chosen == kind.key})
        return found


class CustomerFilesView(CustomerRecordPage):
    panel = "files"

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.customer.folder_id is None:
            folder = create_folder("customers.customer")
            # Without `version`: an open form of the customer does not grow stale by it.
            rows = Customer.objects.filter(pk=self.customer.pk, folder=None)
            if rows.update(folder=folder):
                self.customer.folder = folder
            else:
                self.customer.refresh_from_db(fields=["folder"])
        return super().get(request)

    def content(self) -> dict[str, Any]:
        return {"panel_template": "customers/_files.html", "folder_id": self.customer.folder_id}


def tabs_for(customer: Customer, viewer: Any, current: str) -> list[dict[str, Any]]:
    """The panels that the viewer may open. Higher floors include `customers/_head.html` with these."""
    return [
        {
            "label": panel.label,
            "url": organization_url(panel.url_name, pk=customer.pk),
            "count": panel.badge(customer, viewer) if panel.badge else None,
            "current": panel.key == current,
        }
        for panel in panels
        if viewer.can(panel.permission)
    ]


def actions_for(customer: Customer, viewer: Any) -> list[dict[str, Any]]:
    from customers.queries.addresses import RowAddress

    return [
        {
            "label": action.label,
            "icon": action.icon,
            "url": RowAddress(action.url_name).of(customer.pk),
            "dialog": action.dialog,
            "primary": place == 0,
        }
        for place, action in enumerate(one for one in quick_actions if viewer.can(one.permission))
    ]


def steps_for(customer: Customer, viewer: Any) -> list[dict[str, Any]]:
    found = ((step, step.items(customer, viewer)) for step in next_steps if viewer.can(step.permission))
    return [{"template": step.template, "items": items} for step, items in found if items]


def shown_point(point: ContactPoint, *, full: bool = False) -> dict[str, Any]:
    """A contact detail as the page prints it: masked until it is revealed."""
    text = readable(point.kind, point.value) if full else masked(point.kind, point.value)
    return {
        "pk": point.pk,
        "kind": point.kind,
        "kind_label": point.get_kind_display(),
        "label": point.label,
        "text": text,
        "full": full,
        "copy": point.value if full else "",
        "href": address_of(point.kind, point.value) if full else "",
    }


def shown_numbers(customer: Customer, *, full: str = "") -> list[dict[str, Any]]:
    labels = {"identity_number": _("Identity number"), "bank_account": _("Bank account")}
    found = []
    for name, label in labels.items():
        value = getattr(customer, name)
        if value:
            text = value if name == full else masked_text(value)
            found.append({"name": name, "label": label, "text": text, "full": name == full})
    return found


def face_of(customer: Customer) -> str:
    """What stands in the circle: of a company the beginning of its own name, behind the place."""
    if customer.kind == CustomerKind.PERSON:
        return customer.name
    own = PLACES.sub("", customer.name, count=1) or customer.name
    return own[:2] if ord(own[0]) > 0x2E80 else own


def address_text(customer: Customer) -> str:
    """On one line, as it is written where it is: the Chinese way from large to small, or the other way round."""
    parts = (customer.country, customer.province, customer.city, customer.district, customer.street)
    given = [part for part in parts if part]
    if not given:
        return ""
    if any(ord(char) > 0x2E80 for char in "".join(given)):
        unique = [part for place, part in enumerate(given) if part not in given[:place]]
        return "".join(unique) + (f" {customer.postcode}" if customer.postcode else "")
    return ", ".join([*reversed(given), *filter(None, [customer.postcode])])

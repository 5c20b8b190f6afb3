"""The customer's own page: what is known, what happened, what comes next."""

from collections.abc import Container
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers.completeness import missing_fields
from customers.enums import CustomerKind
from customers.fields import OPTIONAL, UNSUITABLE_TIMES, collected_details
from customers.lexemes import PLACES
from customers.masking import address_of, masked, masked_text, readable
from customers.models import ContactPoint, Customer, Employment
from customers.postal import address_text
from customers.queries.aliases import other_names
from customers.queries.consent import consents_along, standings_read
from customers.queries.custom import held_by_customer, missing_by_customer, missing_own
from customers.queries.field_policy import uncollected
from customers.queries.keyset import BACKWARD, FORWARD
from customers.queries.ownership import ownership_along, with_ownership
from customers.queries.relations import (
    companies_of,
    relations_along,
    visible_among,
    with_own_pages,
    with_relations,
)
from customers.queries.sharing import collaborators_along, collaborators_read
from customers.queries.suggestions import suggestions_for, with_what_rules_need
from customers.queries.tags import tags_along, tags_read
from customers.queries.timeline import MOST_COUNTED, kind_counts, readable_kinds, timeline_page
from customers.registry import Fact, Panel, facts, next_steps, panels, quick_actions
from customers.rights import ASSIGN, CHANGE, MERGE, REVEAL, SHARE, VIEW
from customers.views.about import (
    ABOUT,
    about,
    names_of,
    own_facts,
    unsuitable_rows,
    unsuitable_times,
)
from customers.views.base import CustomerPage
from customers.views.cells import display
from tenancy.links import organization_url
from workspace.actions.attachment import create_folder

OVERVIEW_LINES = 5
HIGHLIGHTS = 8
RELATIONS_SHOWN = 6
MORE_LINES = "timeline-more"


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
            "actions": [] if self.reading else actions_for(self.customer, self.viewer),
            "reading": self.reading,
            "may_edit": self.may(CHANGE),
            "may_assign": self.may(ASSIGN),
            "may_merge": self.may(MERGE) and not self.customer.archived_at,
        }

    def enriched(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        shown = {f"fact_{fact.key}": F(_path(fact)) for fact in self._shown_facts()}
        counts = {
            f"count_{panel.key}": panel.count(self.viewer)
            for panel in panels
            if panel.count and self.viewer.can(panel.permission)
        }
        return rows.annotate(**shown, **counts, uncollected=uncollected())

    def _shown_facts(self) -> list[Fact]:
        return [fact for fact in facts if fact.highlight and self.viewer.can(fact.permission)]

    def _highlights(self) -> list[dict[str, Any]]:
        found = [
            {"label": fact.label, "value": display(fact)(getattr(self.customer, f"fact_{fact.key}"))}
            for fact in self._shown_facts()
            if fact.key not in self.customer.uncollected
        ][: HIGHLIGHTS - 1]
        since = date_format(localtime(self.customer.created_at), "SHORT_DATE_FORMAT")
        return [*found, {"label": _("Customer since"), "value": since}]


def _path(fact: Fact) -> str:
    return f"{fact.path}__name" if fact.type == "member" else fact.path


class CustomerDetailView(CustomerRecordPage):
    def enriched(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        figures = {
            "completeness": F("health__completeness"),
            "missing": F("health__missing"),
            "missing_own": missing_by_customer(),
            "quality": F("health__quality"),
            "tag_facts": tags_along(),
            "times": unsuitable_times(),
            "names": other_names(),
            "own": held_by_customer(),
            "collaborator_facts": collaborators_along(),
            "owner_team": F("owner__department__name"),
            "consent_facts": consents_along(),
        }
        rows = with_what_rules_need(super().enriched(rows), self.viewer)
        return with_ownership(with_relations(rows)).annotate(**figures)

    def content(self) -> dict[str, Any]:
        points = list(ContactPoint.objects.collected().filter(customer=self.customer))
        hidden = self.customer.uncollected
        lines, page = timeline_page(self.customer, self.viewer, size=OVERVIEW_LINES)
        may_reveal = self.may(REVEAL)
        ownership, more_ownership = ownership_along(self.customer)
        return {
            "panel_template": "customers/_overview.html",
            "points": [shown_point(point) for point in points if point.person_id is None],
            "people": self._people(points),
            "companies": self._companies(),
            "shows_people": self.customer.kind == CustomerKind.COMPANY,
            "related": relations_along(self.customer, self.viewer)[:RELATIONS_SHOWN],
            "suggestions": [] if self.reading else suggestions_for(self.customer, self.viewer),
            "health": health_card(self.customer),
            "numbers": shown_numbers(self.customer, hidden=hidden),
            "facts_shown": self._facts(),
            "tags": tags_read(self.customer.tag_facts),
            "address": address_text(self.customer, hidden),
            "remarks": "" if "remarks" in hidden else self.customer.remarks,
            "collects_details": bool(collected_details(hidden)),
            "collects_times": UNSUITABLE_TIMES not in hidden,
            "unsuitable_times": unsuitable_rows(self.customer),
            "own_facts": own_facts(self.customer),
            "ownership": ownership,
            "more_ownership": more_ownership,
            "consents": standings_read(self.customer.consent_facts),
            "lines": lines,
            "more_lines": bool(page.after),
            "next_steps": steps_for(self.customer, self.viewer),
            "may_reveal": may_reveal,
            "collaborators": collaborators_read(self.customer.collaborator_facts, self.viewer),
            "may_share": self.may(SHARE) and not self.customer.archived_at,
        }

    def _people(self, points: list[ContactPoint]) -> list[dict[str, Any]]:
        if self.customer.kind != CustomerKind.COMPANY:
            return []
        people = list(with_own_pages(self.customer.people.order_by("position", "id")))
        known = {one.individual: one.individual_owner for one in people if one.individual}
        seen = visible_among(known, self.viewer)
        return [
            {
                "row": one,
                "page": one.individual if one.individual in seen else None,
                "points": [shown_point(point) for point in points if point.person_id == one.pk],
            }
            for one in sorted(people, key=lambda one: one.left_on is not None)
        ]

    def _companies(self) -> list[Employment]:
        if self.customer.kind != CustomerKind.PERSON:
            return []
        return companies_of(self.customer, self.viewer)

    def _facts(self) -> list[dict[str, Any]]:
        customer = self.customer
        shown = [
            (pgettext("of a customer", "Code"), customer.code),
            (_("Other names"), names_of(customer)),
            (_("Kind"), customer.get_kind_display()),
            (_("Relationship"), customer.get_relationship_display()),
        ]
        hidden = self.customer.uncollected
        shown += [
            (OPTIONAL[name].label, text)
            for name in ABOUT
            if name not in hidden and (text := about(customer, name))
        ]
        return [{"label": label, "value": value} for label, value in shown if value]


class CustomerTimelineView(CustomerRecordPage):
    """The whole story. "Older" asks for the next lines alone and adds them; without htmx it is the next page."""

    panel = "timeline"

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.htmx.target == MORE_LINES:
            return render(request, "customers/_timeline_lines.html", self._lines())
        return super().get(request)

    def content(self) -> dict[str, Any]:
        paging = self.request.GET.get(FORWARD) or self.request.GET.get(BACKWARD)
        return {
            "panel_template": "customers/_timeline.html",
            "chips": self._chips(),
            "next_steps": [] if paging else steps_for(self.customer, self.viewer),
            **self._lines(),
        }

    @cached_property
    def chosen(self) -> list[str]:
        readable = {kind.key for kind in readable_kinds(self.viewer)}
        return [key for key in dict.fromkeys(self.request.GET.getlist("kind")) if key in readable]

    def _lines(self) -> dict[str, Any]:
        query = self.request.GET
        direction = BACKWARD if query.get(BACKWARD) else FORWARD
        lines, page = timeline_page(
            self.customer,
            self.viewer,
            chosen=self.chosen,
            cursor=query.get(direction, ""),
            direction=direction,
        )
        return {
            "lines": lines,
            "newer_url": self._url(self.chosen, before=page.before) if page.before else "",
            "older_url": self._url(self.chosen, after=page.after) if page.after else "",
        }

    def _chips(self) -> list[dict[str, Any]]:
        """One for each kind that occurs: a tap adds it to what is shown or takes it away."""
        counts = kind_counts(self.customer, self.viewer)
        found = [
            {
                "label": _("All"),
                "url": self._url([]),
                "count": sum(counts.values()),
                "current": not self.chosen,
            }
        ]
        for kind in readable_kinds(self.viewer):
            if counts.get(kind.key) or kind.key in self.chosen:
                others = [key for key in self.chosen if key != kind.key]
                kinds = others if kind.key in self.chosen else [*self.chosen, kind.key]
                found.append(
                    {
                        "label": kind.label,
                        "url": self._url(kinds),
                        "count": counts.get(kind.key, 0),
                        "current": kind.key in self.chosen,
                    }
                )
        return found

    def _url(self, kinds: list[str], **cursor: str) -> str:
        query = urlencode({"kind": kinds, **cursor}, doseq=True)
        return f"{self.request.path}?{query}" if query else self.request.path


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
            "count": _count(panel, customer, viewer),
            "current": panel.key == current,
        }
        for panel in panels
        if viewer.can(panel.permission)
    ]


def _count(panel: Panel, customer: Customer, viewer: Any) -> int | str | None:
    if panel.badge:
        return panel.badge(customer, viewer)
    count = getattr(customer, f"count_{panel.key}", None)
    return None if not count else count if count <= MOST_COUNTED else f"{MOST_COUNTED}+"


def health_card(customer: Any) -> dict[str, Any] | None:
    """How complete the data is and what is missing, each with the link that fills it; None before the first count.
    `customer` brings its figures."""
    if customer.completeness is None:
        return None
    page = organization_url("customers:edit", pk=customer.pk)
    people = organization_url("customers:person_create", pk=customer.pk)
    tone = "red" if customer.completeness < 40 else "amber" if customer.completeness < 80 else "green"
    return {
        "completeness": customer.completeness,
        "quality": customer.quality,
        "tone": tone,
        "missing": [
            {
                "label": field.label,
                "url": people if field.key == "people" else f"{page}#{field.anchor}",
                "dialog": field.key == "people",
            }
            for field in missing_fields(customer.missing)
        ]
        + [
            {"label": label, "url": f"{page}#div_id_{name}", "dialog": False}
            for label, name in missing_own(customer.missing_own)
        ],
    }


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


def shown_numbers(customer: Customer, *, full: str = "", hidden: Container[str] = ()) -> list[dict[str, Any]]:
    labels = {"identity_number": _("Identity number"), "bank_account": _("Bank account")}
    found = []
    for name, label in labels.items():
        value = "" if name in hidden else getattr(customer, name)
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

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers import rights
from customers.enums import Tier
from customers.queries.owners import owners_within
from customers.views.detail import CustomerRecordPage
from interactions.enums import ContactKind
from interactions.queries import owed as owed_queries
from interactions.queries.interactions import READ_ALONG, LogFilter, contact_log, contacts_of, open_plans_of
from interactions.queries.paging import by_key
from tenancy.access import Viewer
from tenancy.forms.members import member_select
from tenancy.keys import key_in
from tenancy.links import organization_url
from tenancy.member_choice import register_member_source
from tenancy.models import Membership
from tenancy.views.base import OrganizationView

VIEW = "interactions.view_interaction"
PANEL_SIZE = 20


class FilteredList(OrganizationView):
    """A list whose filters stand in the address: as chips that can be taken off one by one."""

    permission_required = VIEW
    parameters: tuple[str, ...] = ()

    def url(self, **changes: str) -> str:
        values = {name: self.request.GET.get(name, "") for name in self.parameters} | changes
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{self.request.path}?{query}" if query else self.request.path

    def chip(self, name: str, label: str, value: object) -> dict[str, Any]:
        return {"label": label, "value": value, "remove_url": self.url(**{name: ""})}

    def member(self, name: str) -> Membership | None:
        """A colleague within reach, named in the address; None when there is none such."""
        key = key_in(self.request.GET.get(name, ""))
        return within_reach(self.viewer).filter(pk=key).first() if key else None


class LogListView(FilteredList):
    """The contact log, newest first."""

    parameters = ("kind", "by", "since", "until")

    def get(self, request: HttpRequest) -> HttpResponse:
        kind = request.GET.get("kind", "")
        wanted = LogFilter(
            kind=kind if kind in ContactKind.values else "",
            by=(member := self.member("by")) and member.pk,
            since=_date(request.GET.get("since", "")),
            until=_date(request.GET.get("until", "")),
        )
        after, rows = request.GET.get("after", ""), contact_log(self.viewer, wanted)
        page = by_key(rows, ("at", "id"), after, newest=True, along=READ_ALONG)
        context = {
            "page": page,
            "wanted": wanted,
            "kinds": ContactKind.choices,
            "member_select": member_select(
                WITHIN, self.viewer, "by", member, label=_("Who"), everybody=_("Everybody"), asked=request.GET
            ),
            "chips": list(self.chips(wanted, member)),
            "clear_url": request.path,
            "next_url": self.url(after=page.after) if page.after else "",
            "first_url": self.url() if request.GET.get("after") else "",
        }
        return render(request, "interactions/list.html", context)

    def chips(self, wanted: LogFilter, member: Membership | None):
        if wanted.kind:
            yield self.chip("kind", _("Kind"), ContactKind(wanted.kind).label)
        if member:
            yield self.chip("by", _("Who"), member.name)
        if wanted.since:
            yield self.chip("since", _("Since"), date_format(wanted.since, "SHORT_DATE_FORMAT"))
        if wanted.until:
            yield self.chip("until", _("Until"), date_format(wanted.until, "SHORT_DATE_FORMAT"))


class OwedView(FilteredList):
    """Customers that are owed a contact, or will be soon, and how well each owner keeps the policy."""

    parameters = ("when", "owner", "tier")

    def get(self, request: HttpRequest) -> HttpResponse:
        soon = request.GET.get("when") == "soon"
        owner, tier = self.member("owner"), request.GET.get("tier", "")
        tier = tier if tier in Tier.values else ""
        rows = (owed_queries.due_soon_rows if soon else owed_queries.owed_rows)(self.viewer)
        rows = owed_queries.narrowed(rows, owner=owner.pk if owner else None, tier=tier)
        page = by_key(rows, ("due_on", "customer_id"), request.GET.get("after", ""))
        by_owner = owed_queries.compliance_by_owner(self.viewer)
        context = {
            "page": page,
            "soon": soon,
            "tier": tier,
            "owner": owner,
            "tiers": Tier.choices,
            "member_select": member_select(
                WITHIN,
                self.viewer,
                "owner",
                owner,
                label=_("Owner"),
                everybody=_("All owners"),
                asked=request.GET,
            ),
            "chips": list(self.chips(owner, tier)),
            "clear_url": self.url(owner="", tier=""),
            "tabs": self.tabs(soon),
            "by_owner": by_owner if len(by_owner) > 1 else [],
            "next_url": self.url(after=page.after) if page.after else "",
            "first_url": self.url() if request.GET.get("after") else "",
        }
        return render(request, "interactions/owed.html", context)

    def chips(self, owner: Membership | None, tier: str):
        if owner:
            yield self.chip("owner", _("Owner"), owner.name)
        if tier:
            yield self.chip("tier", _("Tier"), Tier(tier).label)

    def tabs(self, soon: bool) -> list[dict[str, Any]]:
        return [
            {"label": _("Overdue"), "url": self.url(when=""), "current": not soon},
            {"label": _("Due within a week"), "url": self.url(when="soon"), "current": soon},
        ]


class PanelView(CustomerRecordPage):
    """The contacts of one customer: a tab of its page; alone when a fragment asks for itself."""

    permission_required = VIEW
    panel = "contacts"

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.may(rights.VIEW):
            raise Http404
        if request.htmx:
            context = {"customer": self.customer, "reading": self.reading, **self.content()}
            return render(request, "interactions/_panel.html", context)
        return super().get(request)

    def content(self) -> dict[str, Any]:
        key, path, after = self.customer.pk, self.request.path, self.request.GET.get("after", "")
        page = by_key(contacts_of(self.viewer, key), ("at", "id"), after, newest=True, size=PANEL_SIZE)
        may_plan = self.viewer.can("interactions.view_plan")
        return {
            "panel_template": "interactions/_panel.html",
            "log_url": f"{organization_url('interactions:create')}?customer={key}",
            "page": page,
            "plans": open_plans_of(self.viewer, key) if may_plan and not after else [],
            "next_url": f"{path}?after={page.after}" if page.after else "",
            "first_url": path if after else "",
        }


def within_reach(viewer: Viewer):
    """Colleagues whose customers the viewer sees: what the lists can be narrowed to."""
    return owners_within(viewer, VIEW).filter(ended_at=None)


WITHIN = "interactions.within"
register_member_source(WITHIN, within_reach)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

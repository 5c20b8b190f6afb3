"""Customers handed over: offered, looked at, confirmed, sent back, withdrawn, undone."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actions import handover as actions
from customers.actions.bulk import Selection
from customers.actions.handover_notes import is_theirs, may_note
from customers.actions.ownership import CapReached
from customers.enums import HandoverStatus
from customers.forms.handover import HandOverForm, SendBackForm
from customers.models import Handover
from customers.queries import handovers as queries
from customers.queries.keyset import page
from customers.registry import open_items
from customers.rights import EXCEED, VIEW
from customers.text import sentences
from customers.views.base import CustomerPage
from customers.views.bulk import selection_of
from customers.views.handover_rows import TONES, handed_rows, handover_rows
from customers.views.listing import next_url
from tenancy.actions.once import create_once
from tenancy.errors import Refused
from tenancy.keys import keys_in
from tenancy.links import organization_url
from tenancy.models import Membership
from tenancy.views.base import OrganizationView
from workspace.toasts import toast

HAND_OVER = queries.HAND_OVER
SIZE = 50
ONE_BY_ONE = 50
"""So many customers are shown with a note and their open items; of more only how many they are."""
COLUMNS = ("pk", "at", "giver__name", "receiver__name", "status", "reason", "customers", "moved")
ITEM_COLUMNS = (
    "customer_id",
    "customer__name",
    "customer__code",
    "from_owner__name",
    "note",
    "state",
    "came",
)


class CustomerHandOverView(CustomerPage):
    """The button on a customer's page leads to the page of handing over."""

    permission_required = HAND_OVER

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect(f"{organization_url('customers:hand_over')}?ids={self.customer.pk}")


class HandOverView(OrganizationView):
    """Asks to whom, why, with which notes and what stays; POST hands the selection over. The list posts its rows here."""

    permission_required = HAND_OVER

    @cached_property
    def selection(self) -> Selection:
        if self.request.method == "POST":
            return selection_of(self.request)
        return Selection(keys_in(self.request.GET.getlist("ids")[:ONE_BY_ONE]))

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(self.form(None))

    def post(self, request: HttpRequest) -> HttpResponse:
        if "answered" not in request.POST:
            return self.show(self.form(None))
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        rows, receiver = self.selection.within(self.viewer, HAND_OVER).order_by(), form.offer().receiver
        counted = rows.aggregate(chosen=Count("pk"), theirs=Count("pk", filter=Q(owner=receiver)))
        try:
            handover, made = create_once(Handover, form.cleaned_data["id"], lambda: self.act(form))
        except Refused as refusal:
            form.add_error("receiver" if isinstance(refusal, CapReached) else None, str(refusal))
            return self.show(form, 422)
        left = left_out(handover, **counted) if made else []
        toast(request, sentences([said(handover), *left]), clears="handover")
        return redirect(handover.get_absolute_url())

    def act(self, form: HandOverForm) -> Handover:
        return actions.offer_handover(
            self.selection, form.offer(), viewer=self.viewer, id=form.cleaned_data["id"]
        )

    def form(self, data: Any) -> HandOverForm:
        return HandOverForm(data, viewer=self.viewer, more=self.more)

    def more(self, receiver: Membership) -> int:
        rows = self.selection.within(self.viewer, HAND_OVER)
        return rows.filter(archived_at=None).exclude(owner=receiver).order_by().count()

    def show(self, form: HandOverForm, status: int = 200) -> HttpResponse:
        rows = self.selection.within(self.viewer, HAND_OVER)
        count = rows.order_by().count()
        if not count:
            toast(self.request, _("Select at least one customer that you may hand over."), level="warning")
            return redirect(next_url(self.request))
        one_by_one = self.selection.query is None and count <= ONE_BY_ONE
        ids = (
            [] if self.selection.query is not None else list(rows.order_by("pk").values_list("pk", flat=True))
        )
        context = {
            "form": form,
            "count": count,
            "ids": ids,
            "query": self.selection.query,
            "next": next_url(self.request),
            "rows": self._rows(rows, form) if one_by_one else [],
            "kinds": [] if one_by_one else self._kinds(form),
        }
        return render(self.request, "customers/hand_over.html", context, status=status)

    @staticmethod
    def _rows(rows: Any, form: HandOverForm) -> list[dict[str, Any]]:
        found = list(rows.order_by("name_key", "pk").values("pk", "name", "code", "owner_id", "owner__name"))
        items = queries.open_items_of({row["pk"]: row["owner_id"] for row in found})
        return [
            {
                **row,
                "note": form.note_of(row["pk"]),
                "items": [
                    {
                        "kind": kind,
                        "item": item,
                        "movable": kind.leave is not None,
                        "comes": form.comes(str(item.key)),
                    }
                    for kind, item in items.get(row["pk"], ())
                ],
            }
            for row in found
        ]

    @staticmethod
    def _kinds(form: HandOverForm) -> list[dict[str, Any]]:
        return [
            {"key": kind.key, "label": kind.label, "comes": form.comes(kind.key)}
            for kind in open_items
            if kind.leave is not None
        ]


class HandoverListView(OrganizationView):
    """To confirm, given, past; and those of everybody one answers for."""

    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        tabs = self._tabs()
        key = request.GET.get("tab", "")
        current = key if key in tabs else "waiting"
        cursor = request.GET.get("after", "")
        found = page(tabs[current][1], queries.NEWEST, COLUMNS, cursor=cursor, direction="after", size=SIZE)
        query = {"tab": current} if current != "waiting" else {}
        context = {
            "rows": handover_rows(found.rows),
            "current": current,
            "tabs": [
                {"label": label, "url": f"?tab={name}", "current": name == current}
                for name, (label, _rows) in tabs.items()
            ],
            "may_give": self.viewer.can(HAND_OVER),
            "next_url": f"?{urlencode({**query, 'after': found.after})}" if found.after else "",
            "first_url": f"{request.path}?{urlencode(query)}" if cursor else "",
        }
        return render(request, "customers/handovers.html", context)

    def _tabs(self) -> dict[str, tuple[str, Any]]:
        viewer = self.viewer
        found = {
            "waiting": (_("To confirm"), queries.waiting_for(viewer)),
            "given": (_("Given"), queries.given_by(viewer)),
            "past": (_("Received"), queries.past_of(viewer)),
        }
        reach = viewer.reach(HAND_OVER)
        if reach is not None and (reach.everyone or len(reach.members) > 1):
            found["team"] = (_("All"), queries.handovers_within(viewer))
        return found


class HandoverPage(OrganizationView):
    """One handover, for who has part in it or answers for them."""

    permission_required = VIEW

    @cached_property
    def handover(self) -> Handover:
        rows = queries.handovers_within(self.viewer)
        rows = rows.select_related("giver", "receiver", "by", "decided_by", "undone_by", "job")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def show(
        self, *, problem: str = "", ask_over_cap: bool = False, form: Any = None, status: int = 200
    ) -> HttpResponse:
        handover, viewer, cursor = self.handover, self.viewer, self.request.GET.get("after", "")
        found = page(
            handover.items.all(),
            queries.BY_CUSTOMER,
            ITEM_COLUMNS,
            cursor=cursor,
            direction="after",
            size=SIZE,
        )
        is_mine = handover.receiver_id == viewer.membership.pk
        job = handover.job
        context = {
            "handover": handover,
            "tone": TONES[handover.status],
            "rows": handed_rows(found.rows, handover, viewer),
            "next_url": f"?after={found.after}" if found.after else "",
            "first_url": self.request.path if cursor else "",
            "may_answer": handover.waits and is_mine,
            "may_withdraw": actions.may_withdraw(handover, viewer),
            "may_undo": actions.may_undo(handover, viewer),
            "may_note": may_note(handover, viewer),
            "may_remove_note": handover.note and is_theirs(handover, viewer),
            "job": job if job and handover.status in HandoverStatus.AT_WORK else None,
            "form": form or SendBackForm(),
            "problem": problem,
            "ask_over_cap": ask_over_cap,
        }
        return render(self.request, "customers/handover.html", context, status=status)


class HandoverView(HandoverPage):
    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        return self.show()


class HandoverStep(HandoverPage):
    """A button of its page."""

    http_method_names = ("post", "options")

    def act(self) -> Handover:
        raise NotImplementedError

    def said(self, handover: Handover) -> str:
        return said(handover)

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        handover = self.handover
        try:
            toast(request, self.said(self.act()))
        except CapReached as refusal:
            return self.show(problem=str(refusal), ask_over_cap=self.viewer.can(EXCEED), status=422)
        except Refused as refusal:
            toast(request, str(refusal), level="warning")
        return redirect(handover.get_absolute_url())


class HandoverAcceptView(HandoverStep):
    def act(self) -> Handover:
        over_cap = bool(self.request.POST.get("over_cap"))
        return actions.accept_handover(self.handover, viewer=self.viewer, over_cap=over_cap)


class HandoverSendBackView(HandoverStep):
    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        self.form = SendBackForm(request.POST)
        if self.handover.waits and not self.form.is_valid():
            return self.show(form=self.form, status=422)
        return super().post(request, pk)

    def act(self) -> Handover:
        self.form.is_valid()
        answer = self.form.cleaned_data.get("answer", "")
        return actions.send_back(self.handover, viewer=self.viewer, answer=answer)


class HandoverWithdrawView(HandoverStep):
    def act(self) -> Handover:
        return actions.withdraw(self.handover, viewer=self.viewer)


class HandoverUndoView(HandoverStep):
    def act(self) -> Handover:
        return actions.undo_handover(self.handover, viewer=self.viewer)


def left_out(handover: Handover, *, chosen: int, theirs: int) -> list[str]:
    """Why it holds fewer than the `chosen` customers, of which `theirs` are the receiver's already. A large one is only
    being put together."""
    waiting = 0 if handover.job_id else chosen - theirs - handover.customers
    found = []
    if theirs:
        text = ngettext(
            "%(n)s was left out: it is theirs already.",
            "%(n)s were left out: they are theirs already.",
            theirs,
        )
        found.append(text % {"n": theirs})
    if waiting > 0:
        text = ngettext(
            "%(n)s was left out: it waits in another handover.",
            "%(n)s were left out: they wait in another handover.",
            waiting,
        )
        found.append(text % {"n": waiting})
    return found


def said(handover: Handover) -> str:
    """What has just happened to it."""
    texts = {
        HandoverStatus.WAITING: _("%(name)s has been asked to take them over."),
        HandoverStatus.SENT_BACK: _("The handover was sent back."),
        HandoverStatus.WITHDRAWN: _("The handover was withdrawn."),
        HandoverStatus.ACCEPTED: ngettext(
            "%(n)s customer belongs to %(name)s now.",
            "%(n)s customers belong to %(name)s now.",
            handover.moved,
        ),
        HandoverStatus.UNDONE: ngettext(
            "%(returned)s customer went back.", "%(returned)s customers went back.", handover.returned
        ),
    }
    text = texts.get(HandoverStatus(handover.status), _("Working on it in the background. You may go on."))
    return text % {"name": handover.receiver, "n": handover.moved, "returned": handover.returned}

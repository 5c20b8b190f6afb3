"""Public pools for those who look for customers: what waits in them, claimed, given to a colleague, and undone."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.db.models import TextChoices
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actions import pool_claim
from customers.actions.book import AT_ONCE
from customers.enums import CustomerKind, PoolReason, Tier
from customers.forms.pool import PoolAssignForm
from customers.models import Customer, PoolEntry
from customers.models.labels import in_language
from customers.pool_story import neglect
from customers.queries import pools as queries
from customers.queries.keyset import page
from customers.queries.listing import primary_phones
from customers.queries.pool_returns import IN_ORDER, announced, local_day
from customers.queries.pool_search import asked_of
from customers.queries.pools import Terms
from customers.rights import ASSIGN, CLAIM, MANAGE_POOLS, VIEW, VIEW_POOL
from customers.views.listing import next_url
from tenancy.counting import capped
from tenancy.keys import keys_in
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from workspace.toasts import toast

SIZE = 50
COLUMNS = (
    "customer_id", "customer__name", "customer__kind", "customer__tier", "customer__city", "customer__industry",
    "since", "reason", "from_owner_id",
)  # fmt: skip


def _labels(choices: type[TextChoices]) -> dict[str, str]:
    """In the reader's language, found once for all rows."""
    return {str(value): str(label) for value, label in choices.choices}


class PoolPage(OrganizationView):
    permission_required = VIEW_POOL

    @cached_property
    def pools(self) -> queries.PoolsOf:
        return queries.pools_of(self.viewer)

    @cached_property
    def terms(self) -> Terms:
        found = self.pools.find(self.kwargs["pk"])
        if found is None:
            raise Http404
        return found

    @property
    def may_claim(self) -> bool:
        return self.terms.pool.pk in self.pools.claimable

    @property
    def may_assign(self) -> bool:
        return self.viewer.can(ASSIGN)

    def ticked(self) -> list[uuid.UUID]:
        """The one whose button was pressed, or those that were ticked."""
        return keys_in(self.request.POST.getlist("one") or self.request.POST.getlist("ids")[:AT_ONCE])

    def back(self) -> HttpResponse:
        home = organization_url("customers:pool", pk=self.terms.pool.pk)
        return redirect(next_url(self.request) if self.request.POST.get("next") else home)

    def tell(self, found: pool_claim.Claimed, done: str) -> None:
        """What was won, with the way back, and why the rest was not."""
        if found.customers:
            undo = organization_url("customers:pool_undo", batch=found.batch)
            link = organization_url("customers:detail", pk=found.customers[0])
            toast(self.request, done, undo, link=link if len(found.customers) == 1 else "")
        for refusal in found.refusals:
            toast(self.request, refusal, level="warning")


class PoolView(PoolPage):
    """The customers of one pool, of the first one when none is named."""

    def get(self, request: HttpRequest, pk: uuid.UUID | None = None) -> HttpResponse:
        if pk is None and not self.pools.seen:
            return render(request, "customers/pool_none.html", {"may_manage": self.viewer.can(MANAGE_POOLS)})
        self.kwargs["pk"] = pk or self.pools.seen[0].pool.pk
        hidden = self.pools.uncollected
        asked = asked_of(request.GET, queries.waiting_in(self.terms.pool), hidden=hidden)
        cursor = request.GET.get("after", "")
        found = page(asked.rows, queries.NEWEST, COLUMNS, cursor=cursor, direction="after", size=SIZE)
        rows = self._rows(found.rows)
        counts = queries.counts_of([one.pool for one in self.pools.seen])
        context = {
            "pool": self.terms.pool,
            "rows": rows,
            # No column of nothing, as it would be where phones are not collected.
            "has_phones": any(row["phone"] for row in rows),
            "has_cities": "city" not in hidden,
            "asked": asked,
            "tiers": Tier.choices,
            "tabs": self._tabs(counts),
            "next_url": f"?{urlencode({**asked.kept, 'after': found.after})}" if found.after else "",
            "first_url": f"?{urlencode(asked.kept)}" if cursor else "",
            "may_claim": self.may_claim,
            "may_assign": self.may_assign,
            "limits": self._limits() if self.may_claim else "",
        }
        return render(request, "customers/pool.html", context)

    def _tabs(self, counts: dict[uuid.UUID, int]) -> list[dict[str, Any]]:
        found = [
            {
                "label": one.pool,
                "url": organization_url("customers:pool", pk=one.pool.pk),
                "count": capped(counts.get(one.pool.pk, 0)),
                "current": one.pool.pk == self.terms.pool.pk,
            }
            for one in self.pools.seen
        ]
        label, url = _("About to return"), organization_url("customers:pool_returning")
        return [*found, {"label": label, "url": url, "current": False}]

    def _rows(self, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        phones = primary_phones([row["customer_id"] for row in found])
        me, pool, hidden = self.viewer.membership.pk, self.terms.pool, self.pools.uncollected
        kinds, tiers, reasons = (_labels(choices) for choices in (CustomerKind, Tier, PoolReason))
        return [
            {
                "key": row["customer_id"],
                "name": row["customer__name"],
                "sub": " · ".join(
                    filter(
                        None,
                        (
                            kinds[row["customer__kind"]],
                            "" if "industry" in hidden else row["customer__industry"],
                        ),
                    )
                ),
                "tier": tiers[row["customer__tier"]],
                "city": row["customer__city"],
                "phone": phones.get(row["customer_id"], ""),
                "since": row["since"],
                "reason": reasons[row["reason"]],
                "free_on": self._free_on(row, pool) if row["from_owner_id"] == me else None,
            }
            for row in found
        ]

    @staticmethod
    def _free_on(row: dict[str, Any], pool: Any) -> Any:
        return queries.cools_off_until(PoolEntry(since=row["since"]), pool)

    def _limits(self) -> str:
        """How many more one may claim now, or why none."""
        room, why = pool_claim.room_for(self.viewer, self.terms.pool)
        if room >= AT_ONCE:
            return ""
        if not room:
            return why()
        return ngettext(
            "You may claim %(n)s more customer now.", "You may claim %(n)s more customers now.", room
        ) % {"n": room}


class PoolClaimView(PoolPage):
    """One tap: the customer is the viewer's. Several ticked ones as well."""

    permission_required = CLAIM
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        if not self.may_claim:
            raise Http404
        keys = self.ticked()
        if not keys:
            toast(request, _("Select at least one customer."), level="warning")
            return self.back()
        found = pool_claim.claim(keys, self.terms.pool, viewer=self.viewer)
        self.tell(found, self._done(found.customers))
        return self.back()

    @staticmethod
    def _done(keys: list[uuid.UUID]) -> str:
        if len(keys) == 1:
            return _("%(name)s is yours now.") % {"name": Customer.objects.get(pk=keys[0])}
        return ngettext("%(n)s customer is yours now.", "%(n)s customers are yours now.", len(keys)) % {
            "n": len(keys)
        }


class PoolAssignView(PoolPage):
    """Customers of the pool to a colleague: first asks whom."""

    permission_required = ASSIGN
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        pool, keys = self.terms.pool, self.ticked()
        if not keys:
            toast(request, _("Select at least one customer."), level="warning")
            return self.back()
        data = request.POST if "answered" in request.POST else None
        form = PoolAssignForm(data, viewer=self.viewer, more=lambda owner: len(keys))
        if not form.is_valid():
            return self.ask(form, keys, 422 if form.is_bound else 200)
        owner, over_cap = form.cleaned_data["owner"], form.cleaned_data["over_cap"]
        actor = self.viewer.membership
        found = pool_claim.assign_from_pool(keys, pool, owner, actor=actor, over_cap=over_cap)
        n = len(found.customers)
        text = ngettext("%(n)s customer given to %(name)s.", "%(n)s customers given to %(name)s.", n)
        self.tell(found, text % {"n": n, "name": owner})
        return self.back()

    def ask(self, form: PoolAssignForm, keys: list[uuid.UUID], status: int) -> HttpResponse:
        context = {
            "form": form, "ids": keys, "count": len(keys), "title": _("Assign customers"), "submit": _("Assign"),
            "action": self.request.path, "next": next_url(self.request), "query": None,
        }  # fmt: skip
        return render(self.request, "customers/bulk_form.html", context, status=status)


class PoolUndoView(OrganizationView):
    """Puts back what one has just claimed or assigned."""

    permission_required = VIEW_POOL
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
        count = pool_claim.undo_claim(batch, viewer=self.viewer)
        if count is None:
            raise Http404
        if count:
            text = ngettext(
                "%(n)s customer is back in the pool.", "%(n)s customers are back in the pool.", count
            )
            toast(request, text % {"n": count})
        else:
            toast(request, _("There was nothing left to undo."), level="warning")
        home = organization_url("customers:pools")
        return redirect(next_url(request) if request.POST.get("next") else home)


class ReturningView(OrganizationView):
    """Customers within reach that return to a pool soon, the first to go first."""

    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = announced(self.viewer)
        columns = (
            "customer_id",
            "customer__name",
            "owner__name",
            "due_on",
            "rule",
            "before",
            "pool__label_zh",
            "pool__label_en",
        )
        cursor = request.GET.get("after", "")
        found = page(rows, IN_ORDER, columns, cursor=cursor, direction="after", size=SIZE)
        pools = queries.pools_of(self.viewer).seen
        tabs = [
            {"label": one.pool, "url": organization_url("customers:pool", pk=one.pool.pk)} for one in pools
        ]
        own = {"label": _("About to return"), "url": request.path, "current": True}
        context = {
            "rows": [returning_row(row) for row in found.rows],
            "tabs": [*tabs, own],
            "next_url": f"?{urlencode({'after': found.after})}" if found.after else "",
            "first_url": request.path if cursor else "",
        }
        return render(request, "customers/pool_returning.html", context)


def returning_row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": row["customer_id"],
        "name": row["customer__name"],
        "owner": row["owner__name"],
        "due_on": row["due_on"],
        "why": neglect(row["rule"], (row["due_on"] - local_day(row["before"])).days),
        "pool": in_language(row["pool__label_zh"], row["pool__label_en"]),
    }

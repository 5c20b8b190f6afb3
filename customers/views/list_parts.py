"""What stands around the rows of the customer list: tabs, tools, headings, what may be done with a selection."""

from typing import Any

from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.bulk import bulk_actions
from customers.queries import listing
from customers.queries.asked import Listing
from customers.queries.keyset import BACKWARD, FORWARD
from customers.registry import Fact, QuickAction
from customers.rights import ADD, EXPORT, IMPORT
from customers.views.chips import chips_for, without
from customers.views.counted import customers_counted
from customers.views.list_tabs import everything
from tenancy.access import Viewer
from tenancy.counting import MOST_COUNTED, capped
from tenancy.links import organization_url
from workspace.context_processors import shell_path
from workspace.models import SavedView

SIZE = 50
_SEARCHED = {
    frozenset[str](): gettext_lazy("Name, pinyin, code, phone or email"),
    frozenset({"email"}): gettext_lazy("Name, pinyin, code or phone"),
    frozenset({"phone"}): gettext_lazy("Name, pinyin, code or email"),
    frozenset({"phone", "email"}): gettext_lazy("Name, pinyin or code"),
}
"""By what customers are found, by what the organisation does not collect of it."""


class ListParts:
    """Pieces of the list's context, for the view that mixes it in."""

    request: HttpRequest
    viewer: Viewer
    listing: Listing
    action: QuickAction | None = None

    def _heading(self, fact: Fact) -> dict[str, Any]:
        sorting = self.listing.sorting
        if not fact.sort_index:
            return {"label": fact.label, "css": "num" if fact.type == "number" else ""}
        current = sorting.fact is not None and sorting.fact.key == fact.key
        descending = not sorting.descending if current else fact.newest_first
        state = ("descending" if sorting.descending else "ascending") if current else "none"
        text = f"{'-' if descending else ''}{fact.key}"
        return {
            "label": fact.label,
            "url": without(self.request.GET, sort=text),
            "state": state,
            "icon": {"ascending": "chevron-up", "descending": "chevron-down"}.get(state, ""),
        }

    def _toolbar(self, columns: list, view: SavedView | None) -> dict[str, Any]:
        query, sorting = self.request.GET, self.listing.sorting
        kept = [(name, value) for name, values in query.lists() for value in values]
        return {
            "text": self.listing.text,
            "search_hint": _SEARCHED[listing.uncollected(self.viewer) & {"phone", "email"}],
            "has_phones": "phone" not in listing.uncollected(self.viewer),
            "understood": self.listing.is_understood,
            "kept": [(name, value) for name, value in kept if name not in ("q", "view", BACKWARD, FORWARD)],
            "chips": chips_for(self.listing.filters, query, self.listing.text),
            "clear_url": everything(self.viewer),
            "count_text": self._count_text(),
            "count_url": self._count_url(),
            "query_string": query.urlencode(),
            "may_export": self.viewer.can(EXPORT),
            "sorting": sorting.text,
            "saved_view": view,
            "is_first_view": view is not None and str(view.pk) == listing.first_view(self.viewer),
            "can_save": self.listing.is_narrowed and view is None,
            "column_keys": ",".join(fact.key for fact in columns),
        }

    def _count_text(self) -> str:
        count = self.listing.count
        if not self.listing.text or self.listing.matches.is_whole:
            return customers_counted(count)
        if not self.listing.filters:
            return _("The first %(n)s matches") % {"n": number_format(count, force_grouping=True)}
        most = len(self.listing.matches.by)
        return _("%(n)s of the first %(most)s matches") % {"n": count, "most": most}

    def _count_url(self) -> str:
        """Where the number comes from that takes too long for the page: only of a list that is longer."""
        longer = self.listing.count > MOST_COUNTED
        return f"{organization_url('customers:count')}?{self.request.GET.urlencode()}" if longer else ""

    def _bulk(self) -> dict[str, Any]:
        archived, count = self.listing.archived, self.listing.count
        actions = [
            one
            for one in bulk_actions
            if self.viewer.can(one.permission) and one.archived in (None, archived)
        ]
        return {
            "bulk_actions": actions,
            "has_bulk": bool(actions),
            "may_add": self.viewer.can(ADD),
            "import_url": self._import_url(),
            "all_matching": capped(count) if count > SIZE and self.listing.is_understood else "",
            "action": self.action,
        }

    def _import_url(self) -> str:
        allowed = self.viewer.can(IMPORT)
        return shell_path("customers:import_upload", self.viewer.organization.slug) if allowed else ""

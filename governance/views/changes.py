"""The customer's tab of changes: what the audit holds about its own row."""

from typing import Any

from customers.views.detail import CustomerRecordPage
from governance.queries import wording
from governance.queries.audit import PERMISSION, Search, people_for, search_entries


class CustomerChangesView(CustomerRecordPage):
    permission_required = PERMISSION
    panel = "changes"

    def content(self) -> dict[str, Any]:
        search = Search(record=self.customer.pk)
        found = search_entries(self.viewer, search, self.request.GET.get("before", ""))
        return {
            "panel_template": "governance/_changes.html",
            "lines": wording.lines(found.entries, people_for(self.viewer)),
            "older_url": f"?before={found.older}" if found.older else "",
        }

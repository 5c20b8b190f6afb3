"""The customer's tab of changes: what the audit holds about its own row."""

from typing import Any

from customers.views.detail import CustomerRecordPage
from governance.queries import wording
from governance.queries.audit import PERMISSION, Search, people_in, search_entries
from governance.queries.disclosure import PERMISSION as DISCLOSURES
from governance.queries.disclosure import Looked, disclosures_for
from tenancy.links import organization_url

DISCLOSURES_SHOWN = 10


class CustomerChangesView(CustomerRecordPage):
    permission_required = PERMISSION
    panel = "changes"

    def content(self) -> dict[str, Any]:
        search = Search(record=self.customer.pk, edits=True)
        found = search_entries(self.viewer, search, self.request.GET.get("before", ""))
        sees = self.viewer.can(DISCLOSURES)
        looked = disclosures_for(self.viewer, Looked(customer=self.customer.pk))[0] if sees else []
        return {
            "sees_disclosures": sees,
            "disclosures": looked[:DISCLOSURES_SHOWN],
            "all_disclosures_url": organization_url("governance:disclosures")
            + f"?customer={self.customer.pk}",
            "panel_template": "governance/_changes.html",
            "lines": wording.lines(found.entries, people_in(found.entries)),
            "older_url": f"?before={found.older}" if found.older else "",
        }

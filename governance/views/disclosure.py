"""Who looked at what: every reveal, export and print, and how many in a day."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from customers.enums import DisclosureKind
from governance.actions.privacy_policy import policy_in_force
from governance.queries.disclosure import PERMISSION, Looked, disclosures_for, standings, watched_members
from governance.views.privacy_tabs import tabs_for
from tenancy.forms.members import member_select
from tenancy.keys import key_in
from tenancy.member_choice import register_member_source
from tenancy.views.base import OrganizationView

LOOKED = "governance.looked"
register_member_source(LOOKED, watched_members, PERMISSION)


class DisclosuresView(OrganizationView):
    permission_required = PERMISSION

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET
        kind = query.get("kind", "") if query.get("kind") in DisclosureKind.values else ""
        looked = Looked(key_in(query.get("person", "")), key_in(query.get("customer", "")), kind)
        rows, older = disclosures_for(self.viewer, looked, query.get("before", ""))
        kept = {"person": looked.person, "customer": looked.customer, "kind": kind}
        usual = policy_in_force().disclosures_per_day
        context = {
            "rows": rows,
            "looked": looked,
            "person_select": self._person_select(looked),
            "kinds": DisclosureKind.choices,
            "standings": standings(self.viewer, usual),
            "usual": usual,
            "tabs": tabs_for(self.viewer, "disclosures"),
            "is_narrowed": any(kept.values()),
            "older_url": f"?{urlencode({**{k: v for k, v in kept.items() if v}, 'before': older})}"
            if older
            else "",
        }
        return render(request, "governance/disclosures.html", context)

    def _person_select(self, looked: Looked) -> str:
        person = watched_members(self.viewer).filter(pk=looked.person).first() if looked.person else None
        return member_select(
            LOOKED,
            self.viewer,
            "person",
            person,
            label=_("Person"),
            everybody=_("Anybody"),
            asked=self.request.GET,
        )

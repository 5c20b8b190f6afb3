"""The audit: searched, read, verified. Whoever may see it sees the entries of the people their right reaches."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from governance.actions.audit import start_verification
from governance.forms.audit import AuditSearchForm
from governance.queries import verification, wording
from governance.queries.audit import (
    CHANGE_OF_KEYS,
    PERMISSION,
    find_entry,
    people_in,
    search_entries,
    table_label,
)
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from workspace.toasts import toast


class AuditView(OrganizationView):
    permission_required = PERMISSION

    def get(self, request: HttpRequest) -> HttpResponse:
        form = AuditSearchForm(request.GET, viewer=self.viewer)
        found = search_entries(self.viewer, form.search(), request.GET.get("before", ""))
        context = {
            "form": form,
            "lines": wording.lines(found.entries, people_in(found.entries)),
            "seen_back_to": found.seen_back_to,
            "older_url": _with(request.GET, before=found.older) if found.older else "",
            "chips": _chips(request.GET, form),
            "clear_url": organization_url("governance:audit"),
        }
        return render(request, "governance/audit.html", context)


class AuditEntryView(OrganizationView):
    permission_required = PERMISSION

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        entry = find_entry(self.viewer, pk)
        if entry is None:
            raise Http404
        people = people_in([entry])
        context = {
            "entry": entry,
            "line": wording.lines([entry], people)[0],
            "changes": wording.changes(entry),
            "kind": table_label(entry.table_name),
            "facts": _facts(entry, wording.person_name(entry, people)),
        }
        return render(request, "governance/audit_entry.html", context)


class AuditVerifyView(OrganizationView):
    """Shows the chain and what the last verification found; POST has the whole chain verified in the background."""

    permission_required = PERMISSION

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "governance/audit_verify.html", {"chain": verification.chain_state()})

    def post(self, request: HttpRequest) -> HttpResponse:
        start_verification(actor=self.viewer.membership)
        toast(request, _("The audit is being verified."))
        return redirect(organization_url("governance:audit_verify"))


def _with(query: QueryDict, **values: str) -> str:
    changed = query.copy()
    for name, value in values.items():
        changed[name] = value
    return f"?{changed.urlencode()}"


def _chips(query: QueryDict, form: AuditSearchForm) -> list[dict[str, str]]:
    chips = []
    for name, label, value in form.chips():
        rest = query.copy()
        rest.pop(name, None)
        rest.pop("before", None)
        chips.append({"label": label, "value": value, "remove_url": f"?{rest.urlencode()}"})
    return chips


def _facts(entry, person: str) -> list[dict[str, str]]:
    address = organization_url("governance:audit")
    facts = [
        {
            "label": _("Person"),
            "value": person,
            "url": f"{address}?person={entry.actor_id}" if entry.actor_id else "",
        },
        {
            "label": _("Record"),
            "value": entry.object_id,
            "url": f"{address}?object={entry.object_id}" if entry.object_id else "",
        },
        {"label": _("Request"), "value": entry.request_id},
        {"label": _("IP address"), "value": "" if entry.origin == CHANGE_OF_KEYS else entry.origin},
        {"label": _("Database role"), "value": entry.db_role},
        {"label": _("Entry"), "value": entry.id},
    ]
    return [fact for fact in facts if fact["value"]]

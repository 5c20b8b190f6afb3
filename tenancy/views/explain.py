from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenancy.errors import Refused
from tenancy.explain import ExplainableKind, effective_rights, explain, explainable_kind
from tenancy.forms.explain import ExplainForm
from tenancy.models import Membership, TenantModel
from tenancy.permission_catalogue import is_offered
from tenancy.queries.explain import matches, record_at, record_of
from tenancy.views.base import OrganizationView
from tenancy.views.pages import WholeOrganizationMixin


class ExplainView(WholeOrganizationMixin, OrganizationView):
    """Why can, or cannot, this member see this record? Everything is in the address, so that an answer can be shared."""

    permission_required = "tenancy.explain_access"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ExplainForm(request.GET or None, viewer=self.viewer)
        facts: dict[str, Any] = {"form": form}
        if form.is_valid():
            facts |= self._about(form.cleaned_data)
        return render(request, "tenancy/explain.html", facts)

    def _about(self, asked: dict[str, Any]) -> dict[str, Any]:
        member, kind = asked["member"], explainable_kind(asked["kind"])
        found = self._record(asked, kind)
        if found:
            return {"member": member, **self._answer(member, *found)}
        if kind and asked["q"]:
            return {"member": member, "kind": kind, "searched": True, **self._matches(kind, asked["q"])}
        rights = [right for right in effective_rights(member) if is_offered(right.code)]
        return {"member": member, "rights": rights, "not_found": bool(asked["address"])}

    def _matches(self, kind: ExplainableKind, text: str) -> dict[str, Any]:
        try:
            return {"matches": matches(self.viewer, kind, text)}
        except Refused as refusal:
            return {"refusal": str(refusal)}

    def _record(self, asked: dict[str, Any], kind: ExplainableKind | None):
        if asked["address"]:
            return record_at(self.viewer, asked["address"])
        if kind and "record" in self.request.GET:
            record = record_of(self.viewer, kind, self.request.GET["record"])
            return (kind, record) if record else None
        return None

    def _answer(self, member: Membership, kind: ExplainableKind, record: TenantModel) -> dict[str, Any]:
        answers = [explain(member, record, permission) for permission in kind.permissions]
        return {"kind": kind, "record": record, "answers": answers}

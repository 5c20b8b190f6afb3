"""The data dictionary: by table, by search, as a file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from customers.enums import ExportFormat
from customers.exporting.writers import csv_pieces
from customers.text import clean_line
from governance.actions.privacy_policy import VIEW
from governance.queries import dictionary
from governance.views.privacy_tabs import tabs_for
from tenancy.views.base import OrganizationView
from tenancy.views.pages import WholeOrganizationMixin

LONGEST_SEARCH = 60


class DictionaryView(WholeOrganizationMixin, OrganizationView):
    """All tables by app; `?table=` one of them with its fields; `?q=` fields wherever they stand."""

    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        found = dictionary.tables()
        text = clean_line(request.GET.get("q", ""))[:LONGEST_SEARCH]
        context = {"tabs": tabs_for(self.viewer, "dictionary"), "q": text, **self._shown(found, text)}
        return render(request, "governance/dictionary.html", context)

    def _shown(self, found: list[dictionary.Table], text: str) -> dict[str, Any]:
        name = self.request.GET.get("table", "")
        if name:
            table = next((one for one in found if one.name == name), None)
            if table is None:
                raise Http404
            return {"table": table}
        if len(text) >= dictionary.SHORTEST or (text and not text.isascii()):
            hits = list(dictionary.matches(found, text))
            return {
                "searched": True,
                "hits": hits[: dictionary.MOST_FOUND],
                "more": max(len(hits) - dictionary.MOST_FOUND, 0),
            }
        apps: dict[str, list[dictionary.Table]] = {}
        for table in found:
            apps.setdefault(table.app, []).append(table)
        return {"apps": list(apps.items())}


class DictionaryFileView(WholeOrganizationMixin, OrganizationView):
    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = dictionary.csv_rows(dictionary.tables())
        pieces = csv_pieces(dictionary.headings(), rows, ExportFormat.CSV)
        response = HttpResponse(b"".join(pieces), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="data-dictionary.csv"'
        response["Cache-Control"] = "no-store"
        return response

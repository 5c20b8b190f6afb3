"""The list as a file, and on paper."""

import uuid
from datetime import date
from typing import Any

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from customers.actions.export import (
    BrokenFilter,
    allow_export,
    disclosed,
    file_name,
    start_export,
    stream_csv,
    xlsx_file,
)
from customers.enums import ExportFormat
from customers.exporting.cells import as_text
from customers.exporting.rows import Export, Wanted, all_columns
from customers.forms.export import ExportForm
from customers.models import CustomerExport
from customers.queries import listing
from customers.queries.asked import LONGEST_QUERY
from customers.rights import EXPORT, REVEAL
from customers.views.bulk import selection_of
from customers.views.listing import PAGE, next_url
from tenancy.access import Viewer
from tenancy.audit.records import record_access
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from workspace.queries.saved_view import saved_views
from workspace.toasts import toast
from workspace.views.stored import open_or_tell

TYPES = {
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.GB18030: "text/csv; charset=gb18030",
}
PRINTED = 1000


def shown_columns(viewer: Viewer, query: str) -> list[str]:
    """The keys of the columns that the list shows under this address."""
    key = QueryDict(query).get("view")
    view = next((one for one in saved_views(viewer, PAGE) if str(one.pk) == key), None) if key else None
    keys = (view.columns if view else None) or listing.chosen_columns(viewer)
    return [fact.key for fact in listing.columns_for(viewer, keys)]


class ExportView(OrganizationView):
    """Asks for format and columns, then answers the file or starts the job that makes it."""

    permission_required = EXPORT

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.urlencode()[:LONGEST_QUERY]
        try:
            allow_export(Export(Wanted(query, ()), self.viewer))
        except BrokenFilter as refusal:
            return self.refuse(refusal, query)
        return self.show(ExportForm(), query, None)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        ids, query = self._selection(request)
        form = ExportForm(request.POST if "answered" in request.POST else None)
        if not form.is_valid():
            if ids == []:
                toast(request, _("Select at least one customer."), level="warning")
                return redirect(next_url(request))
            return self.show(form, query, ids, 422 if form.is_bound else 200)
        keys = form.keys(shown_columns(self.viewer, query), all_columns(self.viewer))
        try:
            row, export = start_export(
                Wanted(query, keys, ids), form.cleaned_data["format"], viewer=self.viewer
            )
        except BrokenFilter as refusal:
            return self.refuse(refusal, query)
        if export is None:
            toast(request, _("The file is being made. You will be told when it is ready."), level="info")
            return redirect(organization_url("customers:exports"))
        return self.answer(row, export)

    @staticmethod
    def _selection(request: HttpRequest) -> tuple[list[uuid.UUID] | None, str]:
        """The ticked customers (None: all that the address shows), and the address, whose order they keep."""
        query = request.POST.get("query", "")[:LONGEST_QUERY]
        if request.POST.get("all"):
            return None, query
        return list(selection_of(request).ids), query

    @staticmethod
    def answer(row: CustomerExport, export: Export) -> HttpResponseBase:
        headers = {
            "Content-Disposition": f'attachment; filename="{file_name(row)}"',
            "Content-Type": TYPES[ExportFormat(row.format)],
            "Cache-Control": "no-store",
        }
        if row.format == ExportFormat.XLSX:
            return FileResponse(xlsx_file(row, export), headers=headers)
        return StreamingHttpResponse(stream_csv(row, export), headers=headers)

    def refuse(self, refusal: BrokenFilter, query: str) -> HttpResponse:
        context = {"refusal": refusal, "next": f"{organization_url('customers:list')}?{query}"}
        name = "_export" if self.request.htmx else "export"
        return render(
            self.request,
            f"customers/{name}.html",
            context,
            status=422 if self.request.method == "POST" else 200,
        )

    def show(
        self, form: ExportForm, query: str, ids: list[uuid.UUID] | None, status: int = 200
    ) -> HttpResponse:
        context = {
            "form": form,
            "ids": ids or [],
            "query": query,
            "all": ids is None,
            "masked": not self.viewer.can(REVEAL),
            "next": f"{organization_url('customers:list')}?{query}",
        }
        name = "_export" if self.request.htmx else "export"
        return render(self.request, f"customers/{name}.html", context, status=status)


class ExportListView(OrganizationView):
    """What one has taken out, and the files that are still there."""

    permission_required = EXPORT

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = CustomerExport.objects.filter(requested_by=self.viewer.membership).select_related("job")
        return render(request, "customers/exports.html", {"exports": rows.order_by("-id")[:50]})


class ExportDownloadView(OrganizationView):
    permission_required = EXPORT

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
        rows = CustomerExport.objects.filter(requested_by=self.viewer.membership).select_related("file")
        row = get_object_or_404(rows, pk=pk)
        if row.was_withdrawn:
            return render(request, "customers/export_gone.html", {"export": row}, status=410)
        if row.file is None or not row.is_there:
            raise Http404
        stream = open_or_tell(request, row.file)
        if stream is None:
            return redirect(organization_url("customers:exports"))
        record_access(row, "download")
        headers = {"Content-Type": TYPES[ExportFormat(row.format)], "Cache-Control": "no-store"}
        return FileResponse(stream, as_attachment=True, filename=file_name(row), headers=headers)


class PrintView(OrganizationView):
    """The list for paper: its rows and columns, the first thousand. It leaves the product as a file does."""

    permission_required = EXPORT

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.urlencode()[:LONGEST_QUERY]
        export = Export(Wanted(query, shown_columns(self.viewer, query)), self.viewer)
        try:
            allow_export(export)
        except BrokenFilter as refusal:
            toast(request, str(refusal), level="warning")
            return redirect(f"{organization_url('customers:list')}?{query}")
        batch = export.batch()
        rows = [
            [(as_text(cell).removeprefix("'"), isinstance(cell, date)) for cell in cells]
            for cells in batch.cells
        ]
        row = CustomerExport.objects.create(
            requested_by=self.viewer.membership, format=ExportFormat.PRINT, query=query, rows=len(rows),
            columns=[fact.key for fact in export.columns], reveals=export.reveals,
        )  # fmt: skip
        disclosed(row, batch.customers)
        context: dict[str, Any] = {
            "headings": export.headings,
            "organization": self.viewer.organization,
            "printed_by": self.viewer.membership,
            "rows": rows,
            "more": export.count(PRINTED) > PRINTED,
            "back": f"{organization_url('customers:list')}?{query}",
        }
        return render(request, "customers/print.html", context)

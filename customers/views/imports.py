"""The import, step by step: file, columns, preview, result; and the list of past ones."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from customers.actions import import_batch as actions
from customers.enums import ImportStatus
from customers.forms.imports import MappingForm, UploadForm
from customers.importing.limits import RETENTION_DAYS
from customers.importing.problems import FileProblem, file_problem_text
from customers.importing.rejected import rejected_csv
from customers.importing.status import WrongImportStatus
from customers.models import ImportBatch
from customers.queries.caps import beyond_caps
from customers.rights import IMPORT
from customers.views.import_context import column_rows, repeated_text, result_context, steps
from tenancy.context import organization_context
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from workspace.toasts import toast

_PAGE_SIZE = 30
_RESULT = (
    ImportStatus.APPLYING,
    ImportStatus.APPLIED,
    ImportStatus.REVERTING,
    ImportStatus.REVERTED,
    ImportStatus.DISCARDED,
)


def page_of(batch: ImportBatch) -> str:
    """Where the import stands now."""
    if batch.status == ImportStatus.UPLOADED:
        return organization_url("customers:import_map", pk=batch.pk)
    name = "customers:import_result" if batch.status in _RESULT else "customers:import_preview"
    return organization_url(name, pk=batch.pk)


class ImportPage(OrganizationView):
    """A page about the import that the address names: the right first, then the method, then the row."""

    permission_required = IMPORT
    batch: ImportBatch

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.viewer.can(IMPORT):
            raise PermissionDenied
        if request.method is None or not hasattr(self, request.method.lower()):
            return self.http_method_not_allowed(request)
        found = ImportBatch.objects.visible_to(self.viewer, IMPORT).select_related(
            "job", "created_by", "file"
        )
        self.batch = get_object_or_404(found, pk=kwargs.pop("pk"))
        return super().dispatch(request, *args, **kwargs)

    def refused(self) -> HttpResponse:
        toast(self.request, _("This import has moved on meanwhile."), level="warning")
        return redirect(page_of(self.batch))


class ImportListView(OrganizationView):
    permission_required = IMPORT

    def get(self, request: HttpRequest) -> HttpResponse:
        found = ImportBatch.objects.visible_to(self.viewer, IMPORT).select_related("created_by")
        before = request.GET.get("before", "")
        if len(before) == 32 and before.isalnum() and set(before) <= set("0123456789abcdef"):
            found = found.filter(pk__lt=before)
        page = list(found.order_by("-pk")[: _PAGE_SIZE + 1])
        next_url = f"?before={page[_PAGE_SIZE - 1].pk.hex}" if len(page) > _PAGE_SIZE else ""
        context = {"batches": [(batch, page_of(batch)) for batch in page[:_PAGE_SIZE]], "next_url": next_url}
        return render(request, "customers/imports.html", context)


class ImportUploadView(OrganizationView):
    permission_required = IMPORT

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(UploadForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            upload, encoding = form.cleaned_data["file"], form.cleaned_data["encoding"]
            try:
                batch = actions.upload_import(
                    upload.file, upload.name or "", actor=self.viewer.membership, encoding=encoding
                )
                return redirect(page_of(batch))
            except FileProblem as problem:
                form.add_error("file", problem.text)
        return self._page(form, status=422)

    def _page(self, form: UploadForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "steps": steps(0), "retention": RETENTION_DAYS}
        return render(self.request, "customers/import_upload.html", context, status=status)


class ImportMapView(ImportPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.batch.can_map:
            return redirect(page_of(self.batch))
        return self._page(self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        if "sheet" in request.POST:
            return self._choose_sheet(request.POST["sheet"])
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            batch = actions.start_check(self.batch, form.mapping, form.options, actor=self.viewer.membership)
        except WrongImportStatus:
            return self.refused()
        return redirect(page_of(batch))

    def _choose_sheet(self, sheet: str) -> HttpResponse:
        try:
            actions.choose_sheet(self.batch, sheet)
        except FileProblem as problem:
            toast(self.request, problem.text, level="danger")
        except WrongImportStatus:
            return self.refused()
        return redirect(organization_url("customers:import_map", pk=self.batch.pk))

    def _form(self, data: Any = None) -> MappingForm:
        headings = json.loads(self.batch.headings)
        return MappingForm(data, batch=self.batch, headings=headings, viewer=self.viewer)

    def _page(self, form: MappingForm, status: int = 200) -> HttpResponse:
        try:
            table = actions.read_table(self.batch)
        except FileProblem as problem:
            toast(self.request, problem.text, level="danger")
            return redirect(organization_url("customers:imports"))
        columns = column_rows(form.columns(), table.sample)
        context = {"batch": self.batch, "form": form, "columns": columns, "steps": steps(1, self.batch)}
        context["repeated"] = repeated_text(table.repeated)
        return render(self.request, "customers/import_map.html", context, status=status)


class ImportPreviewView(ImportPage):
    """What the import is going to do; while the rows are being checked, how far that is. POST imports."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.batch.status in (ImportStatus.UPLOADED, *_RESULT):
            return redirect(page_of(self.batch))
        in_full = actions.shows_rejected_in_full(self.batch, self.viewer)
        context = {"steps": steps(2, self.batch), "in_full": in_full}
        context |= result_context(self.batch, request.GET, self.viewer)
        context["beyond"] = beyond_caps(self.batch.owners) if self.batch.can_apply else []
        if self.batch.failure:
            context["failure"] = file_problem_text(self.batch.failure, self.batch.failure_params)
        return render(request, "customers/import_preview.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            batch = actions.start_apply(self.batch, actor=self.viewer.membership)
        except WrongImportStatus:
            return self.refused()
        return redirect(page_of(batch))


class ImportResultView(ImportPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        if self.batch.status not in _RESULT:
            return redirect(page_of(self.batch))
        in_full = actions.shows_rejected_in_full(self.batch, self.viewer)
        context = {"steps": steps(3, self.batch), "retention": RETENTION_DAYS, "in_full": in_full}
        return render(
            request,
            "customers/import_result.html",
            {**context, **result_context(self.batch, request.GET, self.viewer)},
        )


class ImportProgressView(ImportPage):
    """The fragment that the two pages poll; when the job has ended it leads to the page that follows."""

    def get(self, request: HttpRequest) -> HttpResponse:
        working = self.batch.is_working and not self.batch.has_stopped
        if request.htmx and working:
            return render(
                request, "customers/_import_progress.html", {"batch": self.batch, "job": self.batch.job}
            )
        url = page_of(self.batch)
        return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


class ImportRejectedView(ImportPage):
    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        if self.batch.purged_at or not (self.batch.errors or self.batch.skipped):
            raise Http404
        in_full = actions.take_rejected(self.batch, viewer=self.viewer)
        return StreamingHttpResponse(
            _within(self.batch, get_language(), in_full=in_full),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="rejected-{self.batch.pk.hex[:8]}.csv"',
                "Cache-Control": "no-store",
            },
        )


def _within(batch: ImportBatch, language: str | None, *, in_full: bool) -> Iterator[bytes]:
    # Context and language of the page are gone by the time the server asks for the first line.
    with organization_context(batch.organization_id), override(language):
        yield from rejected_csv(batch, in_full=in_full)


class ImportRevertView(ImportPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.batch.can_revert:
            return redirect(page_of(self.batch))
        return render(request, "customers/import_revert.html", {"batch": self.batch})

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            batch = actions.start_revert(self.batch, actor=self.viewer.membership)
        except WrongImportStatus:
            return self.refused()
        return redirect(page_of(batch))


class ImportDiscardView(ImportPage):
    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            actions.discard_import(self.batch)
        except WrongImportStatus:
            return self.refused()
        toast(request, _("The import was discarded; file and rows are destroyed."))
        return redirect(organization_url("customers:imports"))

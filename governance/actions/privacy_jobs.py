"""The background half of privacy requests: packages made, customers erased."""

import io
import json
import re
import uuid
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import xlsxwriter
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone

from customers.actions.erasure import ErasureBlocked, erase_customer
from customers.queries.privacy import Section, attachments_about, same_human, sections_about
from governance.actions.data_request import change_request_status
from governance.actions.privacy_policy import policy_in_force
from governance.enums import RequestStatus
from governance.models import DataRequest
from tenancy.links import organization_url
from workspace.files import DamagedFile, store
from workspace.models import Attachment, Job
from workspace.progress import JobFailed, Progress

_CHUNK = 256 * 1024
_LONGEST_SHEET_NAME, _LONGEST_CELL = 31, 32_767
_UNFIT = re.compile(r"[\[\]:*?/\\']")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def page_of(job: Job) -> str:
    return organization_url("governance:request", pk=uuid.UUID(job.params["request"]))


def make_package(job: Job, progress: Progress) -> Mapping[str, Any]:
    """A ZIP of everything about the customer: JSON for machines, HTML and XLSX for people, and the files."""
    with progress.batch():
        request = _working(job)
        ids = same_human(_subject(request))
        sections, attachments = list(sections_about(ids)), attachments_about(ids)
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("data.json", as_json(sections))
            package.writestr("data.html", as_html(request, sections))
            package.writestr("data.xlsx", as_xlsx(sections))
            missing = _add_files(package, attachments)
        content.seek(0)
        package_file = store(content, name=f"{request.number}.zip")
        until = timezone.localdate() + timedelta(days=policy_in_force().package_days)
        rows = sum(len(section.rows) for section in sections)
        outcome = {"rows": rows, "files": len(attachments) - missing, "missing_files": missing}
        change_request_status(
            request, RequestStatus.DONE, package=package_file, package_until=until, outcome=outcome
        )
        progress.checkpoint(done=1, total=1)
    return outcome


def erase(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Destroy the customer on all floors, in one transaction: it is gone everywhere or nowhere."""
    with progress.batch():
        request = _working(job)
        try:
            outcome = erase_customer(_subject(request), reason=request.number)
        except ErasureBlocked as blocked:
            raise JobFailed("blocked", reasons=len(blocked.reasons)) from None
        request.refresh_from_db()
        change_request_status(request, RequestStatus.DONE, outcome=outcome)
        progress.checkpoint(done=1, total=1)
    return outcome


def as_json(sections: Iterable[Section]) -> str:
    """{kind: [{column: value}]}"""
    told = {
        section.key: [dict(zip(section.columns, row, strict=True)) for row in section.rows]
        for section in sections
    }
    return json.dumps(told, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)


def as_html(request: DataRequest, sections: Iterable[Section]) -> str:
    return render_to_string(
        "governance/package.html", {"number": request.number, "sections": sections, "made": timezone.now()}
    )


def as_xlsx(sections: Sequence[Section]) -> bytes:
    """A workbook with a sheet for each kind; everything as text, nothing that a spreadsheet would run."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    bold = book.add_format({"bold": True})
    for number, section in enumerate(sections, start=1):
        sheet = book.add_worksheet(f"{number} {_UNFIT.sub(' ', section.label)}"[:_LONGEST_SHEET_NAME])
        lines = [section.columns, *section.rows]
        for at, line in enumerate(lines):
            for column, value in enumerate(line):
                if value is not None:
                    sheet.write_string(at, column, _cell(value), bold if at == 0 else None)
    if not sections:
        book.add_worksheet()
    book.close()
    return target.getvalue()


def _cell(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
    if isinstance(value, datetime):
        text = timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    return _UNWRITABLE.sub("", text)[:_LONGEST_CELL]


def _add_files(package: zipfile.ZipFile, attachments: Iterable[Attachment]) -> int:
    """Answers how many could not be read any more."""
    missing = 0
    for place, attachment in enumerate(attachments, start=1):
        try:
            with attachment.file.open() as source:
                with package.open(f"files/{place:03d}-{attachment.file.name or 'file'}", "w") as target:
                    while chunk := source.read(_CHUNK):
                        target.write(chunk)
        except DamagedFile:
            missing += 1
    return missing


def _working(job: Job) -> DataRequest:
    request = DataRequest.objects.select_related("customer").filter(pk=job.params["request"]).first()
    if request is None or request.status != RequestStatus.WORKING:
        raise JobFailed("moved_on")
    return request


def _subject(request: DataRequest) -> Any:
    if request.customer is None:
        raise JobFailed("moved_on")
    return request.customer

"""Files to import, and the way through an import without a browser."""

import io
import os
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from customers.actions.import_batch import start_apply, start_check, start_revert, upload_import
from customers.enums import ImportStatus
from customers.importing.options import Options
from customers.models import ImportBatch
from tenancy.context import organization_context
from workspace.runner import drain

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def shared_file(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{path} is missing")
        pytest.skip(f"{path} is missing")
    return path


def csv_bytes(*lines: str, encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    return (end.join(lines) + end).encode(encoding)


def stream(data: bytes) -> io.BytesIO:
    return io.BytesIO(data)


def xlsx_bytes(rows, *, sheet="Sheet1", more=(), formats=None) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    for name, content in ((sheet, rows), *more):
        page = book.add_worksheet(name)
        for number, row in enumerate(content):
            for column, value in enumerate(row):
                chosen = (
                    book.add_format({"num_format": formats[column]})
                    if formats and column in formats
                    else None
                )
                page.write(number, column, value, chosen)
    book.close()
    return target.getvalue()


def package(parts: dict[str, str | bytes]) -> bytes:
    """A workbook made by hand."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(sheet_xml: str, **more: str | bytes) -> bytes:
    """The smallest workbook around a sheet's XML."""
    relationships = "http://schemas.openxmlformats.org/package/2006/relationships"
    return package(
        {
            "_rels/.rels": f'<Relationships xmlns="{relationships}"><Relationship Id="a" Type="{OFFICE}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="b"/>'
            "</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relationships}"><Relationship Id="b"'
            f' Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": sheet_xml,
            **more,
        }
    )


class Walk:
    """An import from upload to revert, as `member` of `organization`; each step runs its job at once."""

    def __init__(self, organization, member) -> None:
        self.organization, self.member = organization, member
        self.pk = None

    @property
    def batch(self) -> ImportBatch:
        return ImportBatch.objects.get(pk=self.pk)

    def upload(self, data: bytes, name: str = "customers.csv") -> "Walk":
        with organization_context(self.organization, actor=self.member):
            self.pk = upload_import(stream(data), name, actor=self.member).pk
        return self

    def check(self, mapping=None, **options) -> "Walk":
        with organization_context(self.organization, actor=self.member):
            batch = self.batch
            chosen = Options.from_json({**batch.options, **options})
            start_check(batch, mapping or batch.mapping, chosen, actor=self.member)
        drain(self.organization)
        return self

    def apply(self) -> "Walk":
        with organization_context(self.organization, actor=self.member):
            start_apply(self.batch, actor=self.member)
        drain(self.organization)
        return self

    def revert(self) -> "Walk":
        with organization_context(self.organization, actor=self.member):
            start_revert(self.batch, actor=self.member)
        drain(self.organization)
        return self

    def counts(self) -> tuple[int, int, int, int]:
        batch = self.batch
        return batch.new, batch.updates, batch.skipped, batch.errors

    def problems(self) -> dict[int, list[str]]:
        rows = self.batch.staged.exclude(problems=None).order_by("number")
        return {row.number: [problem[0] for problem in row.problems] for row in rows}


def import_batches():
    """Makers of an import that waits for its columns, one that waits to be applied, and one that is done."""

    def uploaded(owner):
        return upload_import(stream(csv_bytes("姓名,手机", "王小明,13812345678")), "名单-7.csv", actor=owner)

    def brought_to(status):
        def make(owner):
            batch = uploaded(owner)
            batch.status, batch.rows, batch.new, batch.errors = status, 2, 1, 1
            batch.save()
            return batch

        return make

    return uploaded, brought_to(ImportStatus.STAGED), brought_to(ImportStatus.APPLIED)

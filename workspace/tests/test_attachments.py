import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from tenancy.context import organization_context
from tenancy.db import uuid7
from tenancy.links import organization_url
from workspace import sniffing, upkeep
from workspace.actions.attachment import add_attachment, delete_attachment
from workspace.files import path_of
from workspace.models import Attachment, StoredFile
from workspace.sniffing import FileRefused, sniff
from workspace.tests.conftest import signed_in
from workspace.tests.factories import PNG, make_attachment, make_folder

pytestmark = pytest.mark.django_db


def office(name: str, *more: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for part in (name, *more):
            archive.writestr(part, "x")
    return buffer.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
ACCEPTED = [
    ("a.pdf", b"%PDF-1.7 ...", sniffing.PDF),
    ("a.PNG", PNG, "image/png"),
    ("a.jpeg", b"\xff\xd8\xff\xe0....", "image/jpeg"),
    ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
    ("a.gif", b"GIF89a..", "image/gif"),
    ("a.docx", office("word/document.xml"), sniffing.DOCX),
    ("a.xlsx", office("xl/workbook.xml"), sniffing.XLSX),
    ("a.txt", "你好，世界".encode("gb18030"), sniffing.TEXT),
    ("a.csv", "姓名,电话".encode(), sniffing.CSV),
]
REFUSED = [
    ("a.svg", SVG),
    ("a.png", SVG),
    ("a.html", HTML),
    ("a.png", HTML),
    ("a.txt", HTML),
    ("a.csv", b"\xef\xbb\xbf" + HTML),
    ("a.txt", b"  \n <ScRiPt>alert(1)</script>"),
    ("a.sh", b"#!/bin/sh\nrm -rf /"),
    ("a.txt", b"#!/bin/sh\nrm -rf /"),
    ("a.exe", b"MZ\x90\x00"),
    ("a.pdf", b"MZ\x90\x00"),
    ("a.pdf", PNG),
    ("a.png", b"%PDF-1.7"),
    ("a.docx", office("xl/workbook.xml")),
    ("a.docx", office("word/document.xml", "word/vbaProject.bin")),
    ("a.xlsx", b"PK\x03\x04 broken"),
    ("a.zip", office("anything")),
    ("a.png.exe", PNG),
    ("png", PNG),
    ("a.txt", b"\x00\x01\x02"),
    ("a.txt", b""),
    ("", b"text"),
]


@pytest.mark.parametrize(("name", "content", "content_type"), ACCEPTED)
def test_accepted(name, content, content_type):
    stream = io.BytesIO(content)
    assert (sniff(stream, name), stream.tell()) == (content_type, 0)


@pytest.mark.parametrize(("name", "content"), REFUSED)
def test_refused(name, content):
    with pytest.raises(FileRefused):
        sniff(io.BytesIO(content), name)


def upload(browser, folder, *files, **data):
    chosen = [SimpleUploadedFile(name, content, "text/html") for name, content in files]
    url = organization_url("workspace:folder", pk=folder.pk)
    return browser.post(url, {"files": chosen, "id": str(uuid7()), **data})


def test_upload_and_download(browser, owner):
    folder = make_folder(owner)
    answer = upload(browser, folder, ("会议 纪要.txt", b"text"), ("b.png", PNG))
    assert answer.status_code == 302
    note = Attachment.objects.get(folder=folder, content_type="text/plain")
    page = browser.get(organization_url("workspace:attachment", pk=note.pk))
    assert b"".join(page.streaming_content) == b"text"
    assert page["Content-Disposition"].startswith("attachment; filename*=utf-8''%E4%BC%9A%E8%AE%AE")
    assert page["Content-Type"] == "text/plain"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert page["Cache-Control"] == "private, no-store"


def test_a_lost_content_is_told_and_logged(browser, owner, caplog):
    image = make_attachment(owner)
    path_of(image.file).unlink()
    address = organization_url("workspace:attachment", pk=image.pk)
    for query in ("", "?inline=1"):
        answer = browser.get(address + query)
        assert answer.headers["Location"] == organization_url("workspace:folder", pk=image.folder_id)
    assert [record.levelname for record in caplog.records if "not on the disk" in record.message] == [
        "ERROR"
    ] * 2
    assert "bring it back from a backup" in browser.get(answer.headers["Location"]).content.decode()


def test_only_images_are_shown_in_the_page(browser, owner):
    image = make_attachment(owner)
    text = make_attachment(owner, "a.txt", b"text", content_type="text/plain")
    shown = [
        browser.get(organization_url("workspace:attachment", pk=one.pk) + "?inline=1")["Content-Disposition"]
        for one in (image, text)
    ]
    assert [value.split(";")[0] for value in shown] == ["inline", "attachment"]


def test_a_refused_file_is_named_and_the_others_are_kept(browser, owner):
    folder = make_folder(owner)
    answer = upload(browser, folder, ("good.txt", b"text"), ("../../evil.png", HTML))
    assert answer.status_code == 422
    assert "evil.png" in answer.content.decode()
    assert [one.file.name for one in folder.attachments.select_related("file")] == ["good.txt"]


def test_too_large(browser, owner, settings):
    settings.ATTACHMENT_MAX_BYTES = 10
    folder = make_folder(owner)
    assert upload(browser, folder, ("a.txt", b"x" * 11)).status_code == 422
    assert StoredFile.objects.count() == 0


def test_the_same_form_twice_adds_the_files_once(browser, owner):
    folder, key = make_folder(owner), str(uuid7())
    for _time in range(2):
        assert upload(browser, folder, ("a.txt", b"a"), ("b.txt", b"b"), id=key).status_code == 302
    assert folder.attachments.count() == 2


def test_a_colleague_and_a_stranger_find_nothing(owner, colleague, stranger, ours, theirs):
    attachment = make_attachment(owner)
    urls = [
        organization_url("workspace:attachment", pk=attachment.pk),
        organization_url("workspace:folder", pk=attachment.folder_id),
    ]
    for url in urls:
        assert signed_in(colleague).get(url).status_code == 404
        assert signed_in(stranger).get(url).status_code == 404
        assert signed_in(stranger).get(url.replace("/ours/", "/theirs/")).status_code == 404


def test_who_may_see_but_not_add(owner, admin):
    folder = make_folder(owner)
    page = signed_in(admin).get(organization_url("workspace:folder", pk=folder.pk))
    assert (page.status_code, b'type="file"' in page.content) == (200, False)
    assert upload(signed_in(admin), folder, ("a.txt", b"text")).status_code == 403


def test_deleted_and_brought_back(browser, owner):
    attachment = make_attachment(owner)
    url = organization_url("workspace:attachment", pk=attachment.pk)
    browser.post(f"{url}delete/")
    assert browser.get(url).status_code == 404
    browser.post(f"{url}restore/")
    assert browser.get(url).status_code == 200


def test_the_fragment_is_the_widget_alone(browser, owner):
    folder = make_folder(owner)
    page = browser.get(organization_url("workspace:folder", pk=folder.pk), headers={"HX-Request": "true"})
    assert page.content.strip().startswith(b'<div class="folder')


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_a_folder(browser, owner, count, django_assert_num_queries):
    folder = make_folder(owner)
    for _number in range(count):
        make_attachment(owner, folder=folder)
    url = organization_url("workspace:folder", pk=folder.pk)
    browser.get(url)
    with django_assert_num_queries(FOLDER_QUERIES):
        browser.get(url)


FOLDER_QUERIES = 14


def test_the_night_clears_what_was_deleted_long_ago(ours, owner, django_capture_on_commit_callbacks):
    old, recent, kept = (make_attachment(owner) for _number in range(3))
    delete_attachment(recent)
    Attachment.objects.filter(pk=old.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):
        upkeep.clear_files(ours.pk)
    with organization_context(ours):
        assert set(Attachment.objects.all()) == {recent, kept}
        assert StoredFile.objects.count() == 2


def test_the_reason_is_told_in_both_languages(owner):
    folder = make_folder(owner)
    for language in ("en", "zh-hans"):
        with translation.override(language), pytest.raises(FileRefused) as refusal:
            add_attachment(folder, SimpleUploadedFile("a.png", HTML), actor=owner, id=uuid7())
        assert "png" in str(refusal.value)

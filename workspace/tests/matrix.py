"""Workspace's pages for `tenancy/tests/test_matrix.py`."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tenancy.tests.matrix import Case
from workspace.actions.attachment import delete_attachment
from workspace.tests.factories import (
    JobFactory,
    NotificationFactory,
    SavedViewFactory,
    make_attachment,
    make_folder,
)


def _job(**traits):
    return lambda owner: JobFactory(requested_by=owner, **traits)


def _deleted(owner):
    attachment = make_attachment(owner)
    delete_attachment(attachment)
    return attachment


def _note(owner):
    return NotificationFactory(recipient=owner)


def _view(owner):
    return SavedViewFactory(owner=owner)


def _upload(row) -> dict:
    return {"files": SimpleUploadedFile("notes.txt", b"text")}


def _job_in_list(owner) -> str:
    return str(JobFactory(requested_by=owner).pk)


def _note_in_list(owner) -> str:
    return str(NotificationFactory(recipient=owner).pk)


def _view_in_list(owner) -> str:
    return SavedViewFactory(owner=owner, name="只有我知道的视图").name


CASES = {
    "workspace:jobs": Case(None, whose="scoped", shows=_job_in_list),
    "workspace:job": Case(None, _job(), "scoped"),
    "workspace:job_progress": Case(None, _job(), "scoped"),
    "workspace:job_cancel": Case(None, _job(), "scoped", get=405, post=302),
    "workspace:job_retry": Case(None, _job(failed=True), "scoped", get=405, post=302),
    "workspace:notifications": Case(None, whose="personal", shows=_note_in_list),
    "workspace:notifications_read": Case(None, get=405, post=302),
    "workspace:notification": Case(None, _note, "personal", get=302),
    "workspace:notification_read": Case(None, _note, "personal", get=405, post=302),
    "workspace:folder": Case(None, make_folder, "scoped", post=302, data=_upload),
    "workspace:attachment": Case(None, make_attachment, "scoped"),
    "workspace:attachment_delete": Case(None, make_attachment, "scoped", get=405, post=302),
    "workspace:attachment_restore": Case(None, _deleted, "scoped", get=405, post=302),
    "workspace:views": Case(None, whose="personal", shows=_view_in_list),
    "workspace:view_create": Case(
        None, post=302, data={"name": "新视图", "page": "customers", "query": "a=b"}
    ),
    "workspace:view_edit": Case(None, _view, "personal", post=302, data={"name": "改名"}),
    "workspace:view_delete": Case(None, _view, "personal", get=405, post=302),
    "workspace:view_move": Case(None, _view, "personal", get=405, post=302, data={"direction": "up"}),
    "workspace:palette": Case(None),
}

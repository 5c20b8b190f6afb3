import io

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from tenancy.tests.factories import MembershipFactory
from workspace import files
from workspace.enums import JobStatus
from workspace.models import Attachment, AttachmentFolder, Job, Notification, SavedView
from workspace.tests import kinds

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


class JobFactory(DjangoModelFactory):
    """A job as it lies in the table, without ringing anybody."""

    class Meta:
        model = Job

    kind = kinds.STEPS
    params = factory.LazyFunction(lambda: {"steps": 2})
    requested_by = factory.SubFactory(MembershipFactory)
    due_at = factory.LazyFunction(timezone.now)

    class Params:
        running = factory.Trait(
            status=JobStatus.RUNNING,
            attempts=1,
            started_at=factory.LazyFunction(timezone.now),
            heartbeat_at=factory.LazyFunction(timezone.now),
        )
        succeeded = factory.Trait(
            status=JobStatus.SUCCEEDED, attempts=1, finished_at=factory.LazyFunction(timezone.now)
        )
        failed = factory.Trait(
            status=JobStatus.FAILED,
            attempts=1,
            error="bad_row",
            error_params={"row": 7},
            finished_at=factory.LazyFunction(timezone.now),
        )


class NotificationFactory(DjangoModelFactory):
    class Meta:
        model = Notification

    recipient = factory.SubFactory(MembershipFactory)
    kind = "due_failed"
    params = factory.LazyFunction(lambda: {"due_kind": "files", "attempts": 3})


class SavedViewFactory(DjangoModelFactory):
    class Meta:
        model = SavedView

    page = "customers"
    name = factory.Sequence(lambda n: f"视图 {n}")
    owner = factory.SubFactory(MembershipFactory)
    query = "status=active"


def make_folder(owner) -> AttachmentFolder:
    """A folder that belongs to a job of `owner`."""
    folder = AttachmentFolder.objects.create(kind=kinds.FOLDER)
    JobFactory(requested_by=owner, succeeded=True, params={"folder": str(folder.pk)})
    return folder


def make_attachment(owner, name: str = "照片.png", content: bytes = PNG, **fields) -> Attachment:
    folder = fields.pop("folder", None) or make_folder(owner)
    stored = files.store(io.BytesIO(content), name=name)
    fields = {"content_type": "image/png", "uploaded_by": owner, **fields}
    return Attachment.objects.create(folder=folder, file=stored, **fields)

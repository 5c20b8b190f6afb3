from workspace.models.attachment import Attachment, AttachmentFolder
from workspace.models.file import StoredFile
from workspace.models.job import Job
from workspace.models.notification import Notification
from workspace.models.saved_view import SavedView

__all__ = ["Attachment", "AttachmentFolder", "Job", "Notification", "SavedView", "StoredFile"]

import uuid

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import trigger_client_event

from tenancy.db import uuid7
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from workspace.actions.attachment import add_attachment, delete_attachment, restore_attachment
from workspace.models import Attachment, AttachmentFolder
from workspace.sniffing import ACCEPT, FileRefused
from workspace.toasts import htmx_toast, toast
from workspace.views.stored import open_or_tell

MOST_AT_ONCE = 10


class FolderView(OrganizationView):
    """The files of one row: a page, and the widget that the row's own page loads. The folder's kind says who
    may see it.
    """

    permission_required = None

    def get(self, request: HttpRequest, pk) -> HttpResponse:
        return self.show(find_folder(self.viewer, pk))

    def post(self, request: HttpRequest, pk) -> HttpResponse:
        folder = find_folder(self.viewer, pk)
        if not folder.spec.may_add(self.viewer, folder):
            raise PermissionDenied
        added, errors = self.add(folder)
        text = ngettext("%(n)s file uploaded.", "%(n)s files uploaded.", added) % {"n": added}
        if errors or request.htmx:
            response = self.show(folder, errors)
            return trigger_client_event(response, "toast", htmx_toast(text)) if added else response
        toast(request, text)
        return redirect(organization_url("workspace:folder", pk=folder.pk))

    def add(self, folder: AttachmentFolder) -> tuple[int, list[str]]:
        uploads, errors = self.request.FILES.getlist("files"), []
        if not uploads:
            errors.append(_("Choose a file."))
        if len(uploads) > MOST_AT_ONCE:
            errors.append(_("Upload at most %(n)s files at once.") % {"n": MOST_AT_ONCE})
            uploads = []
        first, added = _form_key(self.request.POST.get("id", "")), 0
        for place, upload in enumerate(uploads):
            key = uuid.UUID(int=first.int + place)
            try:
                add_attachment(folder, upload, actor=self.viewer.membership, id=key)
                added += 1
            except FileRefused as refusal:
                errors.append(_("%(what)s: %(why)s") % {"what": upload.name, "why": refusal})
        return added, errors

    def show(self, folder: AttachmentFolder, errors: list[str] | None = None) -> HttpResponse:
        attachments = folder.attachments.present().select_related("file", "uploaded_by").order_by("-id")
        context = {
            "folder": folder,
            "attachments": attachments,
            "may_add": folder.spec.may_add(self.viewer, folder),
            "errors": errors,
            "form_key": uuid7(),
            "accept": ACCEPT,
        }
        name = "_folder" if self.request.htmx else "folder"
        return render(self.request, f"workspace/{name}.html", context, status=422 if errors else 200)


class AttachmentView(OrganizationView):
    """One file, for those who may see its folder."""

    permission_required = None
    deleted = False

    def get_attachment(self) -> Attachment:
        rows = Attachment.objects.filter(deleted_at__isnull=not self.deleted)
        attachment = get_object_or_404(rows.select_related("file", "folder"), pk=self.kwargs["pk"])
        if not attachment.folder.spec.may_view(self.viewer, attachment.folder):
            raise Http404
        return attachment

    def get_changeable(self) -> Attachment:
        attachment = self.get_attachment()
        if not attachment.folder.spec.may_add(self.viewer, attachment.folder):
            raise PermissionDenied
        return attachment

    def back(self, attachment: Attachment) -> HttpResponse:
        return redirect(organization_url("workspace:folder", pk=attachment.folder_id))


class AttachmentFileView(AttachmentView):
    """The content. Images may be shown in the page (`?inline=1`), everything else is saved; nothing runs."""

    def get(self, request: HttpRequest, pk) -> HttpResponse:
        attachment = self.get_attachment()
        inline = attachment.is_image and "inline" in request.GET
        stream = open_or_tell(request, attachment.file)
        if stream is None:
            return self.back(attachment)
        response = FileResponse(
            stream,
            as_attachment=not inline,
            filename=attachment.file.name,
            content_type=attachment.content_type,
        )
        response["Content-Length"] = attachment.file.size
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response["Cache-Control"] = "private, no-store"
        return response


class AttachmentDeleteView(AttachmentView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk) -> HttpResponse:
        attachment = self.get_changeable()
        delete_attachment(attachment)
        undo = organization_url("workspace:attachment_restore", pk=attachment.pk)
        text = _("%(name)s was deleted.") % {"name": attachment.file.name}
        if request.htmx:
            response = HttpResponse("")
            return trigger_client_event(response, "toast", htmx_toast(text, undo))
        toast(request, text, undo_url=undo)
        return self.back(attachment)


class AttachmentRestoreView(AttachmentView):
    http_method_names = ["post"]
    deleted = True

    def post(self, request: HttpRequest, pk) -> HttpResponse:
        attachment = self.get_changeable()
        restore_attachment(attachment)
        return self.back(attachment)


def find_folder(viewer, pk) -> AttachmentFolder:
    folder = get_object_or_404(AttachmentFolder, pk=pk)
    if not folder.spec.may_view(viewer, folder):
        raise Http404
    return folder


def _form_key(text: str) -> uuid.UUID:
    try:
        key = uuid.UUID(text)
    except ValueError:
        return uuid7()
    return key if key.version == 7 else uuid7()

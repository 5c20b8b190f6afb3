from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from workspace.actions.notification import mark_all_read, mark_read
from workspace.models import Notification
from workspace.paging import newest_first
from workspace.toasts import toast


class NotificationView(OrganizationView):
    """One's own notes, nobody else's."""

    permission_required = None

    def get_queryset(self):
        return Notification.objects.filter(recipient=self.viewer.membership)

    def get_notification(self) -> Notification:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])


class NotificationListView(NotificationView):
    def get(self, request: HttpRequest) -> HttpResponse:
        everything = request.GET.get("show") == "all"
        notes = self.get_queryset() if everything else self.get_queryset().unread()
        page = newest_first(notes, request.GET.get("before", ""))
        context = {
            "page": page,
            "everything": everything,
            "tabs": _tabs(everything),
            "older_url": _older(page.older, everything),
        }
        name = "_notification_list" if request.htmx else "notifications"
        return render(request, f"workspace/{name}.html", context)


def _tabs(everything: bool) -> list[dict]:
    url = organization_url("workspace:notifications")
    return [
        {"label": _("Unread"), "url": url, "current": not everything},
        {"label": _("All"), "url": f"{url}?show=all", "current": everything},
    ]


def _older(before: str, everything: bool) -> str:
    return f"?show={'all' if everything else 'unread'}&before={before}" if before else ""


class NotificationOpenView(NotificationView):
    """Leads to what the note is about; the note counts as read from then on."""

    def get(self, request: HttpRequest, pk) -> HttpResponse:
        notification = self.get_notification()
        mark_read(notification)
        return redirect(notification.url)


class NotificationReadView(NotificationView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk) -> HttpResponse:
        mark_read(self.get_notification())
        return redirect(organization_url("workspace:notifications"))


class NotificationReadAllView(NotificationView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        count = mark_all_read(self.viewer.membership)
        toast(
            request,
            ngettext("%(n)s notification marked as read.", "%(n)s notifications marked as read.", count)
            % {"n": count},
        )
        return redirect(organization_url("workspace:notifications"))

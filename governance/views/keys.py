"""Which keys of encryption are in use, and changing to the newest."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from governance.actions import key_rotation
from governance.actions.privacy_policy import MANAGE
from governance.queries.key_use import key_lines, kind_lines, left_on_old_keys
from governance.views.privacy_tabs import tabs_for
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from tenancy.views.pages import WholeOrganizationMixin
from workspace.enums import JobStatus
from workspace.models import Job
from workspace.toasts import toast


class KeysView(WholeOrganizationMixin, OrganizationView):
    """Shows what the last count found; POST has it counted, or everything written under the newest key."""

    permission_required = MANAGE

    def get(self, request: HttpRequest) -> HttpResponse:
        kinds = (key_rotation.ROTATE, key_rotation.COUNT)
        jobs = list(Job.objects.filter(kind__in=kinds).select_related("requested_by").order_by("-id")[:10])
        last = next((job for job in jobs if job.status == JobStatus.SUCCEEDED), None)
        context = {
            "under_way": next((job for job in jobs if job.is_active), None),
            "stopped": jobs[0] if jobs and jobs[0].can_retry else None,
            "last": last,
            "tabs": tabs_for(self.viewer, "keys"),
            **_found(last),
        }
        return render(request, "governance/keys.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("what") == "rotate":
            key_rotation.start_rotation(actor=self.viewer.membership)
            toast(request, _("Everything is being written under the newest key."))
        else:
            key_rotation.start_count(actor=self.viewer.membership)
            toast(request, _("The keys in use are being counted."))
        return redirect(organization_url("governance:keys"))


def _found(last: Job | None) -> dict[str, Any]:
    counted = last.result["counted"] if last else {}
    return {
        "lines": key_lines(counted),
        "kinds": kind_lines(counted),
        "left": left_on_old_keys(counted),
        "several": len(settings.FIELD_KEYS) > 1,
    }

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from workspace.actions.job import WrongJobStatus, cancel_job, retry_job
from workspace.enums import JobStatus
from workspace.models import Job
from workspace.paging import newest_first
from workspace.queries.job import jobs_for
from workspace.toasts import toast


def may_change(viewer, job: Job) -> bool:
    """One's own, or within the right to look after background work; and only what one might start oneself."""
    reach = viewer.reach("workspace.change_job")
    near = job.requested_by_id == viewer.membership.pk or bool(reach and reach.covers(job.requested_by_id))
    return near and (not job.spec.permission or viewer.can(job.spec.permission))


class JobView(OrganizationView):
    """A page of one job: the viewer's own, or one that the right to see jobs reaches."""

    permission_required = None

    def get_job(self) -> Job:
        return get_object_or_404(jobs_for(self.viewer).select_related("requested_by"), pk=self.kwargs["pk"])

    def show(self, job: Job, template: str) -> HttpResponse:
        return render(self.request, template, {"job": job, "may_change": may_change(self.viewer, job)})


class JobListView(OrganizationView):
    permission_required = None

    def get(self, request: HttpRequest) -> HttpResponse:
        jobs = jobs_for(self.viewer).select_related("requested_by")
        status = request.GET.get("status", "")
        if status == "active":
            jobs = jobs.active()
        elif status in JobStatus.values:
            jobs = jobs.filter(status=status)
        page = newest_first(jobs, request.GET.get("before", ""))
        context = {"page": page, "tabs": _tabs(status), "older_url": _older(page.older, status)}
        return render(request, "workspace/jobs.html", context)


def _tabs(status: str) -> list[dict]:
    url = organization_url("workspace:jobs")
    labels = {"": _("All"), "active": _("In progress"), JobStatus.FAILED: _("Failed")}
    return [
        {"label": label, "url": f"{url}?status={key}" if key else url, "current": key == status}
        for key, label in labels.items()
    ]


def _older(before: str, status: str) -> str:
    return f"?status={status}&before={before}" if before else ""


class JobDetailView(JobView):
    def get(self, request: HttpRequest, pk) -> HttpResponse:
        return self.show(self.get_job(), "workspace/job.html")


class JobProgressView(JobView):
    """What the page asks for every second while the job is active; a page of its own without htmx.

    The last answer tells the page, which then fetches anew what it says about the result.
    """

    def get(self, request: HttpRequest, pk) -> HttpResponse:
        job = self.get_job()
        if not request.htmx:
            return self.show(job, "workspace/job.html")
        answer = self.show(job, "workspace/_job_progress.html")
        if not job.is_active:
            trigger_client_event(answer, "job-over", after="settle")
        return answer


class JobActionView(JobView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk) -> HttpResponse:
        job = self.get_job()
        if not may_change(self.viewer, job):
            raise PermissionDenied
        try:
            self.act(job)
        except WrongJobStatus:
            toast(request, _("The job has moved on meanwhile."), level="warning")
        return redirect(organization_url("workspace:job", pk=job.pk))

    def act(self, job: Job) -> None:
        raise NotImplementedError


class JobCancelView(JobActionView):
    def act(self, job: Job) -> None:
        job = cancel_job(job)
        running = job.status == JobStatus.RUNNING
        toast(self.request, _("It stops after the current step.") if running else _("Cancelled."))


class JobRetryView(JobActionView):
    def act(self, job: Job) -> None:
        retry_job(job)
        toast(self.request, _("Started again."))

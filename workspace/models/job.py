from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel
from tenancy.models.base import TenantManager, TenantQuerySet
from workspace.enums import JobStatus
from workspace.registry import JobKind, job_kinds


class JobQuerySet(TenantQuerySet):
    def active(self) -> "JobQuerySet":
        return self.filter(status__in=JobStatus.ACTIVE)


class Job(TenantModel):
    """Work in the background. The row is the truth; the queue only wakes a worker.

    `params`, `state`, `result` and `error_params` hold ids, counts and codes: never personal data.
    """

    audit_exempt = "progress: changes every second; what a job writes is audited where it is written"
    scope_field = "requested_by"

    kind = models.CharField(_("kind"), max_length=60)
    status = models.CharField(_("status"), max_length=10, choices=JobStatus.choices, default=JobStatus.QUEUED)
    requested_by = TenantForeignKey(
        "tenancy.Membership",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("requested by"),
    )
    params = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    result = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    stage = models.CharField(max_length=40, blank=True)
    error = models.CharField(max_length=60, blank=True)
    error_params = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(_("started"), null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = TenantManager.from_queryset(JobQuerySet)()

    class Meta:
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=JobStatus.FINISHED, finished_at__isnull=False)
                | Q(status__in=JobStatus.ACTIVE, finished_at=None),
                name="workspace_job_finished",
                violation_error_message=_("A job has an end when, and only when, it is finished."),
            ),
            models.CheckConstraint(
                condition=~Q(status=JobStatus.RUNNING) | Q(heartbeat_at__isnull=False),
                name="workspace_job_heartbeat",
                violation_error_message=_("A running job shows that it is alive."),
            ),
            models.CheckConstraint(
                condition=Q(status=JobStatus.FAILED) ^ Q(error=""),
                name="workspace_job_error",
                violation_error_message=_("A failed job, and no other, says why."),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "requested_by", "-id"], name="workspace_job_person"),
            models.Index(
                fields=["organization", "due_at"],
                name="workspace_job_active",
                condition=Q(status__in=JobStatus.ACTIVE),
            ),
        ]

    def __str__(self) -> str:
        return str(self.spec.label)

    @property
    def spec(self) -> JobKind:
        return job_kinds[self.kind]

    @property
    def is_active(self) -> bool:
        return self.status in JobStatus.ACTIVE

    @property
    def can_cancel(self) -> bool:
        return self.is_active and self.spec.cancellable and not self.cancel_requested

    @property
    def can_retry(self) -> bool:
        return self.status in (JobStatus.FAILED, JobStatus.CANCELLED) and self.spec.retryable

    @property
    def stage_label(self) -> str:
        """What it is doing, in the reader's language; "" when there is nothing to say."""
        return str(self.spec.stages.get(self.stage, ""))

    @property
    def error_text(self) -> str:
        """Why it failed, in the reader's language."""
        return describe_error(self.spec, self.error, self.error_params)

    @property
    def url(self) -> str:
        """Where what came out of it can be seen; "" when nowhere but on the job's own page."""
        return self.spec.url(self)


def describe_error(kind: JobKind, code: str, params: Mapping[str, Any]) -> str:
    """An error code in the language in force; "" for an unknown one."""
    message = {**COMMON_ERRORS, **kind.errors}.get(code)
    return str(message) % params if message else ""


COMMON_ERRORS = {
    "crashed": _("An unexpected error stopped it %(attempts)s times. We have kept the details; try later."),
    "stopped": _("It was interrupted %(attempts)s times, so we stopped trying. Try again later."),
    "interrupted": _(
        "It was interrupted and cannot go on by itself. Check what it has done, then start again."
    ),
    "too_large": _("The file is too large."),
}

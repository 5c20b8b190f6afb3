"""Notifications of workspace's own, put into words in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from tenancy.links import organization_url
from workspace.models.job import describe_error
from workspace.registry import due_kinds, job_kinds


def job_succeeded(params: Mapping[str, Any]) -> str:
    return _("%(job)s is done.") % {"job": job_kinds[params["job_kind"]].label}


def job_failed(params: Mapping[str, Any]) -> str:
    kind = job_kinds[params["job_kind"]]
    reason = describe_error(kind, params["error"], params["error_params"])
    return _("%(job)s failed. %(reason)s") % {"job": kind.label, "reason": reason}


def job_url(params: Mapping[str, Any]) -> str:
    return organization_url("workspace:job", pk=params["job"])


def due_failed(params: Mapping[str, Any]) -> str:
    words = {"work": due_kinds[params["due_kind"]].label, "attempts": params["attempts"]}
    return _("“%(work)s” has failed %(attempts)s times and will be tried again later.") % words


def jobs_url(params: Mapping[str, Any]) -> str:
    return organization_url("workspace:jobs")

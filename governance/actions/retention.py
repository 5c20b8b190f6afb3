"""Retention: rules kept, runs made every night, those who handle privacy warned before."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from governance.actions.privacy_policy import guardians
from governance.enums import RetentionAct, RetentionMode
from governance.models import RetentionRule, RetentionRun
from governance.retention import after, retention_kinds
from tenancy.context import organization_context
from tenancy.counting import COUNTED_FAR, capped_count
from tenancy.models import Membership
from workspace.actions.job import cancel_job, enqueue
from workspace.actions.notification import notify_all
from workspace.models import Job
from workspace.models.job import JobQuerySet
from workspace.progress import JobFailed, Progress

JOB, WARNING = "governance.retention", "governance.retention_warning"
SAMPLE = 20
_COUNT_AT_ONCE = 1000


@transaction.atomic
def save_rule(rule: RetentionRule) -> RetentionRule:
    """Keep a new or changed rule. One that is switched on, or made stricter, acts only after its days of warning."""
    stored = RetentionRule.objects.select_for_update().filter(pk=rule.pk).first()
    if rule.mode != RetentionMode.ON:
        rule.starts_on = None
    elif stored is None or stored.starts_on is None or _is_stricter(rule, stored):
        rule.starts_on = timezone.localdate() + timedelta(days=rule.warn_days)
    rule.save()
    return rule


def _is_stricter(rule: RetentionRule, stored: RetentionRule) -> bool:
    destroys = rule.act == RetentionAct.DESTROY and stored.act != RetentionAct.DESTROY
    return rule.days < stored.days or destroys


def cut_off(rule: RetentionRule) -> datetime:
    """What is older than this is due."""
    return timezone.now() - timedelta(days=rule.days)


def due_count(rule: RetentionRule, *, in_days: int = 0) -> int:
    """How many are due now, or will be in so many days; COUNTED_FAR + 1 stands for more."""
    rows = retention_kinds[rule.kind].due(cut_off(rule) + timedelta(days=in_days))
    return capped_count(rows, COUNTED_FAR)


@transaction.atomic
def start_run(rule: RetentionRule, *, dry: bool, actor: Membership | None) -> Job:
    """Run the rule in the background; leads to the run already under way, if there is one."""
    RetentionRule.objects.select_for_update().get(pk=rule.pk)
    under_way = run_under_way(rule, Job.objects.all())
    return under_way or enqueue(JOB, {"rule": str(rule.pk), "version": rule.version, "dry": dry}, actor=actor)


def run_under_way(rule: RetentionRule, jobs: JobQuerySet) -> Job | None:
    """The run of this rule, among these jobs, that waits or works."""
    return jobs.active().filter(kind=JOB, params__rule=str(rule.pk)).first()


def run_every_night(organization_id: int) -> None:
    """Each rule in force acts on all that is due, not on that of one day alone: a missed night is made up for. Before
    it does, and once a week after, those who handle privacy are told what will be due."""
    with organization_context(organization_id):
        today = timezone.localdate()
        for rule in RetentionRule.objects.exclude(mode=RetentionMode.OFF).order_by("pk"):
            if rule.kind not in retention_kinds:
                continue
            acts = rule.mode == RetentionMode.ON and rule.starts_on is not None and rule.starts_on <= today
            if rule.mode == RetentionMode.ON and rule.warn_days:
                _warn(rule)
            start_run(rule, dry=not acts, actor=None)


def _warn(rule: RetentionRule) -> None:
    count = due_count(rule, in_days=rule.warn_days)
    if not count:
        return
    year, week, _day = timezone.localdate().isocalendar()
    last = timezone.localdate() + timedelta(days=rule.warn_days)
    params = {
        "rule": str(rule.pk),
        "rule_kind": rule.kind,
        "act": rule.act,
        "count": count,
        "upto": last.isoformat(),
    }
    notify_all(guardians(), WARNING, params, key=f"{WARNING}:{rule.pk}:{rule.version}:{year}-{week}")


def run(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Batch by batch, each in a transaction of its own with the count of it; killed, it goes on with the next."""
    with progress.batch():
        rule = RetentionRule.objects.filter(pk=job.params["rule"]).first()
        if rule is None or rule.kind not in retention_kinds:
            raise JobFailed("rule_gone")
        dry = bool(job.params["dry"])
        made, _new = RetentionRun.objects.get_or_create(
            pk=job.pk, defaults={"rule": rule, "dry": dry, "act": rule.act, "before": cut_off(rule)}
        )
    if dry:
        _count(rule, made, progress)
    else:
        _act(rule, made, progress, job.params["version"])
    with progress.batch():
        RetentionRun.objects.filter(pk=made.pk).update(finished_at=timezone.now())
        found = RetentionRun.objects.get(pk=made.pk)
        return {"found": found.found, "done": found.done, "held": found.held}


def _place(progress: Progress) -> uuid.UUID | None:
    return uuid.UUID(progress.state["after"]) if progress.state.get("after") else None


def _count(rule: RetentionRule, made: RetentionRun, progress: Progress) -> None:
    kind = retention_kinds[rule.kind]
    while True:
        with progress.batch():
            keys = list(
                after(kind.due(made.before), _place(progress)).values_list("pk", flat=True)[:_COUNT_AT_ONCE]
            )
            if not keys:
                return
            RetentionRun.objects.filter(pk=made.pk).update(found=F("found") + len(keys))
            progress.checkpoint({"after": str(keys[-1])}, stage="count")


def _act(rule: RetentionRule, made: RetentionRun, progress: Progress, version: int) -> None:
    kind = retention_kinds[rule.kind]
    done = 0
    while True:
        with progress.batch():
            if not RetentionRule.objects.filter(pk=rule.pk, mode=RetentionMode.ON, version=version).exists():
                return  # somebody has changed the rule meanwhile
            # Locked and asked for at once: whatever has changed since is not due any more.
            due = after(kind.due(made.before), _place(progress)).select_for_update(of=("self",))
            rows = list(due[: kind.at_once])
            if not rows:
                return
            found, last = len(rows), rows[-1].pk
            ended = kind.act(rows, RetentionAct(made.act), f"retention {rule.kind}")
            RetentionRun.objects.filter(pk=made.pk).update(
                found=F("found") + found, done=F("done") + ended, held=F("held") + found - ended
            )
            done += found
            progress.checkpoint({"after": str(last)}, done=done, stage="act")


@transaction.atomic
def switch_off(rule: RetentionRule) -> None:
    """Nothing is archived or destroyed by it any more; a run under way ends before its next batch."""
    stored = RetentionRule.objects.select_for_update().get(pk=rule.pk)
    stored.mode, stored.version = RetentionMode.OFF, stored.version + 1
    save_rule(stored)
    for job in Job.objects.active().filter(kind=JOB, params__rule=str(rule.pk)):
        if job.can_cancel:
            cancel_job(job)

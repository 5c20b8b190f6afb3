"""The queue is a doorbell: it wakes a worker sooner than the sweeper would. It may be out of order."""

import logging
import time
import uuid

import redis
from celery import current_app
from kombu.exceptions import KombuError

logger = logging.getLogger(__name__)

SILENT_SECONDS = 5
OUT_OF_ORDER = (KombuError, redis.RedisError, OSError)
_silent_until = 0.0


def ring(organization_id: int, job_id: uuid.UUID) -> None:
    """Wake a worker for a job. After a failure it keeps quiet for some seconds: no request waits twice for a dead queue."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    kwargs = {"organization_id": organization_id, "job_id": str(job_id)}
    try:
        # By name: the tasks import the runner, which imports the actions, which ring.
        current_app.send_task("workspace.tasks.run_job", kwargs=kwargs, expires=60)
    except OUT_OF_ORDER:
        _silent_until = time.monotonic() + SILENT_SECONDS
        logger.warning("The queue does not answer; the sweeper will find the job %s.", job_id, exc_info=True)

"""The queue is a doorbell: it wakes a worker sooner than the sweeper would. It may be out of order."""

import logging
import time
import uuid

from celery import current_app

logger = logging.getLogger(__name__)

SILENT_SECONDS = 5
_silent_until = 0.0


def ring(organization_id: int, job_id: uuid.UUID) -> None:
    """Wake a worker for a job. Never raises; after a failure it keeps quiet for some seconds, so that no
    request
    waits twice for a dead queue."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        current_app.tasks["workspace.tasks.run_job"].delay(
            organization_id=organization_id, job_id=str(job_id)
        )
    except Exception:
        _silent_until = time.monotonic() + SILENT_SECONDS
        logger.warning("The queue does not answer; the sweeper will find the job %s.", job_id, exc_info=True)

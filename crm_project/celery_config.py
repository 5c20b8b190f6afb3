"""How Celery runs. Each value was tried under faults; the guide TENANCY ("Celery and faults") says why."""

from django.conf import settings

SWEEP_SECONDS = 10
LONGEST_TASK = 2 * 3600

imports = ("crm_project.pulse",)

broker_url = settings.REDIS_URL
broker_connection_timeout = 2
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
broker_transport_options = {
    "global_keyprefix": settings.QUEUE_PREFIX,
    # A message comes back when its worker is gone; never while a task may still be at work on it.
    "visibility_timeout": LONGEST_TASK + 3600,
    "unacked_restore_throttle": 1,
    # No request waits long for a queue that is away.
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "max_retries": 0,
}
task_publish_retry = False
task_acks_late = True
task_reject_on_worker_lost = True
task_time_limit = LONGEST_TASK
worker_prefetch_multiplier = 1
worker_cancel_long_running_tasks_on_connection_loss = False
task_ignore_result = True
task_serializer = "json"
accept_content = ["json"]
timezone = "UTC"

beat_scheduler = "crm_project.pulse:Scheduler"
beat_schedule_filename = str(settings.LOCAL_DIR / "beat-schedule")
beat_schedule = {
    "sweep": {
        "task": "workspace.tasks.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": 2 * SWEEP_SECONDS},
    }
}

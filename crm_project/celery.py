"""Background work: Redis only wakes a worker; what must happen is a row in PostgreSQL (see workspace.sweeper)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm_project.settings")

app = Celery("crm_project")
app.config_from_object("crm_project.celery_config")
app.autodiscover_tasks()

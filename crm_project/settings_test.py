"""Settings of the test suite: the real database and queue, plain static files, quick passwords."""

from crm_project.settings import *  # noqa: F403

DEBUG = False
DEMO = True
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True
QUEUE_PREFIX = "test:"  # no worker listens here, unless a test starts one
for _database in DATABASES.values():  # noqa: F405
    _database["CONN_MAX_AGE"] = 0
    _database.setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"

"""The product as it is served, with static files straight from their sources and quick passwords for the demo people."""

from crm_project.settings import *  # noqa: F403

STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
ACCOUNT_RATE_LIMITS: dict[str, str] = {}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

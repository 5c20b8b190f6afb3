"""Settings of Evergreen CRM. Everything that differs between installations comes from the environment."""

from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.utils.translation import gettext_lazy as _

from crm_project import environment as env

BASE_DIR = env.BASE_DIR
LOCAL_DIR = env.LOCAL_DIR

DEBUG = env.flag("DEBUG")
DEMO = env.flag("DEMO")
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

# Secrets that guard stored data. They never enter the database.
FIELD_KEYS = env.key_ring("FIELD_KEYS")
BLIND_INDEX_KEY = env.key("BLIND_INDEX_KEY")
AUDIT_KEY = env.key("AUDIT_KEY")
# Those that AUDIT_KEY has replaced: what they sealed is verified with them for good.
AUDIT_OLD_KEYS = env.keys("AUDIT_OLD_KEYS")
AUDIT_ANCHOR_DIR = env.text("AUDIT_ANCHOR_DIR", str(LOCAL_DIR / "audit-anchors"))

# Ours, the highest floor first.
OWN_APPS = [
    "crm_project",
    "governance",
    "insights",
    "loyalty",
    "service",
    "sales",
    "interactions",
    "customers",
    "workspace",
    "tenancy",
]
INSTALLED_APPS = [
    *OWN_APPS,
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "tenancy.middleware.request_id.RequestIdMiddleware",
    "tenancy.middleware.private_pages.PrivatePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tenancy.middleware.session_age.SessionAgeMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tenancy.middleware.organization.OrganizationMiddleware",
]

ROOT_URLCONF = "crm_project.urls"
WSGI_APPLICATION = "crm_project.wsgi.application"
ASGI_APPLICATION = "crm_project.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "tenancy.templatetags.links",
                "workspace.templatetags.shell",
                "workspace.templatetags.fields",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "workspace.context_processors.shell",
            ],
        },
    }
]


def _database(url: str) -> dict:
    parsed = dj_database_url.parse(
        url, engine="tenancy.db.backend", conn_max_age=600, conn_health_checks=True
    )
    return {**parsed, "DISABLE_SERVER_SIDE_CURSORS": False}


# A page reads a few rows by their indexes, for many people at once: a second process for one statement takes longer to start
# than it saves, and a row is as near as the next one (on a disk without arms, in memory).
_PLANNER = {"options": "-c max_parallel_workers_per_gather=0 -c random_page_cost=1.1"}
# `default` is the application role: it owns nothing and never bypasses row-level security.
# `owner` exists only where migrations run.
_app = _database(env.text("DATABASE_URL"))
DATABASES = {"default": {**_app, "OPTIONS": {**_PLANNER, **_app.get("OPTIONS", {})}}}
if env.text("DATABASE_OWNER_URL", ""):
    DATABASES["owner"] = _database(env.text("DATABASE_OWNER_URL"))
DATABASE_ROUTERS = ["tenancy.db.router.OwnerMigrates"]
DATABASE_ROLES = {
    "app": DATABASES["default"]["USER"],
    "backup": urlsplit(env.text("DATABASE_BACKUP_URL", "")).username or "crm_backup",
    "search": env.text("DATABASE_SEARCH_ROLE", "crm_search"),
    "sealer": env.text("DATABASE_SEALER_ROLE", "crm_sealer"),
}
REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
QUEUE_PREFIX = env.text("QUEUE_PREFIX", "")

AUTH_USER_MODEL = "tenancy.User"
AUTHENTICATION_BACKENDS = [
    "tenancy.auth.ViewerBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "landing"

# People join by invitation; credentials are theirs alone.
ACCOUNT_ADAPTER = "tenancy.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
MFA_ADAPTER = "tenancy.accounts.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_FORMS = {
    "add_webauthn": "tenancy.forms.security_key.AddSecurityKeyForm",
    "edit_webauthn": "tenancy.forms.security_key.EditSecurityKeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Evergreen CRM"
MFA_ALLOW_UNVERIFIED_EMAIL = True
USERSESSIONS_TRACK_ACTIVITY = False
# Behind a reverse proxy: how many there are, so that throttles see the person's own address.
ALLAUTH_TRUSTED_PROXY_COUNT = int(env.text("TRUSTED_PROXY_COUNT", "0"))
# A session ends after this long without a request, and after this long in any case (seconds).
SESSION_IDLE_SECONDS = int(env.text("SESSION_IDLE_SECONDS", str(12 * 3600)))
SESSION_ABSOLUTE_SECONDS = int(env.text("SESSION_ABSOLUTE_SECONDS", str(14 * 86400)))

# Sessions and throttles live in PostgreSQL, so that sign-in works while Redis is down.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "tenancy_cache",
        # Throttles live here: they must not crowd each other out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["crm_project.formats"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

FILTERS_EMPTY_CHOICE_LABEL = _("Any")
STATIC_URL = "/static/"
STATIC_ROOT = LOCAL_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = env.text("MEDIA_ROOT", str(LOCAL_DIR / "media"))
ATTACHMENT_MAX_BYTES = int(env.text("ATTACHMENT_MAX_MB", "20")) * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
# Larger uploads never lie on the disk in plain, not even for the length of a request.
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "workspace.uploads.SealedUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
FORM_RENDERER = "crm_project.form_renderer.FormRenderer"

EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Evergreen CRM <noreply@localhost>")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
SECURE_TLS = env.flag("SECURE_TLS")
SECURE_SSL_REDIRECT = SECURE_TLS
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_TLS
SECURE_HSTS_PRELOAD = SECURE_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_TLS else None
SESSION_COOKIE_SECURE = SECURE_TLS
CSRF_COOKIE_SECURE = SECURE_TLS
# Browsers offer passkeys over TLS only, except on the machine itself.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE_TLS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# To standard error, one line each, with the id that the audit and the answer carry. Never contents of requests.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "tenancy.middleware.request_id.RequestIdFilter"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} [{request_id}] {message}", "style": "{"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": "line"}
    },
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "django.test.runner.DiscoverRunner"

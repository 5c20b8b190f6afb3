"""The first yardstick: a static template of the weight of an empty page, rendered by Django without any middleware."""

from crm_project.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.bare_urls"
MIDDLEWARE = []
INSTALLED_APPS = []
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "benchmarks" / "templates"],  # noqa: F405
    }
]
ALLOWED_HOSTS = ["127.0.0.1"]

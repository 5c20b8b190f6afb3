"""Platform pages at the root; every organisation's page under /o/<organization>/."""

from django.urls import include, path

from crm_project.views import health, landing, today
from tenancy.views.account import set_language

organization_pages = [
    path("", today.TodayView.as_view(), name="today"),
    path("customers/", include("customers.urls")),
    path("contacts/", include("interactions.urls")),
    path("governance/", include("governance.urls")),
    path("settings/", include("tenancy.urls")),
    path("", include("workspace.urls")),
]

urlpatterns = [
    path("", landing.landing, name="landing"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("i18n/", set_language, name="set_language"),
    path("accounts/", include("tenancy.account_urls")),
    path("accounts/", include("allauth.urls")),
    path("o/<slug:organization>/", include(organization_pages)),
]

handler400 = "crm_project.views.errors.bad_request"
handler403 = "crm_project.views.errors.permission_denied"
handler404 = "crm_project.views.errors.not_found"
handler500 = "crm_project.views.errors.server_error"

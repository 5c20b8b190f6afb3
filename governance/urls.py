from django.urls import path

from governance.views import audit, changes

app_name = "governance"
urlpatterns = [
    path("audit/", audit.AuditView.as_view(), name="audit"),
    path("audit/<uuid:pk>/", audit.AuditEntryView.as_view(), name="audit_entry"),
    path("audit/verify/", audit.AuditVerifyView.as_view(), name="audit_verify"),
    path("customers/<uuid:pk>/", changes.CustomerChangesView.as_view(), name="changes"),
]

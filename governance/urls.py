from django.urls import path

from governance.views import (
    audit,
    changes,
    dictionary,
    disclosure,
    keys,
    privacy_customer,
    privacy_request,
    retention,
)

_ONE = "privacy/requests/<uuid:pk>/"

app_name = "governance"
urlpatterns = [
    path("audit/", audit.AuditView.as_view(), name="audit"),
    path("audit/<uuid:pk>/", audit.AuditEntryView.as_view(), name="audit_entry"),
    path("audit/verify/", audit.AuditVerifyView.as_view(), name="audit_verify"),
    path("customers/<uuid:pk>/", changes.CustomerChangesView.as_view(), name="changes"),
    path(
        "customers/<uuid:pk>/privacy/",
        privacy_customer.CustomerPrivacyView.as_view(),
        name="customer_privacy",
    ),
    path("customers/<uuid:pk>/hold/", privacy_customer.HoldPlaceView.as_view(), name="hold_place"),
    path("customers/<uuid:pk>/hold/lift/", privacy_customer.HoldLiftView.as_view(), name="hold_lift"),
    path("customers/<uuid:pk>/request/", privacy_request.RequestCreateView.as_view(), name="request_create"),
    path("privacy/", privacy_request.RequestListView.as_view(), name="requests"),
    path("privacy/rules/", privacy_request.PrivacyPolicyView.as_view(), name="privacy_policy"),
    path("privacy/disclosures/", disclosure.DisclosuresView.as_view(), name="disclosures"),
    path("privacy/keys/", keys.KeysView.as_view(), name="keys"),
    path("privacy/retention/", retention.RetentionView.as_view(), name="retention"),
    path("privacy/retention/new/", retention.RetentionCreateView.as_view(), name="retention_create"),
    path("privacy/retention/runs/", retention.RetentionRunsView.as_view(), name="retention_runs"),
    path("privacy/retention/<uuid:pk>/", retention.RetentionRuleView.as_view(), name="retention_rule"),
    path("privacy/retention/<uuid:pk>/dry/", retention.RetentionDryView.as_view(), name="retention_dry"),
    path("privacy/retention/<uuid:pk>/off/", retention.RetentionOffView.as_view(), name="retention_off"),
    path("privacy/dictionary/", dictionary.DictionaryView.as_view(), name="dictionary"),
    path("privacy/dictionary/file/", dictionary.DictionaryFileView.as_view(), name="dictionary_file"),
    path(_ONE, privacy_request.RequestView.as_view(), name="request"),
    path(f"{_ONE}identity/", privacy_request.RequestIdentifyView.as_view(), name="request_identify"),
    path(f"{_ONE}approve/", privacy_request.RequestApproveView.as_view(), name="request_approve"),
    path(f"{_ONE}reject/", privacy_request.RequestRejectView.as_view(), name="request_reject"),
    path(f"{_ONE}fulfil/", privacy_request.RequestFulfilView.as_view(), name="request_fulfil"),
    path(f"{_ONE}resume/", privacy_request.RequestResumeView.as_view(), name="request_resume"),
    path(f"{_ONE}package/", privacy_request.RequestPackageView.as_view(), name="request_package"),
]

"""A person's pages outside any organisation, beside those of django-allauth."""

from django.urls import path

from tenancy.views import account
from tenancy.views.invitation_accept import InvitationAcceptView

urlpatterns = [
    path("invitations/<slug:slug>/<str:token>/", InvitationAcceptView.as_view(), name="account_invitation"),
    path("sessions/<int:pk>/end/", account.end_session, name="account_session_end"),
    path("organizations/", account.organizations, name="account_organizations"),
]

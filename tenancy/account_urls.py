"""A person's pages outside any organisation, beside those of django-allauth."""

from django.urls import path

from tenancy.views import account

urlpatterns = [
    path("organizations/", account.organizations, name="account_organizations"),
]

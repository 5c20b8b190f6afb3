from django.shortcuts import render
from django.urls import include, path

from tenancy.views.base import OrganizationView


class EmptyView(OrganizationView):
    """The second yardstick: same middleware, same shell, no content."""

    permission_required = None

    def get(self, request):
        return render(request, "benchmarks/empty.html")


urlpatterns = [
    path("o/<slug:organization>/empty", EmptyView.as_view()),
    path("", include("crm_project.urls")),
]

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenancy.views.base import OrganizationView


class TodayView(OrganizationView):
    permission_required = None

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "today.html")

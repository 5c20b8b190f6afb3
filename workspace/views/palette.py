from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenancy.views.base import OrganizationView
from workspace.queries.palette import palette


class PaletteView(OrganizationView):
    """What the command palette shows for `q`; a search page of its own without the script."""

    permission_required = None

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.get("q", "")
        template = "workspace/_palette.html" if request.htmx else "workspace/palette.html"
        return render(request, template, {"groups": palette(self.viewer, query), "query": query})

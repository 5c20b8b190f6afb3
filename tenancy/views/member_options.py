from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tenancy.keys import keys_in
from tenancy.member_choice import found_members, member_source, typed_name
from tenancy.views.base import OrganizationView


class MemberOptionsView(OrganizationView):
    """Options for a select: members of a source whose name contains `q`. Everything else in the query is what is chosen."""

    permission_required = None

    def get(self, request: HttpRequest, source: str) -> HttpResponse:
        rows = member_source(source)
        if rows is None:
            raise Http404
        text = typed_name(request.GET.get("q", ""))
        chosen = keys_in([value for name, value in request.GET.items() if name != "q"])
        options = found_members(rows(self.viewer), self.viewer, text, chosen)
        kept = {str(key) for key in chosen}
        context = {"options": [(key, name, key in kept) for key, name in options], "text": text}
        return render(request, "tenancy/_member_options.html", context)

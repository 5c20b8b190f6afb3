from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from workspace.actions.saved_view import reorder_views, save_view
from workspace.forms.saved_view import SavedViewCreateForm, SavedViewEditForm
from workspace.models import SavedView
from workspace.queries.saved_view import own_views
from workspace.toasts import toast


class OwnViewView(OrganizationView):
    """One's own views; those that others share can be used, not changed."""

    permission_required = None

    def get_view(self) -> SavedView:
        return get_object_or_404(own_views(self.viewer), pk=self.kwargs["pk"])

    def show(self, form, title: str, status: int = 200) -> HttpResponse:
        name = "_view_form" if self.request.htmx else "view_form"
        context = {"form": form, "title": title, "next": self.next_url, "action": self.request.path}
        return render(self.request, f"workspace/{name}.html", context, status=status)

    @property
    def next_url(self) -> str:
        """The list to return to: a path of this organisation, never another site."""
        url = self.request.POST.get("next") or self.request.GET.get("next", "")
        home = organization_url("today")
        safe = url_has_allowed_host_and_scheme(url, None) and url.startswith(home)
        return urlsplit(url).path if safe else organization_url("workspace:views")

    def back(self, view: SavedView) -> HttpResponse:
        url = self.next_url
        if url != organization_url("workspace:views"):
            query = QueryDict(view.query, mutable=True)
            query["view"] = str(view.pk)
            url = f"{url}?{query.urlencode()}"
        return HttpResponseClientRedirect(url) if self.request.htmx else redirect(url)


class SavedViewListView(OwnViewView):
    def get(self, request: HttpRequest) -> HttpResponse:
        views = own_views(self.viewer).order_by("page", "position", "id")
        return render(request, "workspace/views.html", {"views": views})


class SavedViewCreateView(OwnViewView):
    def get(self, request: HttpRequest) -> HttpResponse:
        initial = {name: request.GET.get(name, "") for name in ("page", "query", "columns")}
        return self.show(SavedViewCreateForm(initial=initial, viewer=self.viewer), _("Save view"))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SavedViewCreateForm(request.POST, viewer=self.viewer)
        saved = form.already_saved()
        if saved is not None and saved.owner_id == self.viewer.membership.pk:
            return self.back(saved)
        if not form.is_valid():
            return self.show(form, _("Save view"), 422)
        view = save_view(form.instance, viewer=self.viewer)
        toast(request, _("View saved."))
        return self.back(view)


class SavedViewEditView(OwnViewView):
    def get(self, request: HttpRequest, pk) -> HttpResponse:
        view = self.get_view()
        initial = {
            "query": request.GET.get("query", view.query),
            "columns": request.GET.get("columns", ",".join(view.columns)),
        }
        return self.show(
            SavedViewEditForm(instance=view, initial=initial, viewer=self.viewer), _("Edit view")
        )

    def post(self, request: HttpRequest, pk) -> HttpResponse:
        form = SavedViewEditForm(request.POST, instance=self.get_view(), viewer=self.viewer)
        if not form.is_valid():
            return self.show(form, _("Edit view"), 422)
        view = save_view(form.instance, viewer=self.viewer)
        toast(request, _("View saved."))
        return self.back(view)


class SavedViewDeleteView(OwnViewView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk) -> HttpResponse:
        self.get_view().delete()
        toast(request, _("View deleted."))
        return redirect(self.next_url)


class SavedViewMoveView(OwnViewView):
    """One place up or down among one's own views of the same list: what dragging would do, for everyone."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk) -> HttpResponse:
        view = self.get_view()
        ids = [one.pk for one in own_views(self.viewer).filter(page=view.page).order_by("position", "id")]
        here = ids.index(view.pk)
        there = max(0, here - 1) if request.POST.get("direction") == "up" else here + 1
        ids.insert(there, ids.pop(here))
        reorder_views(self.viewer, view.page, ids)
        return redirect(organization_url("workspace:views"))

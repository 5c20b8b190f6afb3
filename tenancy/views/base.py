"""What every page of an organisation has: a viewer, a right it needs, rows within that right."""

from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.generic import View
from django.views.generic.detail import SingleObjectMixin

from tenancy.access import Viewer


class OrganizationView(View):
    """A page under /o/<slug>/. Say which right it needs; `permission_required = None` means every member."""

    permission_required: ClassVar[str | None]
    request: HttpRequest

    @property
    def viewer(self) -> Viewer:
        return self.request.viewer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not hasattr(self, "permission_required"):
            raise ImproperlyConfigured(f"{type(self).__name__} must say which permission it requires.")
        if self.permission_required and not self.viewer.can(self.permission_required):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class VisibleObjectMixin(SingleObjectMixin):
    """The row named by the address, if the viewer may see it under the page's permission; otherwise 404."""

    def get_queryset(self):
        return super().get_queryset().visible_to(self.viewer, self.permission_required)

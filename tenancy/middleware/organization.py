"""`/o/<slug>/…`: opens the organisation's context around the page, or answers as if there were none."""

import re

from django.contrib.auth.views import redirect_to_login
from django.db import connection, transaction
from django.http import Http404
from django.utils import translation
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from tenancy.access import current_viewer, viewer_for, with_rights
from tenancy.context import act_as, organization_context
from tenancy.gate import turned_away
from tenancy.models import Membership, Organization
from tenancy.origin import origin_of

_PATH = re.compile(r"^/o/(?P<slug>[-a-zA-Z0-9_]+)/")  # as `<slug:…>` reads it: all else is no address of ours
_SAFE = {"GET", "HEAD", "OPTIONS"}


class OrganizationMiddleware:
    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        match = _PATH.match(request.path_info)
        if match is None:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        organization = Organization.objects.filter(slug=match["slug"]).first()
        if organization is None:
            raise Http404
        with organization_context(organization, request_id=request.id, origin=origin_of(request)):
            return self._inside(request, organization)

    def _inside(self, request, organization: Organization):
        members = Membership.objects.active().filter(user=request.user).select_related("department")
        membership = with_rights(members).first()
        if membership is None:
            raise Http404
        membership.organization, membership.user = organization, request.user
        refusal = turned_away(request, organization)
        if refusal is not None:
            return refusal
        act_as(membership)
        request.organization, request.viewer = organization, viewer_for(membership)
        token = current_viewer.set(request.viewer)
        language = membership.language or organization.default_language
        try:
            with translation.override(language):
                request.LANGUAGE_CODE = translation.get_language()
                return self._answer(request)
        finally:
            current_viewer.reset(token)

    def _answer(self, request):
        request.roll_back = False
        response = self.get_response(request)
        if request.roll_back or response.status_code >= 500:
            # The handler has turned the exception into a page: without this, half a request would commit.
            transaction.set_rollback(True)
        elif connection.needs_rollback or _is_aborted():
            raise transaction.TransactionManagementError("A database error was swallowed; nothing was saved.")
        elif request.method not in _SAFE:
            connection.check_constraints()
        return response

    def process_view(self, request, view, args, kwargs) -> None:
        # The path has said which organisation; views need not carry it about.
        kwargs.pop("organization", None)

    def process_exception(self, request, exception) -> None:
        request.roll_back = True


def _is_aborted() -> bool:
    return connection.connection.info.transaction_status == TRANSACTION_STATUS_INERROR

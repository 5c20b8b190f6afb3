"""Every request has an id: in the audit, in the logs and in the answer's header."""

import re
import uuid

_ACCEPTED = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")


class RequestIdMiddleware:
    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("X-Request-ID", "")
        request.id = given if _ACCEPTED.match(given) else uuid.uuid4().hex
        response = self.get_response(request)
        response["X-Request-ID"] = request.id
        return response

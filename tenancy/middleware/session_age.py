"""Sessions end: after a while without a request, and after a longer while in any case."""

import time

from django.conf import settings

STARTED, SEEN = "started_at", "seen_at"
_RESOLUTION = 300
"""Seconds: a session row is written at most this often for being used."""


class SessionAgeMiddleware:
    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        session = request.session
        if session.session_key and "_auth_user_id" in session:
            now = int(time.time())
            started, seen = session.setdefault(STARTED, now), session.setdefault(SEEN, now)
            idle, age = now - seen, now - started
            if idle > settings.SESSION_IDLE_SECONDS or age > settings.SESSION_ABSOLUTE_SECONDS:
                session.flush()
            elif idle > _RESOLUTION:
                session[SEEN] = now
        return self.get_response(request)

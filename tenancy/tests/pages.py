"""What tests ask of pages: the same browser, the same counting, the same comparison everywhere."""

import re
from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenancy.models import Membership, User

_CSRF = re.compile(r"(csrfmiddlewaretoken\W+value=|X-CSRFToken\W+)\"?\w+")
_FRAME = re.compile(r"^\s*(SET |SAVEPOINT|RELEASE|ROLLBACK)", re.IGNORECASE)


def browser(person: Membership | User | None = None) -> Client:
    """A client, signed in as the person."""
    client = Client()
    if person is not None:
        user = person.user if isinstance(person, Membership) else person
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def count_queries(act: Callable[[], object]) -> int:
    """How many statements `act` sends; settings and savepoints are not counted."""
    with CaptureQueriesContext(connection) as sent:
        act()
    return sum(not _FRAME.match(query["sql"]) for query in sent.captured_queries)


def settled(html: bytes | str, *hidden: str) -> str:
    """The page without the token that each request has for itself, and without the texts given."""
    text = _CSRF.sub("", html.decode() if isinstance(html, bytes) else html)
    for one in hidden:
        text = text.replace(one, "…")
    return text

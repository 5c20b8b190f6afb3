"""The queue is gone: people go on working, and what they asked for is done when it comes back."""

import http.cookiejar
import json
import re
import urllib.parse
import urllib.request

import pytest

from benchmarks.serving import served
from e2e.house import PASSWORD, SETTINGS, House


class Person:
    """A signed-in person without a browser."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, path: str) -> str:
        return self._opener.open(self.url + path, timeout=20).read().decode()

    def post(self, path: str, **form: str) -> str:
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        body = urllib.parse.urlencode({**form, "csrfmiddlewaretoken": token}).encode()
        request = urllib.request.Request(self.url + path, body, {"Referer": self.url})
        return self._opener.open(request, timeout=20).read().decode()

    def sign_in(self, email: str) -> None:
        self.get("/accounts/login/")
        self.post("/accounts/login/", login=email, password=PASSWORD)


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


@pytest.fixture
def without_queue(the_house: House):
    environment = {**the_house.environment, "REDIS_URL": "redis://127.0.0.1:1/0"}
    with served(SETTINGS, environment) as server:
        yield Person(f"http://127.0.0.1:{server.port}")


def test_pages_and_saves_work_without_redis(without_queue):
    person = without_queue
    person.sign_in("rep@demo.example")
    customers = person.get("/o/demo/customers/")
    found = re.search(r'href="/o/demo/customers/([0-9a-f-]{36})/"', customers)
    assert found, "the list names no customer"
    form = hidden(person.get(f"/o/demo/contacts/new/?customer={found[1]}"))
    summary = "队列停了，照常记录"
    person.post("/o/demo/contacts/new/", **{**form, "customer": found[1], "kind": "call", "summary": summary})
    assert summary in person.get(f"/o/demo/customers/{found[1]}/")


def test_readiness_names_redis_and_is_not_fatal(without_queue):
    told = json.loads(without_queue.get("/readyz"))  # a 503 would raise
    assert (told["status"], told["checks"]["database"]) == ("ready", "ok")
    assert told["checks"]["redis"] != "ok"

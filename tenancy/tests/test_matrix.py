"""Every address of an organisation × GET and POST × everybody who might try it. Made from the URL resolver."""

import uuid
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from crm_project.routes import routes
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.models import Membership, Organization, TenantModel
from tenancy.tests.factories import MembershipFactory, grant, permissions
from tenancy.tests.matrix import METHOD_NOT_ALLOWED, Case
from tenancy.tests.pages import browser, settled

pytestmark = pytest.mark.django_db

PREFIX = "o/<slug:organization>/"
METHODS = ("get", "post")
OPEN_TO_ANYBODY = {
    "landing": "leads to sign-in, or to the person's own organisation",
    "healthz": "says only that the process lives",
    "readyz": "says only whether database, queue and workers are there",
    "set_language": "sets a cookie",
}


def _cases() -> dict[str, Case]:
    found: dict[str, Case] = {}
    for app in apps.get_app_configs():
        module = f"{app.name}.tests.matrix"
        if find_spec(f"{app.name}.tests") and find_spec(module):
            found |= import_module(module).CASES
    return found


ALL = [(one.name, one.path) for one in routes()]
TENANT_NAMES = sorted({name for name, route in ALL if route.startswith(PREFIX)})
CASES = _cases()
PLACED = [name for name in TENANT_NAMES if name in CASES]


def test_every_address_has_its_place():
    assert set(TENANT_NAMES) - set(CASES) == set(), "add a Case to <app>/tests/matrix.py"
    assert set(CASES) - set(TENANT_NAMES) == set(), (
        "no such address: take its Case out of <app>/tests/matrix.py"
    )


def test_what_lies_outside_an_organisation_belongs_to_accounts():
    outside = {name for name, route in ALL if not route.startswith((PREFIX, "accounts/"))}
    assert outside == set(OPEN_TO_ANYBODY)


@dataclass
class Side:
    """One of the two organisations, with the member who owns what is made in it."""

    organization: Organization
    owner: Membership

    def address(self, name: str, case: Case) -> tuple[str, TenantModel | dict | None]:
        with organization_context(self.organization, actor=self.owner):
            row = case.row(self.owner) if case.row else None
        return self.url(name, _arguments(row)), row

    def url(self, name: str, arguments: dict) -> str:
        return reverse(name, kwargs={"organization": self.organization.slug, **arguments})

    def member(self, *codes: str, scope: Scope = Scope.ORGANIZATION) -> Membership:
        with organization_context(self.organization):
            member = MembershipFactory()
            if codes:
                grant(member, *codes, scope=scope)
            return member


def _arguments(row) -> dict:
    if row is None:
        return {}
    return {"pk": row.pk} if isinstance(row, TenantModel) else row


def _side(organization: Organization) -> Side:
    with organization_context(organization):
        owner = MembershipFactory()
        grant(owner)
    return Side(organization, owner)


@pytest.fixture
def here(ours) -> Side:
    return _side(ours)


@pytest.fixture
def there(theirs) -> Side:
    return _side(theirs)


def ask(client: Client, method: str, url: str, case: Case, row=None):
    if method == "get":
        return client.get(url)
    return client.post(url, case.data(row) if callable(case.data) else case.data)


def not_there(case: Case, method: str) -> int:
    """A method that the page never answers tells nothing about the row."""
    return METHOD_NOT_ALLOWED if getattr(case, method) == METHOD_NOT_ALLOWED else 404


def every_other_right(permission: str) -> list[str]:
    return [code for code in permissions() if code != permission]


@pytest.mark.parametrize("name", PLACED)
def test_an_anonymous_visitor_is_sent_to_sign_in_whatever_the_organisation(here, name):
    url, row = here.address(name, CASES[name])
    invented = url.replace("/o/ours/", "/o/no-such/")
    for method in METHODS:
        real, other = (ask(browser(), method, one, CASES[name], row) for one in (url, invented))
        assert (method, real.status_code, other.status_code) == (method, 302, 302)
        assert real["Location"].startswith(reverse("account_login"))
        assert real["Location"].replace("ours", "no-such") == other["Location"]


@pytest.mark.parametrize("name", PLACED)
def test_a_stranger_finds_nothing(here, there, name):
    case = CASES[name]
    url, row = here.address(name, case)
    client = browser(there.owner)
    for method in METHODS:
        real = ask(client, method, url, case, row)
        invented = ask(client, method, url.replace("/o/ours/", "/o/no-such/"), case, row)
        assert (method, real.status_code, invented.status_code) == (method, 404, 404)
        assert settled(real.content, "/o/ours/") == settled(invented.content, "/o/no-such/")


@pytest.mark.parametrize("name", [name for name in PLACED if CASES[name].row])
def test_a_foreign_row_is_an_absent_row(here, there, name):
    case = CASES[name]
    _url, row = here.address(name, case)
    _url, own = there.address(name, case)
    foreign, mine = _arguments(row), _arguments(own)
    absent = {key: uuid.uuid4() if isinstance(value, uuid.UUID) else value for key, value in foreign.items()}
    client = browser(there.owner)
    for method in METHODS:
        answers = [
            (ask(client, method, there.url(name, {**mine, **arguments}), case, own), arguments)
            for arguments in (foreign, absent)
        ]
        if any(isinstance(value, uuid.UUID) for value in foreign.values()):
            refused = not_there(case, method)
            assert (method, *(answer.status_code for answer, _arguments in answers)) == (
                method,
                refused,
                refused,
            )
        pages = [settled(answer.content, *map(str, arguments.values())) for answer, arguments in answers]
        assert pages[0] == pages[1]


@pytest.mark.parametrize("name", [name for name in PLACED if CASES[name].permission])
def test_a_colleague_with_every_other_right_is_refused(here, name):
    case = CASES[name]
    url, row = here.address(name, case)
    client = browser(here.member(*every_other_right(case.permission)))
    answers = {method: ask(client, method, url, case, row).status_code for method in METHODS}
    assert answers == dict.fromkeys(METHODS, 403)


@pytest.mark.parametrize("name", [n for n in PLACED if CASES[n].whose != "all" and CASES[n].row])
def test_a_colleague_out_of_scope_finds_nothing(here, name):
    case = CASES[name]
    url, row = here.address(name, case)
    scope = Scope.OWN if case.whose == "scoped" else Scope.ORGANIZATION
    codes = [*every_other_right(""), *([case.permission] if case.permission else [])]
    client = browser(here.member(*set(codes), scope=scope))
    answers = {method: ask(client, method, url, case, row).status_code for method in METHODS}
    assert answers == {method: not_there(case, method) for method in METHODS}


@pytest.mark.parametrize("name", PLACED)
def test_the_owner_opens_it(here, name):
    case = CASES[name]
    url, row = here.address(name, case)
    assert ask(browser(here.owner), "get", url, case, row).status_code == case.get


@pytest.mark.parametrize("name", PLACED)
def test_the_owner_writes_it(here, name):
    case = CASES[name]
    url, row = here.address(name, case)
    assert ask(browser(here.owner), "post", url, case, row).status_code == case.post


@pytest.mark.parametrize("name", [name for name in PLACED if CASES[name].shows])
def test_a_list_shows_rows_to_those_who_may_see_them(here, there, name):
    case = CASES[name]
    url, _row = here.address(name, case)
    with organization_context(here.organization, actor=here.owner):
        text = case.shows(here.owner)
    assert text in browser(here.owner).get(url).content.decode()
    their_url, _row = there.address(name, case)
    assert text not in browser(there.owner).get(their_url).content.decode()
    if case.whose != "all":
        scope = Scope.OWN if case.whose == "scoped" else Scope.ORGANIZATION
        colleague = here.member(*every_other_right(""), scope=scope)
        assert text not in browser(colleague).get(url).content.decode()

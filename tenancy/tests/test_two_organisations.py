"""Two organisations write, read and search at random through the browser: no name of one is ever in a page of the other."""

import uuid
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tenancy.context import organization_context
from tenancy.models import Department, Invitation, Membership, Role
from tenancy.tests.factories import MembershipFactory, OrganizationFactory, grant
from tenancy.tests.pages import browser
from tenancy.tests.test_matrix import CASES

pytestmark = pytest.mark.django_db
LISTS = ("members", "invitations", "departments", "roles", "explain")
ROW_PAGES = ("member", "member_edit", "member_end", "department_edit", "role", "role_edit")
EVERY_PAGE = sorted(name for name, case in CASES.items() if case.row is None and case.get == 200)
"""Every page of every app that names no row."""
sides = st.sampled_from(("ours", "theirs"))


@dataclass
class Side:
    """One organisation as its administrator's browser sees it, and every name that was ever written in it."""

    slug: str
    client: Client
    names: set[str] = field(default_factory=set)


class TwoOrganisations(RuleBasedStateMachine):
    keys = Bundle("keys")

    def __init__(self) -> None:
        super().__init__()
        self.sides: dict[str, Side] = {}
        self.seen: list[tuple[str, str]] = []
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize()
    def found(self) -> None:
        for slug in ("ours", "theirs"):
            organization = OrganizationFactory(slug=slug, name=self._name(slug))
            with organization_context(organization):
                admin = MembershipFactory(
                    name=self._name(slug), user__email=f"{uuid.uuid4().hex}@example.test"
                )
                grant(admin)
            self.sides[slug] = Side(slug, browser(admin))
        for slug, side in self.sides.items():
            with organization_context(organization := OrganizationFactory._meta.model.objects.get(slug=slug)):
                side.names |= {organization.name, *Membership.objects.values_list("name", flat=True)}

    @staticmethod
    def _name(slug: str) -> str:
        return f"{slug}{uuid.uuid4().hex}"

    def _url(self, slug: str, page: str, key: uuid.UUID | None = None) -> str:
        arguments = {"organization": slug} | ({"pk": key} if key else {})
        return reverse(f"tenancy:{page}", kwargs=arguments)

    def _send(self, slug: str, page: str, key: uuid.UUID | None = None, **data: object) -> None:
        self._look(slug, self.sides[slug].client.post(self._url(slug, page, key), data, follow=True))

    def _look(self, slug: str, answer) -> None:
        self.seen.append((slug, answer.content.decode()))

    @rule(target=keys, slug=sides, parent=st.one_of(st.none(), keys))
    def make_a_department(self, slug, parent):
        key, name = uuid.uuid4(), self._name(slug)
        self.sides[slug].names.add(name)
        self._send(slug, "department_create", id=key, name=name, parent=parent or "")
        return key

    @rule(target=keys, slug=sides)
    def make_a_role(self, slug):
        key, name = uuid.uuid4(), self._name(slug)
        self.sides[slug].names.add(name)
        self._send(slug, "role_create", id=key, name_zh=name, scope=1)
        return key

    @rule(target=keys, slug=sides, role=st.one_of(st.none(), keys), department=st.one_of(st.none(), keys))
    def invite(self, slug, role, department):
        key, name = uuid.uuid4(), self._name(slug)
        self.sides[slug].names.add(name)
        data = {
            "email": f"{name}@example.test",
            "name": name,
            "roles": role or "",
            "department": department or "",
        }
        self._send(slug, "invitation_create", id=key, **data)
        return key

    @rule(slug=sides, key=keys, other=keys)
    def rename(self, slug, key, other):
        name = self._name(slug)
        self.sides[slug].names.add(name)
        self._send(slug, "department_edit", key, name=name, parent=other, version=1)
        self._send(slug, "role_edit", key, name_zh=name, scope=4, version=1)

    @rule(slug=sides, key=keys, page=st.sampled_from(ROW_PAGES))
    def open_a_row(self, slug, key, page):
        self._look(slug, self.sides[slug].client.get(self._url(slug, page, key)))

    @rule(slug=sides, key=keys)
    def delete(self, slug, key):
        self._send(slug, "department_delete", key)
        self._send(slug, "role_delete", key)
        self._send(slug, "invitation_withdraw", key)

    @rule(slug=sides, page=st.sampled_from(LISTS))
    def open_a_list(self, slug, page):
        answer = self.sides[slug].client.get(self._url(slug, page))
        assert any(name in answer.content.decode() for name in self.sides[slug].names)
        self._look(slug, answer)

    @rule(slug=sides, name=st.sampled_from(EVERY_PAGE), where=sides, data=st.data())
    def open_any_page_with_a_text_to_search(self, slug, name, where, data):
        text = data.draw(st.sampled_from(sorted(self.sides[where].names)))[:12]
        url = reverse(name, kwargs={"organization": slug})
        self._look(slug, self.sides[slug].client.get(url, {"q": text, "page": "1"}))

    @rule(slug=sides, where=sides, data=st.data())
    def search(self, slug, where, data):
        text = data.draw(st.sampled_from(sorted(self.sides[where].names)))[:12]
        query = {"q": text, "kind": "member", "department": text}
        self._look(slug, self.sides[slug].client.get(self._url(slug, "members"), query))

    @rule(slug=sides, page=st.sampled_from(LISTS))
    def knock_at_the_other_door(self, slug, page):
        other = "theirs" if slug == "ours" else "ours"
        answer = self.sides[slug].client.get(self._url(other, page))
        assert answer.status_code == 404
        self._look(slug, answer)

    @invariant()
    def no_foreign_name_is_shown(self):
        for slug, html in self.seen:
            other = "theirs" if slug == "ours" else "ours"
            leaked = [name for name in self.sides[other].names if name in html]
            assert not leaked, f"{slug} was shown {leaked}"
        self.seen.clear()

    @invariant()
    def every_row_lies_in_its_own_organisation(self):
        for slug, side in self.sides.items():
            organization = OrganizationFactory._meta.model.objects.get(slug=slug)
            with organization_context(organization):
                for model, column in ((Department, "name"), (Role, "name_zh"), (Invitation, "name")):
                    written = {
                        n
                        for n in model.objects.values_list(column, flat=True)
                        if n.startswith(("ours", "theirs"))
                    }
                    assert written <= side.names


def test_no_name_crosses_over(db):
    run_state_machine_as_test(
        TwoOrganisations,
        settings=settings(
            max_examples=6, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )

"""Sign-ins and changes of platform tables: recorded in the platform's own chain, never with a secret."""

import json
import uuid

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client

from tenancy.audit.chain import PLATFORM, chain_context
from tenancy.audit.platform import PlatformEvent
from tenancy.context import organization_context
from tenancy.models import AuditEntry, User
from tenancy.tests.factories import PASSWORD, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.tenancy]

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def platform_entries(table: str | None = None) -> list[tuple]:
    with chain_context(PLATFORM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT operation, table_name, before, after FROM tenancy_auditentry WHERE organization_id = 0"
            " AND (%s IS NULL OR table_name = %s) ORDER BY id",
            [table, table],
        )
        return cursor.fetchall()


def events_of(user: User) -> list[tuple[str, str, str]]:
    """(event, origin, request) of what one person did, oldest first."""
    with chain_context(PLATFORM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, origin, request_id FROM tenancy_auditentry WHERE organization_id = 0"
            " AND operation = 'event' AND object_id = %s ORDER BY id",
            [uuid.UUID(int=user.pk)],
        )
        return cursor.fetchall()


def told(user: User) -> list[str]:
    return [event for event, _origin, _request in events_of(user)]


def test_signing_in_and_out_is_recorded(client):
    user = UserFactory()
    client.force_login(user, backend=BACKEND)
    client.logout()
    assert told(user) == [PlatformEvent.SIGNED_IN, PlatformEvent.SIGNED_OUT]


def test_a_failed_sign_in_is_recorded_without_what_was_typed(client):
    UserFactory(email="rep@demo.example")
    for password in ("wrong-password-1", "wrong-password-2"):
        client.post(
            "/accounts/login/", {"login": "rep@demo.example", "password": password}, REMOTE_ADDR="203.0.113.7"
        )
    events = platform_entries("sign_in_failed")
    assert [operation for operation, *_ in events] == ["event", "event"]
    (first, second) = [after for *_, after in events]
    assert first == second
    assert set(first) == {"login"}
    everything = json.dumps(platform_entries(), default=str)
    assert "rep@demo.example" not in everything
    assert "wrong-password" not in everything


def test_a_sign_in_by_password_names_address_and_request(client):
    user = UserFactory(email="rep@demo.example")
    client.post(
        "/accounts/login/",
        {"login": "rep@demo.example", "password": PASSWORD},
        REMOTE_ADDR="203.0.113.7",
        headers={"X-Request-ID": "request-0001"},
    )
    assert events_of(user) == [(PlatformEvent.SIGNED_IN, "203.0.113.7", "request-0001")]


def test_changes_of_users_are_recorded_by_name_of_the_field():
    user = UserFactory()
    before = len(platform_entries("tenancy_user"))
    user.set_password("another-password-1")
    user.save()
    User.objects.filter(pk=user.pk).update(is_active=False)
    User.objects.filter(pk=user.pk).update(last_login="2026-01-01T00:00:00Z")
    assert platform_entries("tenancy_user")[before:] == [
        ("update", "tenancy_user", None, {"changed": ["password"]}),
        ("update", "tenancy_user", {"is_active": True}, {"is_active": False, "changed": ["is_active"]}),
    ]
    assert user.email not in json.dumps(platform_entries(), default=str)


def test_second_factors_are_recorded_without_their_secret():
    user = UserFactory()
    factor = Authenticator.objects.create(user=user, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    factor.delete()
    assert platform_entries("mfa_authenticator") == [
        ("insert", "mfa_authenticator", None, {"type": "totp"}),
        ("delete", "mfa_authenticator", {"type": "totp"}, None),
    ]


def test_changes_of_the_organisation_stand_in_its_own_chain(ours, theirs):
    with organization_context(ours):
        ours.require_mfa = True
        ours.save()
        entry = AuditEntry.objects.get(table_name="tenancy_organization", operation="update")
    assert (entry.before, entry.after) == (
        {"require_mfa": False},
        {"require_mfa": True, "changed": ["require_mfa"]},
    )
    with organization_context(theirs):
        assert AuditEntry.objects.filter(operation="update").count() == 0


def test_no_organisation_sees_the_platforms_chain(ours):
    UserFactory()
    with organization_context(ours), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenancy_auditentry WHERE organization_id = 0")
        assert cursor.fetchone() == (0,)


def test_reading_the_platforms_chain_leaves_the_context_as_it_was(ours):
    with organization_context(ours):
        platform_entries()
        assert AuditEntry.objects.count() == 1


def test_an_event_names_whose_it_is():
    one, other = UserFactory(), UserFactory()
    Client().force_login(one, backend=BACKEND)
    assert told(one) == [PlatformEvent.SIGNED_IN]
    assert told(other) == []

"""Inviting, and joining: what the link opens, for whom, and what it never tells."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tenancy.access import viewer_for
from tenancy.actions.guards import BeyondOwnRights
from tenancy.actions.invitation import (
    AlreadyMember,
    NotOpen,
    invite,
    proof_of_mail,
    resend_invitation,
    withdraw_invitation,
)
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.models import Invitation, Membership, Organization, Role, User
from tenancy.queries.invitation import open_invitations
from tenancy.tests.factories import (
    DepartmentFactory,
    InvitationFactory,
    MembershipFactory,
    RoleFactory,
    UserFactory,
    grant,
    viewer_of,
)
from tenancy.tests.pages import browser, settled

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-enough-phrase"


@pytest.fixture
def inviter(inside_ours) -> Membership:
    member = MembershipFactory(name="王芳")
    grant(member, "tenancy.manage_members", "tenancy.manage_roles")
    return member


@pytest.fixture
def sent(inviter) -> tuple[Invitation, str]:
    """An open invitation and its token."""
    return send(inviter, "new@example.test")


def send(inviter: Membership, email: str, *roles: Role) -> tuple[Invitation, str]:
    invitation = Invitation(email=email, name="新人", title="销售")
    token = invite(invitation, roles or [RoleFactory(name_zh="销售")], actor=viewer_for(inviter), link_to=str)
    return invitation, token


def path(token: str, slug: str = "ours") -> str:
    return reverse("account_invitation", kwargs={"slug": slug, "token": token})


def member_of(organization: Organization, email: str) -> Membership | None:
    with organization_context(organization):
        return Membership.objects.filter(user__email=email).first()


def join(token: str, *, proof: str = "", **data):
    return Client().post(
        path(token) + (f"?proof={proof}" if proof else ""),
        {"name": "新人", "password1": PASSWORD, "password2": PASSWORD, **data},
    )


def test_the_token_is_nowhere_in_the_database(sent):
    invitation, token = sent
    assert token.encode() not in bytes(Invitation.objects.get(pk=invitation.pk).token_digest)
    assert len(invitation.token_digest) == 32


def test_the_email_is_sent_after_the_commit_and_carries_the_link(inviter, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as waiting:
        _invitation, token = send(inviter, "new@example.test")
    assert mail.outbox == []
    for callback in waiting:
        callback()
    assert mail.outbox[0].to == ["new@example.test"]
    assert f"{token}?proof={proof_of_mail(token)}".replace(":", "%3A") in mail.outbox[0].body


def test_the_page_shows_the_link_without_the_proof(inviter):
    role = RoleFactory()
    answer = browser(inviter.user).post(
        reverse("tenancy:invitation_create", kwargs={"organization": "ours"}),
        {"email": "New@Example.test", "name": "新人", "roles": [role.pk]},
    )
    assert Invitation.objects.get().email == "new@example.test"
    html = answer.content.decode()
    assert 'value="http://testserver/accounts/invitations/ours/' in html
    assert "proof" not in html


def test_a_new_person_joins_with_a_password(sent, ours):
    _invitation, token = sent
    assert Client().get(path(token)).status_code == 200
    answer = join(token)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    member = member_of(ours, "new@example.test")
    with organization_context(ours):
        assert (member.name, member.title) == ("新人", "销售")
        assert [link.role.name_zh for link in member.role_links.all()] == ["销售"]
    assert User.objects.get(email="new@example.test").check_password(PASSWORD)


@pytest.mark.parametrize("proven", [True, False])
def test_the_address_is_verified_only_by_the_mail(sent, proven):
    _invitation, token = sent
    join(token, proof=proof_of_mail(token) if proven else "invented")
    assert EmailAddress.objects.get(email="new@example.test").verified is proven


def test_an_unproven_address_does_not_open_a_second_organisation(sent, ours, theirs):
    """Somebody who took an address by a link they were only shown does not join elsewhere in its owner's name."""
    _invitation, token = sent
    join(token)
    with organization_context(theirs):
        other = MembershipFactory()
        grant(other, "tenancy.manage_members", "tenancy.manage_roles")
        _second, second_token = send(other, "new@example.test")
    thief = browser(User.objects.get(email="new@example.test"))
    assert thief.post(path(second_token, "theirs")).status_code == 403
    assert member_of(theirs, "new@example.test") is None
    proven = f"{path(second_token, 'theirs')}?proof={proof_of_mail(second_token)}"
    assert thief.post(proven).status_code == 302
    assert member_of(theirs, "new@example.test") is not None


@pytest.mark.parametrize("password", ["short", "password1234", "new@example.test"])
def test_a_weak_password_is_refused(sent, ours, password):
    _invitation, token = sent
    assert join(token, password1=password, password2=password).status_code == 422
    assert member_of(ours, "new@example.test") is None


def test_passwords_that_differ_are_refused(sent, ours):
    _invitation, token = sent
    assert join(token, password2="something-else-1").status_code == 422
    assert member_of(ours, "new@example.test") is None


def test_a_person_who_signs_in_already_must_do_so_first(inviter, ours):
    user = UserFactory(email="known@example.test")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    _invitation, token = send(inviter, user.email)
    answer = join(token)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    assert member_of(ours, user.email) is None
    assert browser(user).post(path(token)).status_code == 302
    assert member_of(ours, user.email).name == "新人"


def test_somebody_else_who_is_signed_in_does_not_join(sent, ours):
    _invitation, token = sent
    other = UserFactory()
    assert browser(other).post(path(token)).status_code == 403
    assert member_of(ours, other.email) is None


def test_a_former_member_comes_back_with_the_new_roles_only(inviter, ours):
    former = MembershipFactory(ended_at=timezone.now())
    grant(former, "tenancy.manage_roles")
    EmailAddress.objects.create(user=former.user, email=former.user.email, verified=True, primary=True)
    role = RoleFactory()
    _invitation, token = send(inviter, former.user.email, role)
    browser(former.user).post(path(token))
    back = Membership.objects.get(pk=former.pk)
    assert back.is_active
    assert [link.role for link in back.role_links.all()] == [role]


def spoil(invitation: Invitation, how: str) -> None:
    now = timezone.now()
    changed = {
        "used": {"accepted_at": now},
        "withdrawn": {"withdrawn_at": now},
        "expired": {"expires_at": now - timedelta(seconds=1)},
    }
    Invitation.objects.filter(pk=invitation.pk).update(**changed[how])


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_bad_link_gives_the_same_page(sent, ours, theirs, method):
    invitation, token = sent
    pages = set()
    for how in ("used", "withdrawn", "expired"):
        spoil(invitation, how)
        pages.add(settled(getattr(Client(), method)(path(token)).content, path(token)))
    for slug, wrong in (("ours", "x" * 43), ("no-such", token), ("theirs", token), ("no-such", "x")):
        answer = getattr(Client(), method)(path(wrong, slug))
        assert answer.status_code == 404
        pages.add(settled(answer.content, path(wrong, slug)))
    assert len(pages) == 1


def test_a_link_works_once(sent):
    _invitation, token = sent
    join(token)
    assert join(token).status_code == 404


def test_a_new_link_voids_the_old_one(sent, inviter):
    invitation, token = sent
    new = resend_invitation(invitation, actor=viewer_for(inviter), link_to=str)
    assert Client().get(path(token)).status_code == 404
    assert Client().get(path(new)).status_code == 200


def test_a_withdrawn_or_accepted_invitation_is_not_sent_again(sent, inviter):
    invitation, token = sent
    join(token)
    invitation.refresh_from_db()
    with pytest.raises(NotOpen):
        resend_invitation(invitation, actor=viewer_for(inviter), link_to=str)
    with pytest.raises(NotOpen):
        withdraw_invitation(invitation)


def test_a_member_is_not_invited_again(inviter):
    member = MembershipFactory()
    with pytest.raises(AlreadyMember):
        send(inviter, member.user.email.upper())


def test_nobody_invites_with_more_rights_than_their_own(inviter):
    manager = MembershipFactory()
    viewer_of(manager, "tenancy.manage_members")
    high = grant(MembershipFactory(), "tenancy.manage_roles")
    with pytest.raises(BeyondOwnRights):
        send(manager, "new@example.test", high)
    invitation, _token = send(inviter, "new@example.test", high)
    with pytest.raises(BeyondOwnRights):
        resend_invitation(invitation, actor=viewer_for(manager), link_to=str)


def test_an_address_has_one_open_invitation(sent, inviter):
    answer = browser(inviter.user).post(
        reverse("tenancy:invitation_create", kwargs={"organization": "ours"}),
        {"email": "NEW@example.test", "name": "新人", "roles": [RoleFactory().pk]},
    )
    assert answer.status_code == 422
    assert Invitation.objects.count() == 1


def test_a_department_manages_its_own_invitations_and_those_it_sent(inside_ours):
    sales, service = DepartmentFactory(), DepartmentFactory()
    head, boss = MembershipFactory(department=sales), MembershipFactory()
    grant(head, "tenancy.manage_members", scope=Scope.DEPARTMENT)
    grant(boss, "tenancy.manage_members")
    own, near = InvitationFactory(invited_by=head), InvitationFactory(department=sales)
    far, nowhere = InvitationFactory(department=service), InvitationFactory()
    seen = {who: set(open_invitations(viewer_for(who))) for who in (head, boss)}
    assert seen == {head: {own, near}, boss: {own, near, far, nowhere}}
    for name in ("invitation_withdraw", "invitation_resend"):
        for one in (far, nowhere):
            address = reverse(f"tenancy:{name}", kwargs={"organization": "ours", "pk": one.pk})
            assert browser(head).post(address).status_code == 404
    assert Invitation.objects.filter(withdrawn_at=None).count() == 4
    address = reverse("tenancy:invitation_withdraw", kwargs={"organization": "ours", "pk": near.pk})
    assert browser(head).post(address).status_code == 302
    assert set(Invitation.objects.exclude(withdrawn_at=None)) == {near}

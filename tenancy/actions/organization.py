from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db import transaction

from tenancy.actions.role import create_role_from_template
from tenancy.context import organization_context
from tenancy.enums import Currency, Language
from tenancy.models import Membership, MembershipRole, Organization, Role, User
from tenancy.role_templates import ADMIN, TEMPLATES
from tenancy.signals import organization_created


@dataclass(frozen=True)
class Founding:
    """A new organisation with its roles, and its first administrator."""

    organization: Organization
    roles: dict[str, Role]
    admin: Membership


@transaction.atomic
def create_organization(
    *,
    slug: str,
    name: str,
    admin_email: str,
    admin_name: str,
    password: str | None = None,
    language: str = Language.CHINESE,
    timezone: str = "Asia/Shanghai",
    currency: str = Currency.CNY,
) -> Founding:
    """Found an organisation: its roles from the templates, and its first administrator.

    A person who signs in already keeps their password. Raises ValidationError for a bad or taken slug or zone.
    """
    organization = Organization(
        slug=slug, name=name, default_language=language, timezone=timezone, currency=currency
    )
    organization.full_clean()
    organization.save()
    user = find_or_create_user(admin_email, password)
    with organization_context(organization):
        roles = {key: create_role_from_template(template) for key, template in TEMPLATES.items()}
        admin = Membership.objects.create(user=user, name=admin_name)
        MembershipRole.objects.create(membership=admin, role=roles[ADMIN.key])
        organization_created.send(Organization, organization=organization)
    return Founding(organization, roles, admin)


def find_or_create_user(email: str, password: str | None, *, verified: bool = True) -> User:
    """The person who signs in with this address; a new one starts with `password` (None: cannot sign in yet).

    `verified` says whether the new person has shown that the address is theirs.
    """
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        user = User.objects.create_user(email, password)
        EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    return user

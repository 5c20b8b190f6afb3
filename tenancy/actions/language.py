from tenancy.context import organization_context
from tenancy.models import Membership, User
from tenancy.queries.organization import organizations_of


def choose_language(user: User, language: str) -> None:
    """The person reads in `language` from now on, wherever they are a member."""
    for organization in organizations_of(user):
        with organization_context(organization):
            Membership.objects.filter(user=user).exclude(language=language).update(language=language)

from tenancy.context import act_as, organization_context
from tenancy.models import Membership, User
from tenancy.queries.organization import organizations_of


def choose_language(user: User, language: str) -> None:
    """The person reads in `language` from now on, wherever they are a member."""
    for organization in organizations_of(user):
        with organization_context(organization):
            membership = Membership.objects.active().get(user=user)
            act_as(membership)
            membership.language = language
            membership.save(update_fields=["language"])

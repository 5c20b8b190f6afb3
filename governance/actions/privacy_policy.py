"""What the organisation promises about personal data, and who is told when something is wrong with it."""

import uuid

from django.db import transaction
from django.db.models import F, QuerySet

from governance.models import PrivacyPolicy
from tenancy.context import current_organization
from tenancy.models import Membership

MANAGE, VIEW = "governance.manage_privacy", "governance.view_privacy"


def privacy_policy() -> PrivacyPolicy:
    """The organisation's policy, made with the defaults when it is asked for first."""
    return PrivacyPolicy.objects.get_or_create(organization=current_organization())[0]


def policy_in_force() -> PrivacyPolicy:
    """The organisation's policy, or the defaults, unsaved, while it has none: for reading."""
    return PrivacyPolicy.objects.first() or PrivacyPolicy()


@transaction.atomic
def next_number() -> str:
    """The number of a new request. Two people who ask at once wait for one another."""
    policy = privacy_policy()
    PrivacyPolicy.objects.filter(pk=policy.pk).update(requests=F("requests") + 1)
    return f"DR-{PrivacyPolicy.objects.values_list('requests', flat=True).get(pk=policy.pk):05d}"


def guardian_members() -> QuerySet[Membership]:
    """Active members who handle privacy, each once."""
    app, _dot, codename = MANAGE.partition(".")
    holders = Membership.objects.filter(
        role_links__role__grants__permission__content_type__app_label=app,
        role_links__role__grants__permission__codename=codename,
    )
    return Membership.objects.active().filter(pk__in=holders.values("pk")).order_by("name", "pk")


def guardians() -> list[uuid.UUID]:
    return list(guardian_members().values_list("pk", flat=True))

"""Who belongs to whom among the demo customers: a group of companies, referrals, a family, one person in two companies."""

from datetime import timedelta

from django.utils import timezone

from customers.actions.employment import employ
from customers.actions.relation import RELATED, relate
from customers.enums import CustomerKind
from customers.models import ContactPerson, Customer, Relation, TimelineEntry
from customers.relations import BY_KEY
from tenancy.context import current_organization
from tenancy.models import Membership

# Which company (by its place) is what to which.
_COMPANIES = (
    (0, 1, "subsidiary"), (0, 2, "subsidiary"), (2, 3, "subsidiary"), (0, 4, "supplier"), (1, 5, "buyer"),
    (6, 0, "referrer"), (7, 6, "referred"), (3, 8, "partner"),
)  # fmt: skip
_PERSONS = ((0, 1, "spouse"), (0, 2, "child"), (3, 0, "referrer"))
_TITLES = {"zh-hans": "技术顾问", "en": "Adviser"}
_LONG_AGO = 540
_JOBS = ((0, 0), (0, 6), (1, 9), (3, 2))


def relate_some(actor: Membership) -> None:
    companies = _first(CustomerKind.COMPANY, 10)
    persons = _first(CustomerKind.PERSON, 4)
    for rows, pairs in ((companies, _COMPANIES), (persons, _PERSONS)):
        for one, other, role in pairs:
            if max(one, other) < len(rows):
                relate(Relation(), customer=rows[one], other=rows[other], role=BY_KEY[role], actor=actor)
    for person, company in _JOBS:
        if person < len(persons) and company < len(companies):
            title = _TITLES[current_organization().default_language]
            employ(
                ContactPerson(title=title),
                company=companies[company],
                individual=persons[person],
                actor=actor,
            )
    told = TimelineEntry.objects.filter(kind__in=(RELATED, "customer.people_changed"))
    told.update(at=timezone.now() - timedelta(days=_LONG_AGO))


def _first(kind: str, most: int) -> list[Customer]:
    return list(Customer.objects.filter(kind=kind).select_related("owner").order_by("pk")[:most])

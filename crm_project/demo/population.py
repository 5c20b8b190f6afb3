"""Customers with their history, as unsaved rows: the demo saves them, the benchmark copies them."""

import datetime
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.utils import timezone

from crm_project.demo.inventor import InventedCustomer, Inventor
from customers import lexemes, normalise
from customers.actions.verification import VERIFIED
from customers.enums import CustomerKind, PointKind, Tier
from customers.models import (
    ContactPerson,
    ContactPoint,
    Customer,
    CustomerAlias,
    CustomerSearch,
    TimelineEntry,
    Verification,
)
from customers.pinyin import sort_key
from interactions.actions.timeline import CONTACT
from interactions.enums import ContactKind
from interactions.models import Interaction, Plan
from tenancy.models import Membership, Organization

CODE = "C{:06d}"
_HISTORY_DAYS = 540
_CONTACTS = {Tier.KEY: (6, 12), Tier.ORDINARY: (1, 5), Tier.POTENTIAL: (0, 2)}
_ORDERS = {Tier.KEY: 0.9, Tier.ORDINARY: 0.6, Tier.POTENTIAL: 0}
"""How many have ordered."""
_OPEN_PLANS = 0.3
_KINDS = ContactKind.values[:5]
_VERIFIED = 0.7


@dataclass
class Rows:
    """Rows of one batch, in the order in which they may be saved."""

    customers: list[Customer] = field(default_factory=list)
    people: list[ContactPerson] = field(default_factory=list)
    points: list[ContactPoint] = field(default_factory=list)
    aliases: list[CustomerAlias] = field(default_factory=list)
    searches: list[CustomerSearch] = field(default_factory=list)
    interactions: list[Interaction] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    timeline: list[TimelineEntry] = field(default_factory=list)
    verifications: list[Verification] = field(default_factory=list)

    def __iter__(self) -> Iterator[list]:
        return iter(
            (
                self.customers,
                self.people,
                self.points,
                self.aliases,
                self.searches,
                self.interactions,
                self.plans,
                self.timeline,
                self.verifications,
            )
        )


class Population:
    """Draws customers of `organization`, owned by `owners` in turn. Works inside the organisation's context.

    `storied`: how many of them have a history; None: all.
    """

    def __init__(
        self,
        organization: Organization,
        owners: Sequence[Membership],
        seed: int = 1,
        storied: int | None = None,
    ) -> None:
        self._storied = storied
        self._organization = organization
        self._owners = owners
        self._inventor = Inventor(organization.default_language, seed)
        self._random = random.Random(f"history-{organization.default_language}-{seed}")
        self._orders = random.Random(f"orders-{organization.default_language}-{seed}")
        self._now = timezone.now()
        self._zone = ZoneInfo(organization.timezone)
        self._count = 0

    def batches(self, count: int, size: int = 500) -> Iterator[Rows]:
        for start in range(0, count, size):
            rows = Rows()
            for _ in range(min(size, count - start)):
                self._add_customer(rows)
            yield rows

    def _add_customer(self, rows: Rows) -> None:
        invented = self._inventor.customer()
        owner = self._owners[self._count % len(self._owners)]
        self._count += 1
        contacts = self._contact_times(Tier(invented.tier))
        customer = self._customer(invented, owner, contacts)
        people = [
            ContactPerson(
                customer_id=customer.pk, name=one.name, title=one.title, role=one.role, position=place
            )
            for place, one in enumerate(invented.people)
        ]
        points = self._points(customer, invented, people)
        rows.customers.append(customer)
        rows.people += people
        rows.points += points
        rows.aliases += [
            CustomerAlias(customer_id=customer.pk, kind=kind, name=name, position=place)
            for place, (kind, name) in enumerate(invented.aliases)
        ]
        rows.searches.append(self._search(customer, invented, people, points))
        if self._storied is None or self._count <= self._storied:
            self._add_history(rows, customer, people, contacts)

    def _customer(
        self, invented: InventedCustomer, owner: Membership, contacts: list[datetime.datetime]
    ) -> Customer:
        copied = (
            "kind name gender birthday industry tier source province city district street remarks".split()
        )
        first = min(contacts, default=self._now)
        created = first - datetime.timedelta(days=self._random.randint(0, 200))
        return Customer(
            **{name: getattr(invented, name) for name in copied},
            organization=self._organization,
            code=CODE.format(self._count),
            name_key=sort_key(invented.name, person=invented.kind == CustomerKind.PERSON),
            owner_id=owner.pk,
            created_by_id=owner.pk,
            created_at=created,
            updated_at=max(contacts, default=created),
            last_order_on=self._last_order_on(Tier(invented.tier), contacts),
        )

    def _last_order_on(self, tier: Tier, contacts: list[datetime.datetime]) -> datetime.date | None:
        """Some days after somebody was in touch; None: they have not ordered yet."""
        ordered, within = self._orders.random() < _ORDERS[tier], self._orders.randint(0, 21)
        if not ordered or not contacts:
            return None
        moment = self._orders.choice(contacts) + datetime.timedelta(days=within)
        return min(moment, self._now).astimezone(self._zone).date()

    def _points(
        self, customer: Customer, invented: InventedCustomer, people: list[ContactPerson]
    ) -> list[ContactPoint]:
        own = [
            (PointKind.PHONE, invented.phone, None),
            (PointKind.EMAIL, invented.email, None),
            (PointKind.WECHAT, invented.wechat, None),
        ]
        theirs = [
            (PointKind.PHONE, one.phone, person) for one, person in zip(invented.people, people, strict=True)
        ]
        uid = self._organization.uid
        return [
            ContactPoint(
                customer_id=customer.pk,
                person_id=person and person.pk,
                kind=kind,
                value=value,
                value_index=normalise.value_index(kind, value, uid),
                tail_index=normalise.tail_index(kind, value, uid),
                is_primary=person is None,
                position=place,
            )
            for place, (kind, value, person) in enumerate(own + theirs)
            if value
        ]

    def _search(
        self,
        customer: Customer,
        invented: InventedCustomer,
        people: list[ContactPerson],
        points: list[ContactPoint],
    ) -> CustomerSearch:
        document = lexemes.document(
            self._organization.pk,
            name=customer.name,
            code=customer.code,
            owner_id=customer.owner_id,
            person=customer.kind == CustomerKind.PERSON,
            aliases=[name for _kind, name in invented.aliases],
            others=[person.name for person in people],
            value_indexes=[point.value_index for point in points],
            tail_indexes=[point.tail_index for point in points],
        )
        return CustomerSearch(customer_id=customer.pk, document=document)

    def _contact_times(self, tier: Tier) -> list[datetime.datetime]:
        draw = self._random
        today = self._now.astimezone(self._zone).replace(minute=0, second=0, microsecond=0)
        times = []
        for _ in range(draw.randint(*_CONTACTS[tier])):
            # More of what is recent: the square pulls towards today.
            day = today - datetime.timedelta(days=1 + int(_HISTORY_DAYS * draw.random() ** 2))
            times.append(day.replace(hour=draw.randint(9, 17), minute=draw.choice((0, 15, 30, 45))))
        return sorted(times)

    def _add_history(
        self,
        rows: Rows,
        customer: Customer,
        people: list[ContactPerson],
        contacts: list[datetime.datetime],
    ) -> None:
        draw = self._random
        for at in contacts:
            person = draw.choice(people) if people else None
            kind = draw.choices(_KINDS, (5, 4, 2, 1, 1))[0]
            said = self._inventor.contact(person.name if person else customer.name)
            contact = Interaction(
                customer_id=customer.pk,
                person_id=person and person.pk,
                kind=kind,
                at=at,
                by_id=customer.owner_id,
                **said,
            )
            rows.interactions.append(contact)
            rows.timeline.append(self._entry(contact))
        if draw.random() < _OPEN_PLANS:
            rows.plans.append(self._plan(customer))
        if contacts and draw.random() < _VERIFIED:
            self._verify(rows, customer, contacts[-1])

    def _verify(self, rows: Rows, customer: Customer, at: datetime.datetime) -> None:
        """Confirmed at the last contact; now and then something was wrong."""
        wrong = ["phone"] if self._random.random() < 0.05 else []
        checked = {"right": ["name"] if wrong else ["name", "phone"], "wrong": wrong, "changed": []}
        row = Verification(customer_id=customer.pk, by_id=customer.owner_id, at=at, checked=checked)
        rows.verifications.append(row)
        rows.timeline.append(
            TimelineEntry(
                customer_id=customer.pk,
                kind=VERIFIED,
                at=at,
                actor_id=customer.owner_id,
                subject_id=row.pk,
                params={"checked": checked},
            )
        )

    def _entry(self, contact: Interaction) -> TimelineEntry:
        return TimelineEntry(
            customer_id=contact.customer_id,
            kind=CONTACT,
            at=contact.at,
            actor_id=contact.by_id,
            subject_id=contact.pk,
            params={"kind": contact.kind},
            text=contact.summary,
        )

    def _plan(self, customer: Customer) -> Plan:
        draw = self._random
        today = self._now.astimezone(self._zone).date()
        return Plan(
            customer_id=customer.pk,
            owner_id=customer.owner_id,
            kind=draw.choice((ContactKind.VISIT, ContactKind.CALL, ContactKind.MEETING)),
            subject=self._inventor.next_step(),
            due_on=today
            + datetime.timedelta(days=draw.choice((-3, -1, 0, 0, 0, 1, 2, 3, 5, 7, 10, 14, 21, 30))),
            created_by_id=customer.owner_id,
        )

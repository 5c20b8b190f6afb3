"""Consents that an import adds, and what its revert adds to them: nothing said is ever changed or deleted.

The key of a consent is made from the key of its row: written twice it is one, and a revert finds it without a note.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions.consent import RECORDED, refresh_standings
from customers.enums import ConsentState, RowResult
from customers.importing.consents import Said
from customers.importing.outcomes import mark
from customers.models import (
    Consent,
    ConsentPurpose,
    ConsentStanding,
    ConsentWording,
    ImportRow,
    TimelineEntry,
)
from customers.queries.merges import survivors_of
from tenancy.context import current_actor


def consent_key(row: uuid.UUID) -> uuid.UUID:
    return uuid.uuid5(row, "consent")


def record_consents(said: Mapping[uuid.UUID, tuple[uuid.UUID, Said]]) -> set[uuid.UUID]:
    """Row → customer and what it said. What the customer has said already, at that time, is not said twice. Standings and
    the timeline follow. Answers the rows whose consent was added. A few statements for however many."""
    if not said:
        return set()
    heard = set(
        Consent.objects.filter(customer__in=[customer for customer, _said in said.values()]).values_list(
            "customer", "purpose", "state", "at"
        )
    )
    wordings = list(ConsentWording.objects.order_by("-in_force_from"))
    fresh: dict[uuid.UUID, Consent] = {}
    for row, (customer, one) in said.items():
        consent = _consent(row, customer, one, wordings)
        if (customer, consent.purpose_id, consent.state, consent.at) not in heard:
            fresh[row] = consent
    _add(list(fresh.values()))
    return set(fresh)


def _consent(row: uuid.UUID, customer: uuid.UUID, one: Said, wordings: Sequence[ConsentWording]) -> Consent:
    day, purpose = date.fromisoformat(one["date"]), uuid.UUID(one["purpose"])
    in_force = [
        wording for wording in wordings if wording.purpose_id == purpose and wording.in_force_from <= day
    ]
    return Consent(
        pk=consent_key(row),
        customer_id=customer,
        purpose_id=purpose,
        wording=in_force[0] if in_force else None,
        state=one["state"],
        channel=one["channel"],
        at=timezone.make_aware(datetime.combine(day, time())),
        recorded_by=current_actor(),
    )


def _add(consents: Sequence[Consent]) -> None:
    if not consents:
        return
    Consent.objects.bulk_create(consents)
    refresh_standings({one.customer_id for one in consents})
    purposes = ConsentPurpose.objects.in_bulk({one.purpose_id for one in consents})
    TimelineEntry.objects.bulk_create(
        TimelineEntry(
            customer_id=one.customer_id,
            kind=RECORDED,
            at=one.at,
            actor=current_actor(),
            subject_id=one.pk,
            params={
                "state": one.state,
                "purpose": [purposes[one.purpose_id].label_zh, purposes[one.purpose_id].label_en],
                "channel": one.channel,
            },
        )
        for one in consents
    )


def withdraw_consents(rows: Sequence[ImportRow]) -> None:
    """The way back. Nothing said is ever deleted: to what these rows gave, and nobody has spoken of since, a withdrawal is
    added; the rows of all that stays as it was say so."""
    by_key = {consent_key(row.pk): row for row in rows}
    written = list(Consent.objects.filter(pk__in=list(by_key)))
    if not written:
        return
    given = _in_force(written)
    _add([_withdrawal(one) for one in given])
    for one in written:
        if one not in given:
            mark(by_key[one.pk].pk, result=RowResult.PARTLY, problem=["consent_stays", None, None])


def _in_force(written: Sequence[Consent]) -> list[Consent]:
    """Those that count now: given, and nobody has said anything since, neither for those that the customer has taken over nor for
    whom it has become."""
    become = survivors_of(one.customer_id for one in written)
    now = {one.customer_id: become.get(one.customer_id, one.customer_id) for one in written}
    rows = ConsentStanding.objects.filter(customer__in=list(now.values()))
    standing = {(row.customer_id, row.purpose_id): (row.state, row.since) for row in rows}
    return [
        one
        for one in written
        if standing.get((now[one.customer_id], one.purpose_id))
        == (ConsentState.GIVEN, one.at)
        == (one.state, one.at)
    ]


def _withdrawal(given: Consent) -> Consent:
    return Consent(
        customer_id=given.customer_id,
        purpose_id=given.purpose_id,
        wording_id=given.wording_id,
        state=ConsentState.WITHDRAWN,
        channel=given.channel,
        at=timezone.now(),
        note=_("The import was reverted."),
        recorded_by=current_actor(),
    )

"""Consents: purposes and wordings defined, and what customers say recorded. Nothing recorded is ever changed."""

import uuid
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions import timeline
from customers.enums import ConsentState
from customers.models import Consent, ConsentPurpose, ConsentWording, Customer
from customers.queries.consent import wording_on
from tenancy.context import current_organization_id
from tenancy.db import arrays
from tenancy.errors import Refused
from tenancy.models import Membership

RECORDED = "customer.consent"

# The newest of what a customer and those merged into it have said counts; of two at one time, what was recorded last.
# What one says who was merged counts for whom they have become as well.
_REFRESH = """
WITH RECURSIVE become AS (
    SELECT g.id FROM unnest(%(ids)s::uuid[]) AS g (id)
    UNION
    SELECT g.survivor_id FROM become b
    JOIN customers_mergedcustomer m ON m.organization_id = %(organization)s AND m.customer_id = b.id AND m.active
    JOIN customers_merge g ON g.organization_id = m.organization_id AND g.id = m.merge_id
), same AS (
    SELECT id AS root, id FROM become
    UNION
    SELECT s.root, m.customer_id FROM same s
    JOIN customers_merge g ON g.organization_id = %(organization)s AND g.survivor_id = s.id
    JOIN customers_mergedcustomer m ON m.organization_id = g.organization_id AND m.merge_id = g.id AND m.active
), newest AS (
    SELECT DISTINCT ON (s.root, c.purpose_id) s.root, c.purpose_id, c.state, c.at
    FROM same s JOIN customers_consent c ON c.organization_id = %(organization)s AND c.customer_id = s.id
    ORDER BY s.root, c.purpose_id, c.at DESC, c.recorded_at DESC, c.id DESC
), gone AS (
    DELETE FROM customers_consentstanding d WHERE d.organization_id = %(organization)s
        AND d.customer_id IN (SELECT id FROM become)
        AND NOT EXISTS (SELECT FROM newest n WHERE n.root = d.customer_id AND n.purpose_id = d.purpose_id)
)
INSERT INTO customers_consentstanding (organization_id, id, customer_id, purpose_id, state, since)
SELECT %(organization)s, gen_random_uuid(), n.root, n.purpose_id, n.state, n.at FROM newest n
ON CONFLICT (organization_id, customer_id, purpose_id) DO UPDATE SET state = EXCLUDED.state, since = EXCLUDED.since
"""


class NotWorded(Refused):
    reason = _("No wording of this purpose was in force at that time.")


@transaction.atomic
def create_purpose(purpose: ConsentPurpose, wording: ConsentWording) -> ConsentPurpose:
    """A new purpose (unsaved), at the end, with its first wording."""
    last = ConsentPurpose.objects.aggregate(last=Max("position"))["last"]
    purpose.position = 0 if last is None else last + 1
    purpose.save(force_insert=True)
    wording.purpose = purpose
    add_wording(wording)
    return purpose


@transaction.atomic
def add_wording(wording: ConsentWording) -> ConsentWording:
    """The next version of a purpose's text. What was agreed to before stays agreed to in its own words."""
    ConsentPurpose.objects.select_for_update().get(pk=wording.purpose_id)
    last = ConsentWording.objects.filter(purpose=wording.purpose_id).aggregate(last=Max("number"))["last"]
    wording.number = (last or 0) + 1
    wording.save(force_insert=True)
    return wording


def archive_purpose(purpose: ConsentPurpose) -> None:
    """Nobody is asked any more; what was said stays."""
    ConsentPurpose.objects.filter(pk=purpose.pk, archived_at=None).update(archived_at=timezone.now())


def restore_purpose(purpose: ConsentPurpose) -> None:
    ConsentPurpose.objects.filter(pk=purpose.pk).update(archived_at=None)


@transaction.atomic
def record_consent(consent: Consent, *, actor: Membership | None) -> Consent:
    """Add what a customer said (unsaved): the wording is the one in force at the time. The standing follows, and a line
    on the timeline. Raises NotWorded."""
    Customer.objects.select_for_update().get(pk=consent.customer_id)
    consent.at = consent.at.replace(second=0, microsecond=0)
    consent.wording = wording_on(consent.purpose, timezone.localdate(consent.at))
    if consent.wording is None and consent.state == ConsentState.GIVEN:
        raise NotWorded
    consent.recorded_by = actor
    consent.save(force_insert=True)
    refresh_standings([consent.customer_id])
    labels = [consent.purpose.label_zh, consent.purpose.label_en]
    params = {"state": consent.state, "purpose": labels, "channel": consent.channel}
    timeline.record(
        consent.customer_id, RECORDED, actor=actor, params=params, subject_id=consent.pk, at=consent.at
    )
    return consent


def refresh_standings(ids: Iterable[uuid.UUID]) -> None:
    """Count anew what stands for these customers. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, {"ids": arrays.keys(ids), "organization": current_organization_id()})

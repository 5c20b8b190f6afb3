"""What the registry declares of its own rows: see `customers.privacy`."""

from django.utils.translation import gettext_lazy as _

from customers import models
from customers.actions import privacy_searches as searches
from customers.actions import privacy_traces as traces
from customers.privacy import (
    ErasureBlocker,
    OnErasure,
    PrivacyRule,
    PrivacyTrace,
    erasure_blockers,
    privacy_rules,
    privacy_traces,
)
from customers.queries.legal_hold import reasons_to_keep

DERIVED = _("Made from the other data: it says nothing more than they do.")
OF_COLLEAGUES = _("Says what a colleague did or likes to see, nothing about the customer.")
PROVES_NOTHING = _("Of somebody whom nobody can name any more it proves nothing.")
# The same human as a contact person of companies.
HUMAN = "employment__individual"

for rule in (
    PrivacyRule(models.Customer, ("pk",), order=10, hidden=("name_key", "folder", "version")),
    PrivacyRule(models.ContactPoint, ("customer", f"person__{HUMAN}"), order=20),
    PrivacyRule(models.ContactPerson, ("customer", HUMAN), order=21),
    PrivacyRule(models.CustomerAlias, order=22),
    PrivacyRule(models.Relation, ("source", "target"), order=23, hidden=("created_by",)),
    PrivacyRule(models.Employment, ("company", "individual"), order=24),
    PrivacyRule(models.TimelineEntry, order=30, hidden=("subject_id", "params")),
    PrivacyRule(models.CustomerNeeds, order=25),
    PrivacyRule(models.UnsuitableTime, order=26),
    PrivacyRule(models.CustomerTag, order=27),
    PrivacyRule(models.CustomValue, order=28),
    PrivacyRule(models.Verification, order=31),
    PrivacyRule(models.HandedCustomer, order=33, hidden=("came", "version")),
    PrivacyRule(models.OwnershipChange, order=32, hidden=("part_of",)),
    PrivacyRule(models.Merge, ("survivor", "merged__customer"), order=35, hidden=("counts", "left")),
    PrivacyRule(models.MergedCustomer, ("customer", "merge__survivor"), order=36),
    PrivacyRule(models.Collaborator, exported=False, reason=OF_COLLEAGUES, order=92),
    PrivacyRule(models.Consent, order=32, reason=PROVES_NOTHING),
    PrivacyRule(models.ConsentStanding, exported=False, reason=DERIVED, order=91),
    PrivacyRule(models.LegalHold, order=40),
    PrivacyRule(models.DisclosedCustomer, order=41),
    PrivacyRule(models.CustomerSearch, exported=False, reason=DERIVED, order=90),
    PrivacyRule(models.CustomerHealth, exported=False, reason=DERIVED, order=91),
    PrivacyRule(models.CustomerBirthday, exported=False, reason=DERIVED, order=91),
    PrivacyRule(models.BulkRow, exported=False, reason=OF_COLLEAGUES, order=92),
    PrivacyRule(
        models.MovedRow, ("customer", "merge__survivor"), exported=False, reason=OF_COLLEAGUES, order=92
    ),
    PrivacyRule(models.DuplicatePair, ("first", "second"), exported=False, reason=DERIVED, order=92),
    PrivacyRule(models.NotDuplicate, ("first", "second"), exported=False, reason=OF_COLLEAGUES, order=92),
    PrivacyRule(models.PoolEntry, order=32),
    PrivacyRule(models.PoolClaim, order=33, hidden=("batch", "held")),
    PrivacyRule(models.PoolKeep, order=34),
    PrivacyRule(models.PoolWarning, exported=False, reason=DERIVED, order=92),
    PrivacyRule(models.PostponedSuggestion, exported=False, reason=OF_COLLEAGUES, order=92),
):
    privacy_rules.register(rule)

privacy_traces.register(
    PrivacyTrace(
        "import_rows", _("Rows of imported files"), traces.count_import_rows, traces.erase_import_rows
    )
)
privacy_traces.register(
    PrivacyTrace(
        "import_files", _("Imported files"), traces.count_import_files, traces.erase_import_files, order=90
    )
)
privacy_traces.register(
    PrivacyTrace("export_files", _("Exported files"), traces.count_export_files, traces.erase_export_files)
)
privacy_traces.register(
    PrivacyTrace(
        "export_filters", _("Filters of exports that may name this customer"), searches.count_export_filters,
        searches.erase_export_filters,
    )
)  # fmt: skip
privacy_traces.register(
    PrivacyTrace(
        "bulk_filters", _("Filters and notes of bulk changes that may name this customer"),
        searches.count_bulk_filters, searches.erase_bulk_filters,
    )
)  # fmt: skip
privacy_traces.register(
    PrivacyTrace(
        "saved_views", _("Saved views that search for this customer"), searches.count_saved_views,
        searches.erase_saved_views,
    )
)  # fmt: skip
privacy_traces.register(
    PrivacyTrace(
        "mentions", _("Mentions in the story of others"), traces.count_mentions, traces.erase_mentions
    )
)
privacy_traces.register(
    PrivacyTrace(
        "handover_notes", _("Notes about handovers of this customer alone"), traces.count_handover_notes,
        traces.erase_handover_notes, order=91,
    )
)  # fmt: skip
privacy_traces.register(
    PrivacyTrace(
        "shared_handover_notes", _("Notes about handovers of several customers"), traces.count_shared_notes,
        traces.keep_shared_notes, order=92, what=OnErasure.KEEP, links=traces.links_to_shared_notes,
        reason=_("They are about others too. Look whether they name this customer, and remove those that do first."),
    )
)  # fmt: skip
erasure_blockers.register(ErasureBlocker("legal_hold", reasons_to_keep))

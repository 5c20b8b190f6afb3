from customers.models.alias import CustomerAlias
from customers.models.birthday import CustomerBirthday
from customers.models.bulk_run import BulkRow, BulkRun
from customers.models.collaborator import Collaborator
from customers.models.columns import ColumnChoice
from customers.models.consent import Consent, ConsentPurpose, ConsentStanding, ConsentWording
from customers.models.contact import ContactPerson, ContactPoint
from customers.models.custom_field import CustomChoice, CustomField, CustomValue
from customers.models.customer import Customer
from customers.models.disclosure import DisclosedCustomer, Disclosure
from customers.models.duplicate import DuplicatePair, NotDuplicate
from customers.models.export import CustomerExport
from customers.models.field_policy import FieldPolicy
from customers.models.handover import HandedCustomer, Handover
from customers.models.health import CustomerHealth, HealthCount
from customers.models.import_batch import ImportBatch, ImportMapping, ImportRow
from customers.models.legal_hold import LegalHold
from customers.models.merge import Merge, MergedCustomer, MovedRow
from customers.models.needs import CustomerNeeds
from customers.models.numbering import CodeCounter, CodePattern
from customers.models.ownership import OwnershipCap, OwnershipChange, OwnershipPolicy
from customers.models.pool import (
    Pool,
    PoolClaim,
    PoolDepartment,
    PoolEntry,
    PoolKeep,
    PoolRole,
    PoolRule,
    PoolWarning,
)
from customers.models.quality_policy import QualityPolicy
from customers.models.relation import Employment, Relation
from customers.models.search import CustomerSearch
from customers.models.suggestion import PostponedSuggestion
from customers.models.tag import CustomerTag, Tag, TagGroup
from customers.models.timeline import TimelineEntry
from customers.models.verification import Verification
from customers.models.visiting import UnsuitableTime

__all__ = [
    "BulkRow",
    "BulkRun",
    "CodeCounter",
    "CodePattern",
    "Collaborator",
    "ColumnChoice",
    "Consent",
    "ConsentPurpose",
    "ConsentStanding",
    "ConsentWording",
    "ContactPerson",
    "ContactPoint",
    "CustomChoice",
    "CustomField",
    "CustomValue",
    "Customer",
    "CustomerAlias",
    "CustomerBirthday",
    "CustomerExport",
    "CustomerHealth",
    "CustomerNeeds",
    "CustomerSearch",
    "CustomerTag",
    "DisclosedCustomer",
    "Disclosure",
    "DuplicatePair",
    "Employment",
    "FieldPolicy",
    "HandedCustomer",
    "Handover",
    "HealthCount",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "LegalHold",
    "Merge",
    "MergedCustomer",
    "MovedRow",
    "NotDuplicate",
    "OwnershipCap",
    "OwnershipChange",
    "OwnershipPolicy",
    "Pool",
    "PoolClaim",
    "PoolDepartment",
    "PoolEntry",
    "PoolKeep",
    "PoolRole",
    "PoolRule",
    "PoolWarning",
    "PostponedSuggestion",
    "QualityPolicy",
    "Relation",
    "Tag",
    "TagGroup",
    "TimelineEntry",
    "UnsuitableTime",
    "Verification",
]

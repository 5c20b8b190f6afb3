from customers.models.columns import ColumnChoice
from customers.models.contact import ContactPerson, ContactPoint
from customers.models.customer import Customer
from customers.models.import_batch import ImportBatch, ImportMapping, ImportRow
from customers.models.numbering import CodeCounter
from customers.models.search import CustomerSearch
from customers.models.timeline import TimelineEntry

__all__ = [
    "CodeCounter",
    "ColumnChoice",
    "ContactPerson",
    "ContactPoint",
    "Customer",
    "CustomerSearch",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "TimelineEntry",
]

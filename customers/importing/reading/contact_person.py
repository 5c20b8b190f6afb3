"""What a row says of a contact person is the customer's own where it names none."""

from customers.importing.contacts import DETAILS
from customers.importing.values import Values


def give_to_customer(values: Values) -> None:
    """Leaves the job title in `values["job_title"]`, for the remarks."""
    if "contact_name" in values:
        return
    for target, kind in DETAILS.items():
        if found := values.pop(target, None):
            values[kind] = list(dict.fromkeys([*values.get(kind, ()), *found]))
    if title := values.pop("contact_title", ""):
        values["job_title"] = title

"""Where a customer is, as text."""

from collections.abc import Container

from customers.models import Customer

ADDRESS = ("country", "province", "city", "district", "street2", "street")


def address_text(customer: Customer, hidden: Container[str]) -> str:
    """On one line, as it is written where it is: the Chinese way from large to small, or the other way round. `hidden`:
    fields that are left out."""
    given = [part for name in ADDRESS if name not in hidden and (part := getattr(customer, name))]
    postcode = "" if "postcode" in hidden else customer.postcode
    if not given:
        return ""
    if any(ord(char) > 0x2E80 for char in "".join(given)):
        unique = [part for place, part in enumerate(given) if part not in given[:place]]
        return "".join(unique) + (f" {postcode}" if postcode else "")
    return ", ".join([*reversed(given), *filter(None, [postcode])])

"""The optional fields of a customer in words, for its page."""

from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.formats import date_format, number_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from customers.birthdays import Birthday
from customers.custom import number_of
from customers.enums import AliasKind, CustomType, Weekday
from customers.fields import OPTIONAL
from customers.models import Customer, UnsuitableTime
from customers.models.customer import EDITABLE
from customers.models.labels import in_language

_ELSEWHERE = {
    *("country", "province", "city", "district", "street", "street2", "postcode"),
    *("source", "remarks", "identity_number", "bank_account"),
}
"""What the page shows in an address, among the highlights, or in a card of its own."""
ABOUT = tuple(name for name in OPTIONAL if name in EDITABLE and name not in _ELSEWHERE)


def about(customer: Customer, name: str) -> str:
    """An optional field in words."""
    if name == "birthday":
        birthday = Birthday.of(customer.birthday, customer.birthday_typed)
        if birthday is None:
            return ""
        next_on = date_format(birthday.next_on(localdate()), "MONTH_DAY_FORMAT")
        return _("%(birthday)s · next on %(date)s") % {"birthday": birthday.words(), "date": next_on}
    if name == "distance":
        return "" if customer.distance is None else f"{customer.distance / 1000:g} km"
    display, value = getattr(customer, f"get_{name}_display", None), getattr(customer, name)
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    return str(display()) if display and value else value


def names_of(customer: Customer) -> str:
    """Of a customer that was read with `names=other_names()`."""
    names = [
        _("%(name)s (%(kind)s)") % {"name": row["name"], "kind": AliasKind(row["kind"]).label}
        for row in getattr(customer, "names", ())
    ]
    return _(", ").join(names)


def unsuitable_times() -> ArraySubquery:
    """The unsuitable times as part of the customer's own query; `unsuitable_rows` reads them."""
    rows = UnsuitableTime.objects.filter(customer=OuterRef("pk")).order_by("weekday", "starts", "id")
    return ArraySubquery(
        rows.values(row=JSONObject(pk="id", weekday="weekday", starts="starts", ends="ends", note="note"))
    )


def unsuitable_rows(customer: Customer) -> list[dict[str, Any]]:
    """Of a customer that was read with `times=unsuitable_times()`."""
    return [
        {
            **row,
            "day": Weekday(row["weekday"]).label if row["weekday"] is not None else _("Every day"),
            "hours": f"{row['starts'][:5]}–{row['ends'][:5]}",
        }
        for row in getattr(customer, "times", ())
    ]


def own_facts(customer: Customer) -> list[dict[str, str]]:
    """The organisation's own fields, of a customer that was read with `own=held_by_customer()`."""
    found: dict[str, dict[str, str]] = {}
    for row in getattr(customer, "own", ()):
        label = in_language(row["zh"], row["en"])
        text = _own_text(row)
        if row["id"] in found:
            found[row["id"]]["value"] += _(", ") + text
        else:
            found[row["id"]] = {"label": label, "value": text}
    return list(found.values())


def _own_text(row: dict[str, Any]) -> str:
    if row["text"] is not None:
        return row["text"]
    if row["day"] is not None:
        return date_format(date.fromisoformat(row["day"]), "SHORT_DATE_FORMAT")
    if row["number"] is None:
        return in_language(row["choice_zh"], row["choice_en"])
    if row["type"] == CustomType.BOOLEAN:
        return _("Yes") if row["number"] else _("No")
    return number_format(number_of(row["number"]), force_grouping=True)

"""The values of the customers that are merged, side by side, as the page prints them."""

from collections.abc import Container
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from customers.forms.merge import VALUE, MergeForm
from customers.masking import masked_text
from customers.mergeable import BOTH, CHOICES, Choice, Side
from customers.postal import address_text
from customers.queries.listing import uncollected
from customers.queries.merge_preview import kind_label
from tenancy.access import Viewer


def merge_rows(form: MergeForm, viewer: Viewer) -> list[dict[str, Any]]:
    """One row for each value that at least one of them has and the organisation collects."""
    hidden = uncollected(viewer)
    rows = [
        _row(choice, form, hidden)
        for choice in CHOICES
        if choice.key not in hidden and any(side.has(choice) for side in form.sides)
    ]
    # Of an address all that is stored may be parts that are not collected.
    return [row for row in rows if any(cell["text"] for cell in row["cells"])]


def merge_columns(form: MergeForm) -> list[dict[str, Any]]:
    """One column for each customer: which, whether it stays, and what it has."""
    into = str(form["into"].value())
    return [
        {
            "customer": side.customer,
            "stays": str(side.customer.pk) == into,
            "has": [
                {"label": kind_label(label), "count": count}
                for label, count in sorted(form.counts[side.customer.pk].items())
            ],
        }
        for side in form.sides
    ]


def _row(choice: Choice, form: MergeForm, hidden: Container[str]) -> dict[str, Any]:
    contested = choice in form.contested
    chosen = form.chosen(choice) if contested else ""
    offered = form.offered(choice) if contested else set()
    return {
        "name": f"{VALUE}{choice.key}",
        "label": choice.label,
        "contested": contested,
        "joins": choice.joins and contested,
        "both": BOTH,
        "both_chosen": chosen == BOTH,
        "cells": [
            {
                "key": str(side.customer.pk),
                "title": side.customer.name,
                "code": side.customer.code,
                "text": shown(choice, side, hidden),
                "chosen": chosen == str(side.customer.pk),
                "offered": str(side.customer.pk) in offered,
            }
            for side in form.sides
        ],
    }


def shown(choice: Choice, side: Side, hidden: Container[str]) -> str:
    """The value in words, in the reader's language, without fields that are `hidden`; numbers that identify are masked."""
    row: Any = side.needs if choice.on_needs else side.customer
    if choice.key == "address":
        return address_text(side.customer, hidden)
    if choice.key == "owner":
        return str(side.customer.owner or _("Nobody"))
    value = getattr(row, choice.columns[0])
    if choice.key == "birthday":
        return side.customer.birthday_typed or (date_format(value, "SHORT_DATE_FORMAT") if value else "")
    if value in (None, ""):
        return ""
    if choice.secret:
        return masked_text(value)
    display = getattr(row, f"get_{choice.columns[0]}_display", None)
    if display:
        return str(display())
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    return number_format(value) if isinstance(value, int) else str(value)

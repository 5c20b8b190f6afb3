"""By what the cells of each column are read. A parser takes a cell and answers its value, "" for none; it raises Unreadable."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db.models import Field

from customers.importing.choices import CHOICES, choice_words
from customers.importing.contacts import DETAILS
from customers.importing.options import Options, People
from customers.importing.reading import days, details, numbers, texts
from customers.importing.targets import TARGETS
from customers.importing.unreadable import Unreadable
from customers.models import Customer
from customers.models.customer import EDITABLE, FIRST_ORDER
from customers.text import clean_line, half_width

Parser = Callable[[str], Any]
_PARAGRAPHS = ("credit_note", "service_preferences", "preferences", "potential_needs", "family_notes")


def parsers_of(options: Options, people: People, region: str, today: date) -> dict[str, Parser]:
    """Target → parser. What is not named here is a line of text, held to what the field of the model asks."""
    past_day = partial(days.past_day, options.day_first, today)
    parsers: dict[str, Parser] = {
        key: checked(partial(texts.text, target.limit), _validators(key)) for key, target in TARGETS.items()
    }
    parsers |= {key: partial(_choice, key, choice_words(key)) for key in CHOICES}
    parsers |= {key: partial(texts.paragraphs, TARGETS[key].limit) for key in _PARAGRAPHS}
    reading: dict[str, Parser] = {
        "phone": partial(details.phone, region),
        "email": details.email,
        "wechat": details.wechat,
    }
    parsers |= reading | {target: reading[kind] for target, kind in DETAILS.items()}
    return parsers | {
        "birthday": partial(days.birthday, options.day_first, today),
        "consent_date": partial(past_day, earliest=days.FIRST_CONSENT),
        "last_order_on": partial(past_day, earliest=FIRST_ORDER),
        "distance": numbers.distance,
        "identity_number": numbers.identity,
        "bank_account": numbers.bank,
        "owner": partial(_owner, people),
        "postcode": _postcode,
    }


def _validators(key: str) -> list[Callable[[str], None]]:
    """What the field of the model asks of its texts beyond their length."""
    if key not in EDITABLE:
        return []
    field = cast(Field, Customer._meta.get_field(key))
    return [check for check in field.validators if not isinstance(check, MaxLengthValidator)]


def checked(read: Callable[[str], str], validators: Sequence[Callable[[str], None]]) -> Callable[[str], str]:
    if not validators:
        return read

    def checked_too(raw: str) -> str:
        text = read(raw)
        try:
            for check in validators if text else ():
                check(text)
        except ValidationError:
            raise Unreadable("bad_value") from None
        return text

    return checked_too


def _choice(key: str, words: dict[str, str], raw: str) -> str:
    found = words.get(raw)
    if found is None:
        found = words.get(half_width(raw).casefold())
        if found is None:
            raise Unreadable("bad_choice", key)
    return found


def _owner(people: People, raw: str) -> str:
    member = people.by_word.get(clean_line(raw).casefold(), "")
    if not member:
        raise Unreadable("unknown_member")
    if not people.may_assign(member):
        raise Unreadable("may_not_assign")
    return member


def _postcode(raw: str) -> str:
    return texts.text(TARGETS["postcode"].limit, raw.removesuffix(".0"))

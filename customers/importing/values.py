"""Cells into values. One `RowReader` per file: what each column needs is worked out once, so that a row costs microseconds."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db.models import Field
from django.utils.timezone import localdate

from customers import normalise
from customers.birthdays import Birthday, read_lunar
from customers.custom import Spec
from customers.enums import AliasKind, CustomerKind
from customers.importing.choices import CHOICES, choice_words
from customers.importing.consents import COLUMNS as CONSENT
from customers.importing.consents import Purposes
from customers.importing.dates import read_date
from customers.importing.limits import MAX_ALIASES, MAX_CELL
from customers.importing.options import Options, People
from customers.importing.own import parser_of, targets_of
from customers.importing.tags import Labels
from customers.importing.targets import TARGETS
from customers.importing.unreadable import Unreadable
from customers.importing.xlsx_file import UNCALCULATED
from customers.models import Customer
from customers.models.customer import EDITABLE, FIRST_ORDER
from customers.text import clean_line, clean_lines, half_width

Problem = list[Any]
"""[code, column number or None, parameter]: what `ImportRow.problems` keeps."""
Values = dict[str, Any]

_NOTHING = frozenset({"-", "--", "—", "——", "/", "无", "暂无", "N/A", "n/a", "null", "NULL", "None", "#N/A"})
_SHEET_ERRORS = frozenset({"#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_DIGITS = 15  # that a spreadsheet keeps of a number
_EXPONENT = re.compile(r"(\d(?:\.(\d+))?)[eE]\+?(\d{1,2})", re.ASCII)
_SEVERAL = re.compile(r"[;；、，,\n]|\s/\s|\s:::\s|(?<=\d{7})/(?=[\d+])|(?<=\d{7})\s+(?=\+?\d{7})")
_SEVERAL_NAMES = re.compile(r"[;；、|\n]")
_LUNAR_HEADING = re.compile("农历|阴历|旧历|lunar", re.IGNORECASE)
_NO_YEAR = re.compile(r"(?:-?-)?(\d{1,2})[-/月](\d{1,2})[日号]?", re.ASCII)
_LENGTH = re.compile(r"(\d{1,8}(?:\.\d{1,4})?) ?(km|m|公里|千米|米)?", re.ASCII | re.IGNORECASE)
FARTHEST = 50_000
_CJK = re.compile(r"[㐀-鿿]")
_EARLIEST = date(1850, 1, 1)
_FIRST_CONSENT = date(1990, 1, 1)
_LISTS = frozenset({"phone", "email", "wechat", "tags"})


class RowReader:
    """Reads rows under one mapping. `region`: whose phone numbers are written without a country code."""

    def __init__(
        self,
        headings: Sequence[str],
        mapping: Sequence[str],
        options: Options,
        people: People,
        *,
        region: str = "CN",
        today: date | None = None,
        own: Sequence[Spec] = (),
        labels: Labels | None = None,
        purposes: Purposes | None = None,
    ) -> None:
        """`own`: the organisation's own fields, to which columns may go. `labels`: the tags that cells may name;
        `purposes`: those of consent."""
        self.width = len(headings)
        self._headings = headings
        self._options = options
        targets, self._purposes = {**TARGETS, **targets_of(own)}, purposes or Purposes()
        parsers = self._parsers(options, people, region, today or localdate())
        parsers["tags"] = (labels or Labels()).read
        parsers["consent_purpose"] = self._purposes.read
        parsers |= {spec.name: parser_of(spec, day_first=options.day_first) for spec in own}
        places: dict[str, list[int]] = {}
        for column, target in enumerate(mapping):
            if target in targets:
                places.setdefault(target, []).append(column)
        self._imported = frozenset(column for columns in places.values() for column in columns)
        if "birthday" in places and _LUNAR_HEADING.search(headings[places["birthday"][0]]):
            parsers["birthday"] = partial(_lunar_birthday, parsers["birthday"])
        self._single = [
            (key, columns[0], parsers[key]) for key, columns in places.items() if not targets[key].joins
        ]
        self._lists = [(key, columns, parsers[key]) for key, columns in places.items() if key in _LISTS]
        self._names, self._companies = places.get("name", []), places.get("company", [])
        self._aliases = [
            (kind.value, column) for kind in AliasKind for column in places.get(f"alias_{kind.value}", ())
        ]
        self._has_consent = any(name in places for name in CONSENT)
        self._street = places.get("street", [])
        self._remarks = places.get("remarks", [])

    @staticmethod
    def _parsers(
        options: Options, people: People, region: str, today: date
    ) -> dict[str, Callable[[str], Any]]:
        parsers: dict[str, Callable[[str], Any]] = {
            key: _checked(partial(_text, target.limit), _validators(key)) for key, target in TARGETS.items()
        }
        for key in CHOICES:
            parsers[key] = partial(_choice, key, choice_words(key))
        parsers["birthday"] = partial(_birthday, options.day_first, today)
        parsers["consent_date"] = partial(_past_day, options.day_first, today, earliest=_FIRST_CONSENT)
        parsers["last_order_on"] = partial(_past_day, options.day_first, today, earliest=FIRST_ORDER)
        parsers["distance"] = _distance
        for key in ("credit_note", "service_preferences", "preferences", "potential_needs", "family_notes"):
            parsers[key] = partial(_paragraphs, TARGETS[key].limit)
        parsers["phone"] = partial(_phone, region)
        parsers["email"] = _email
        parsers["wechat"] = _wechat
        parsers["identity_number"] = _identity
        parsers["bank_account"] = _bank
        parsers["owner"] = partial(_owner, people)
        parsers["postcode"] = _postcode
        return parsers

    def read(self, cells: list[str]) -> tuple[Values, list[Problem]]:
        """The values of a row, and what is wrong with it. `cells` may be of any length."""
        values: Values = {}
        problems: list[Problem] = []
        if len(cells) != self.width:
            cells = self._squared(cells, problems)
        whole = "".join(cells)
        if len(whole) > MAX_CELL or "\0" in whole:
            self._examine(cells, problems)
            if problems:
                return values, problems
        for key, column, parser in self._single:
            if raw := cells[column]:
                try:
                    if (value := parser(raw)) and raw not in _NOTHING:
                        values[key] = value
                except Unreadable as error:
                    self._note(problems, error, raw, column)
        for key, columns, parser in self._lists:
            self._read_list(key, columns, parser, cells, values, problems)
        if (born := values.get("birthday")) and not born[0].isdigit():
            values |= _born(values.pop("birthday"))
        self._read_name(cells, values, problems)
        if self._has_consent:
            self._purposes.combine(values, problems)
        if self._aliases:
            self._read_aliases(cells, values, problems)
        if self._street:
            self._join("street", self._street, cells, values, problems)
        if self._remarks or "company" in values:
            self._read_remarks(cells, values, problems)
        return values, problems

    def _note(self, problems: list[Problem], error: Unreadable, raw: str, column: int) -> None:
        text = raw.strip()
        if text in _NOTHING or not text:
            return
        code = "formula_error" if text in _SHEET_ERRORS else error.code
        problems.append([code, column, error.param])

    def _squared(self, cells: list[str], problems: list[Problem]) -> list[str]:
        extra = cells[self.width :]
        if any(cell.strip() for cell in extra):
            problems.append(["extra_cells", None, len(extra)])
        return cells[: self.width] + [""] * (self.width - len(cells))

    def _examine(self, cells: list[str], problems: list[Problem]) -> None:
        for column, cell in enumerate(cells):
            if len(cell) > MAX_CELL:
                problems.append(["cell_too_long", column, MAX_CELL])
            elif cell == UNCALCULATED:
                if column in self._imported:
                    problems.append(["formula_unknown", column, None])
            elif "\0" in cell:
                problems.append(["control", column, None])

    def _read_list(self, key, columns, parser, cells, values: Values, problems: list[Problem]) -> None:
        found: list[str] = []
        for column in columns:
            if not (raw := cells[column]):
                continue
            for part in _SEVERAL.split(raw) if not raw.isalnum() else (raw,):
                if not part or part in _NOTHING:
                    continue
                try:
                    if (value := parser(part)) and value not in found:
                        found.append(value)
                except Unreadable as error:
                    self._note(problems, error, part, column)
        if found:
            values[key] = found

    def _read_name(self, cells: list[str], values: Values, problems: list[Problem]) -> None:
        parts = [text for column in self._names if (text := clean_line(cells[column]))]
        surname, given = values.pop("surname", ""), values.pop("given_name", "")
        person = _joined([surname, given] if _CJK.search(surname + given) else [given, surname])
        company = _joined([text for column in self._companies if (text := _said(cells[column]))])
        name = _joined(parts) or person
        if company and name and company != name:
            values["company"] = company
        elif company and not name:
            name = company
            values.setdefault("kind", CustomerKind.COMPANY.value)
        if parts and person and not _is_part(person, name) and self._is_company(values):
            values.setdefault("contact_name", person)
        limit = TARGETS["name"].limit
        if not name:
            problems.append(["name_missing", None, None])
        elif len(name) > limit:
            problems.append(["too_long", self._names[0] if self._names else None, limit])
        elif name in _SHEET_ERRORS:
            problems.append(["formula_error", self._names[0] if self._names else None, None])
        else:
            values["name"] = name

    def _is_company(self, values: Values) -> bool:
        return values.get("kind", self._options.kind) == CustomerKind.COMPANY

    def _read_aliases(self, cells: list[str], values: Values, problems: list[Problem]) -> None:
        found: dict[str, str] = {}
        limit = TARGETS["alias_short"].limit
        for kind, column in self._aliases:
            for part in _SEVERAL_NAMES.split(cells[column]) if cells[column] else ():
                name = clean_line(part)
                if len(name) > limit:
                    problems.append(["too_long", column, limit])
                elif name and name not in _NOTHING and name != values.get("name"):
                    found.setdefault(name, kind)
        if len(found) > MAX_ALIASES:
            problems.append(["too_many_names", self._aliases[0][1], MAX_ALIASES])
        elif found:
            values["aliases"] = [[kind, name] for name, kind in found.items()]

    def _join(self, key: str, columns: list[int], cells: list[str], values: Values, problems) -> None:
        parts = [text for column in columns if (text := clean_line(cells[column])) and text not in _NOTHING]
        if not parts:
            return
        text = _joined(parts)
        if len(text) > TARGETS[key].limit:
            problems.append(["too_long", columns[0], TARGETS[key].limit])
        else:
            values[key] = text

    def _read_remarks(self, cells: list[str], values: Values, problems: list[Problem]) -> None:
        named = len(self._remarks) > 1
        lines = [
            f"{self._headings[column]}: {text}" if named else text
            for column in self._remarks
            if (text := clean_lines(cells[column])) and text not in _SHEET_ERRORS
        ]
        if company := values.pop("company", ""):
            lines.insert(0, f"{self._headings[self._companies[0]]}: {company}")
        text = "\n".join(lines)
        if len(text) > TARGETS["remarks"].limit:
            column = (self._remarks or self._companies)[0]
            problems.append(["too_long", column, TARGETS["remarks"].limit])
        elif text:
            values["remarks"] = text


def _said(cell: str) -> str:
    text = clean_line(cell)
    return "" if text in _NOTHING else text


def _is_part(person: str, name: str) -> bool:
    words = set(name.casefold().replace(",", " ").split())
    return set(person.casefold().split()) <= words or person in name


def _joined(parts: list[str]) -> str:
    parts = [part for part in parts if part]
    if len(parts) == 1:
        return parts[0]
    return ("" if all(_CJK.search(part) for part in parts) else " ").join(parts)


def _text(limit: int, raw: str) -> str:
    text = clean_line(raw)
    if len(text) > limit:
        raise Unreadable("too_long", limit)
    if text in _SHEET_ERRORS:
        raise Unreadable("formula_error")
    return text


def _validators(key: str) -> list[Callable[[str], None]]:
    """What the field of the model asks of its texts beyond their length."""
    if key not in EDITABLE:
        return []
    field = cast(Field, Customer._meta.get_field(key))
    return [check for check in field.validators if not isinstance(check, MaxLengthValidator)]


def _checked(read: Callable[[str], str], validators: Sequence[Callable[[str], None]]) -> Callable[[str], str]:
    if not validators:
        return read

    def checked(raw: str) -> str:
        text = read(raw)
        try:
            for check in validators if text else ():
                check(text)
        except ValidationError:
            raise Unreadable("bad_value") from None
        return text

    return checked


def _choice(key: str, words: dict[str, str], raw: str) -> str:
    found = words.get(raw)
    if found is None:
        found = words.get(half_width(raw).casefold())
        if found is None:
            raise Unreadable("bad_choice", key)
    return found


def _birthday(day_first: bool, today: date, raw: str) -> str:
    """ISO for a solar date; what `Birthday` writes for a lunar one or one without a year."""
    text = half_width(raw)
    if read_date(text, day_first=day_first) is None:
        return _unusual_birthday(text, today)
    return _past_day(day_first, today, raw)


def _past_day(day_first: bool, today: date, raw: str, earliest: date = _EARLIEST) -> str:
    day = read_date(half_width(raw), day_first=day_first)
    if day is None:
        raise Unreadable("bad_date")
    if day > today:
        raise Unreadable("date_future")
    if day < earliest:
        raise Unreadable("date_past")
    return day.isoformat()


def _unusual_birthday(text: str, today: date) -> str:
    try:
        birthday = read_lunar(text)
        if birthday is None and (found := _NO_YEAR.fullmatch(text)):
            birthday = Birthday(int(found[1]), int(found[2]))
    except ValidationError as error:
        raise Unreadable("no_such_day" if error.code == "no_such_day" else "bad_date") from None
    if birthday is None:
        raise Unreadable("bad_date")
    day = birthday.born_on
    if day and day > today:
        raise Unreadable("date_future")
    return birthday.typed


def _lunar_birthday(read: Callable[[str], str], raw: str) -> str:
    """Under a heading that says so, every date is lunar."""
    return read(raw if _LUNAR_HEADING.search(raw) or not raw.strip() else f"农历{raw.strip()}")


def _born(typed: str) -> Values:
    day = Birthday.parse(typed).born_on
    return {"birthday_typed": typed, **({"birthday": day.isoformat()} if day else {})}


def _distance(raw: str) -> int:
    """Kilometres ("12.5", "800m", "3 公里") as metres. 0 counts as not given."""
    found = _LENGTH.fullmatch(half_width(raw))
    if not found:
        raise Unreadable("bad_distance")
    metres = round(float(found[1]) * (1 if found[2] in ("m", "米") else 1000))
    if metres > FARTHEST * 1000:
        raise Unreadable("bad_distance")
    return metres


def _paragraphs(limit: int, raw: str) -> str:
    text = clean_lines(raw)
    if len(text) > limit:
        raise Unreadable("too_long", limit)
    return text


def _whole_number(text: str, code: str) -> str:
    """Undo what a spreadsheet does to long numbers: "13800138000.0", "1.3800138E+10". Raises when digits were lost."""
    whole, point, decimals = text.partition(".")
    if point and whole.isdigit() and decimals and not decimals.strip("0"):
        return whole
    if found := _EXPONENT.fullmatch(text):
        decimals, power = found[2] or "", int(found[3])
        if len(decimals) < 8 or len(decimals) > power or power >= _DIGITS:
            raise Unreadable(code)
        return found[1].replace(".", "") + "0" * (power - len(decimals))
    return text


def _phone(region: str, raw: str) -> str:
    if region == "CN" and _MOBILE.fullmatch(raw):
        return f"+86{raw}"
    text = _whole_number(half_width(raw), "rounded_phone")
    if not text:
        return ""
    try:
        return normalise.phone(text, region)
    except ValidationError:
        raise Unreadable("bad_phone") from None


def _email(raw: str) -> str:
    try:
        return normalise.email(raw) if raw.strip() else ""
    except ValidationError:
        raise Unreadable("bad_email") from None


def _wechat(raw: str) -> str:
    try:
        return normalise.wechat(raw) if raw.strip() else ""
    except ValidationError:
        raise Unreadable("bad_wechat") from None


def _identity(raw: str) -> str:
    text = _whole_number(half_width(raw), "rounded_identity")
    try:
        number = normalise.identity_number(text)
    except ValidationError:
        raise Unreadable("bad_identity") from None
    if number.endswith("000") and normalise.identity_is_doubtful(number):
        raise Unreadable("rounded_identity")
    return number


def _bank(raw: str) -> str:
    text = _whole_number(half_width(raw), "rounded_identity")
    try:
        return normalise.bank_account(text)
    except ValidationError:
        raise Unreadable("bad_bank") from None


def _postcode(raw: str) -> str:
    return _text(TARGETS["postcode"].limit, raw.removesuffix(".0"))


def _owner(people: People, raw: str) -> str:
    member = people.by_word.get(clean_line(raw).casefold(), "")
    if not member:
        raise Unreadable("unknown_member")
    if not people.may_assign(member):
        raise Unreadable("may_not_assign")
    return member

"""Texts, and cells that say nothing."""

import re

from customers.importing.unreadable import Unreadable
from customers.importing.values import Problem
from customers.text import clean_line, clean_lines

NOTHING = frozenset({"-", "--", "—", "——", "/", "无", "暂无", "N/A", "n/a", "null", "NULL", "None", "#N/A"})
SHEET_ERRORS = frozenset({"#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
CJK = re.compile(r"[㐀-鿿]")


def text(limit: int, raw: str) -> str:
    found = clean_line(raw)
    if len(found) > limit:
        raise Unreadable("too_long", limit)
    if found in SHEET_ERRORS:
        raise Unreadable("formula_error")
    return found


def paragraphs(limit: int, raw: str) -> str:
    found = clean_lines(raw)
    if len(found) > limit:
        raise Unreadable("too_long", limit)
    return found


def said(cell: str) -> str:
    found = clean_line(cell)
    return "" if found in NOTHING else found


def joined(parts: list[str]) -> str:
    """Chinese without spaces between."""
    parts = [part for part in parts if part]
    if len(parts) == 1:
        return parts[0]
    return ("" if all(CJK.search(part) for part in parts) else " ").join(parts)


def note(problems: list[Problem], error: Unreadable, raw: str, column: int) -> None:
    """Add what is wrong with a cell, unless it says nothing."""
    found = raw.strip()
    if found in NOTHING or not found:
        return
    code = "formula_error" if found in SHEET_ERRORS else error.code
    problems.append([code, column, error.param])

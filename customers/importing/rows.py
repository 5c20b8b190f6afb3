"""A staged row's secret half: sealed when it is checked, opened when it is shown or applied."""

import json
import uuid
from collections.abc import Sequence
from typing import Any

from customers import normalise
from customers.enums import MatchKey, PointKind
from customers.importing.contacts import details_of
from customers.importing.limits import MAX_CELL
from customers.importing.options import SHARED_KEYS
from customers.importing.values import Values
from customers.likeness.names import company_name
from customers.pinyin import sort_key
from tenancy.crypto import blind_index, decrypt, encrypt

PAYLOAD = "customers_importrow.payload"
UNDO = "customers_importrow.undo"
KEY_BYTES = 16
_KINDS = {key.value: bytes([place]) for place, key in enumerate(MatchKey, start=1)}


def seal(cells: Sequence[str] | None, values: Values, uid: uuid.UUID, pk: uuid.UUID) -> bytes:
    """One AES-GCM blob of what was read from a row, and of its cells where they could not be read."""
    kept = cells
    if cells and len("".join(cells)) > MAX_CELL:
        kept = [cell[:MAX_CELL] for cell in cells]
    return encrypt(json.dumps([kept, values], ensure_ascii=False, separators=(",", ":")), uid, PAYLOAD, pk)


def unseal(payload: bytes, uid: uuid.UUID, pk: uuid.UUID) -> tuple[list[str] | None, Values]:
    cells, values = json.loads(decrypt(payload, uid, PAYLOAD, pk))
    return cells, values


def seal_undo(undo: dict[str, Any], uid: uuid.UUID, pk: uuid.UUID) -> bytes:
    return encrypt(json.dumps(undo, ensure_ascii=False, separators=(",", ":")), uid, UNDO, pk)


def unseal_undo(blob: bytes, uid: uuid.UUID, pk: uuid.UUID) -> dict[str, Any]:
    return json.loads(decrypt(bytes(blob), uid, UNDO, pk))


class Keys:
    """By what rows can recognise a customer: the blind indexes of the registry, and plain code, name and birthday."""

    def __init__(self, match: Sequence[str], uid: uuid.UUID, *, any_name: bool = False) -> None:
        self._uid, self._named = uid, frozenset() if any_name else SHARED_KEYS
        self._kinds = [kind.value for kind in (PointKind.PHONE, PointKind.EMAIL) if kind.value in match]
        self._identity = MatchKey.IDENTITY in match
        self._name, self._name_birthday = MatchKey.NAME in match, MatchKey.NAME_BIRTHDAY in match

    def of(self, values: Values, points: dict[str, list[bytes]] | None = None) -> list[tuple[str, Any]]:
        """(kind of key, what to look for). The code always, since it is unique. `points`: blind indexes known already."""
        uid = self._uid
        found: list[tuple[str, Any]] = []
        if code := values.get("code"):
            found.append(("code", code))
        for kind in self._kinds:
            if details := details_of(values, kind):
                indexes = points[kind] if points else _indexes(kind, details, uid)
                found += [(kind, index) for index in indexes]
        if self._identity and (number := values.get("identity_number")):
            found.append(("identity", normalise.identity_index(number, uid)))
        if self._name_birthday and (birthday := values.get("birthday")):
            found.append(("name_birthday", (values["name"], birthday)))
        if self._name:
            found.append(("name", (values["name"], "")))
        return found

    def packed(self, found: Sequence[tuple[str, Any]], name: str = "") -> bytes:
        """The same as blind indexes end to end, to find rows of one file that are alike. A row with a code is like those of
        its code alone; a phone or an address is shared by many, so that the name goes with it."""
        if found and found[0][0] == MatchKey.CODE:
            found = found[:1]
        shared = any(kind in self._named for kind, _wanted in found)
        named = int.from_bytes(self._hashed(company_name(name).core)) if shared else 0
        return b"".join([_KINDS[kind] + self._digest(kind, wanted, named) for kind, wanted in found])

    def _digest(self, kind: str, wanted: Any, named: int) -> bytes:
        if kind in self._named:
            wanted = (int.from_bytes(wanted) ^ named).to_bytes(len(wanted))
        if isinstance(wanted, tuple):
            wanted = f"{sort_key(wanted[0])}|{wanted[1]}"
        if isinstance(wanted, str):
            wanted = self._hashed(wanted)
        # The end of an index: the beginning is the same for all extensions of a phone.
        return wanted[1 - KEY_BYTES :]

    def _hashed(self, text: str) -> bytes:
        return blind_index(text, self._uid, "customers_importrow.keys")


def _indexes(kind: str, values: Sequence[str], uid: uuid.UUID) -> list[bytes]:
    return [normalise.value_index(kind, value, uid) for value in values]

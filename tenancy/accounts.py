"""How django-allauth behaves here: nobody signs up unasked, and second factors are stored encrypted."""

import base64
import binascii
import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator

from tenancy import crypto

# Second factors belong to a person, not to an organisation: the nil UUID (RFC 9562, 5.9) stands for "no tenant".
_NOBODY = uuid.UUID(int=0)
_PLACE = "mfa_authenticator.data"


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return base64.b64encode(crypto.encrypt(text, _NOBODY, _PLACE, _NOBODY)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(base64.b64decode(encrypted_text), _NOBODY, _PLACE, _NOBODY)


def rotate_second_factors() -> int:
    """Write the secrets of second factors under the newest key; answers how many rows had one under an older key.

    A row that somebody changes meanwhile stays as they left it, for the next time.
    """
    changed = 0
    for row in Authenticator.objects.order_by("pk").iterator():
        fresh = _rotated(row.data)
        if fresh != row.data:
            changed += Authenticator.objects.filter(pk=row.pk, data=row.data).update(data=fresh)
    return changed


def second_factor_keys() -> dict[str, int]:
    """How many second factors there are under each key."""
    found: dict[str, int] = {}
    for data in Authenticator.objects.values_list("data", flat=True).iterator():
        for key_id in {crypto.key_id_of(blob) for blob in _sealed_in(data)}:
            found[key_id] = found.get(key_id, 0) + 1
    return found


def _rotated(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rotated(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_rotated(inner) for inner in value]
    blob = _sealed(value)
    if blob is None or crypto.key_id_of(blob) == crypto.newest_key_id():
        return value
    adapter = MFAAdapter()
    try:
        return adapter.encrypt(adapter.decrypt(value))
    except crypto.DecryptionError:
        return value


def _sealed_in(value: Any) -> list[bytes]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [blob for inner in value for blob in _sealed_in(inner)]
    blob = _sealed(value)
    return [] if blob is None else [blob]


def _sealed(value: Any) -> bytes | None:
    """The bytes of an encrypted text; None for what is none."""
    if not isinstance(value, str):
        return None
    try:
        blob = base64.b64decode(value, validate=True)
        whole = len(blob) > 1 + blob[0] + 28 and crypto.key_id_of(blob).isprintable()
    except (binascii.Error, ValueError, IndexError):
        return None
    return blob if whole else None

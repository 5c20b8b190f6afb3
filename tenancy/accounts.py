"""How django-allauth behaves here: nobody signs up unasked, and second factors are stored encrypted."""

import base64
import uuid

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

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

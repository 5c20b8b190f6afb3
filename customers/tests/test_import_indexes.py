"""The blind index is HMAC-SHA256, however it is computed."""

import hmac
import uuid

from django.conf import settings

from tenancy.crypto import blind_index


def test_the_blind_index_is_hmac_sha256():
    uid = uuid.uuid4()
    expected = hmac.digest(settings.BLIND_INDEX_KEY, f"{uid}|a.b|值".encode(), "sha256")
    assert blind_index("值", uid, "a.b") == expected

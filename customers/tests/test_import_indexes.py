"""By which opaque keys rows of one file are alike."""

import hmac
import uuid

import pytest
from django.conf import settings

from customers.importing.rows import KEY_BYTES, Keys
from tenancy.crypto import blind_index

PHONE = "+862161234567"


def packed(values: dict, **options) -> bytes:
    keys = Keys(["phone"], uuid.UUID(int=1), **options)
    return keys.packed(keys.of(values), values["name"])


def test_the_blind_index_is_hmac_sha256():
    uid = uuid.uuid4()
    expected = hmac.digest(settings.BLIND_INDEX_KEY, f"{uid}|a.b|值".encode(), "sha256")
    assert blind_index("值", uid, "a.b") == expected


@pytest.mark.parametrize("any_name", [False, True])
def test_extensions_of_one_switchboard_are_phones_of_their_own(any_name):
    rows = [
        {"name": "晨光", "phone": [PHONE + behind]} for behind in ("", ";ext=801", ";ext=802", ";ext=801")
    ]
    keys = [packed(row, any_name=any_name) for row in rows]
    assert {len(one) for one in keys} == {KEY_BYTES}
    assert len(set(keys[:3])) == 3 and keys[3] == keys[1]


def test_the_name_goes_with_a_phone_unless_any_will_do():
    rows = [{"name": name, "phone": [PHONE]} for name in ("晨光科技有限公司", "晨光科技", "海风")]
    named, any_name = ([packed(row, any_name=one) for row in rows] for one in (False, True))
    assert named[0] == named[1] != named[2] and len(set(any_name)) == 1

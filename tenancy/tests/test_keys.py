import uuid

from tenancy.keys import key_in, keys_in

KEY = uuid.UUID("01a228e1-9aa0-7aec-a639-48f60a1091a9")


def test_what_is_no_key_is_none_and_passed_over():
    assert [key_in(text) for text in (str(KEY), KEY.hex, "", "x", f"{KEY}0", "\x00")] == [
        KEY,
        KEY,
        *[None] * 4,
    ]
    assert keys_in(["x", str(KEY), ""]) == [KEY]

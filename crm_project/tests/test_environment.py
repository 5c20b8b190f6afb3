"""Keys come from the environment, through the settings as every process reads them."""

import base64
import runpy

import pytest
from django.core.exceptions import ImproperlyConfigured

from crm_project import environment as env

NEW, OLD, OLDER = (bytes([number]) * 32 for number in (1, 2, 3))


def encoded(*keys: bytes) -> str:
    return ", ".join(base64.b64encode(key).decode() for key in keys)


def settings_read() -> dict:
    return runpy.run_path(str(env.BASE_DIR / "crm_project" / "settings.py"))


@pytest.mark.parametrize("earlier", [(), (OLD,), (OLD, OLDER)])
def test_earlier_keys_of_the_audit_are_a_list_that_may_be_empty(monkeypatch, earlier):
    monkeypatch.setenv("AUDIT_KEY", encoded(NEW))
    monkeypatch.setenv("AUDIT_OLD_KEYS", encoded(*earlier))
    read = settings_read()
    assert (read["AUDIT_KEY"], read["AUDIT_OLD_KEYS"]) == (NEW, earlier)


def test_nobody_has_to_name_them(monkeypatch):
    monkeypatch.delenv("AUDIT_OLD_KEYS", raising=False)
    assert settings_read()["AUDIT_OLD_KEYS"] == ()


@pytest.mark.parametrize("bad", [encoded(OLD[:16]), f"{encoded(OLD)},x", "k1:abc", "===="])
def test_what_is_no_key_stops_the_start(monkeypatch, bad):
    monkeypatch.setenv("AUDIT_OLD_KEYS", bad)
    with pytest.raises(ImproperlyConfigured, match="AUDIT_OLD_KEYS must be 32 bytes in base64"):
        settings_read()

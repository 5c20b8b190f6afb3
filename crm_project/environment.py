"""Where settings come from: the process environment first, then `.local/env`, which `launch` writes."""

import base64
import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = Path(os.environ.get("CRM_LOCAL_DIR", BASE_DIR / ".local"))


def _read_file(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#") and "=" in line)
    return {key.strip(): value.strip() for key, value in pairs}


_FILE = _read_file(LOCAL_DIR / "env")


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name) or _FILE.get(name) or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. Run `make run` once, or set it in the environment.")
    return value


def flag(name: str, default: bool = False) -> bool:
    return text(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def key(name: str) -> bytes:
    """A 32-byte secret, given as base64."""
    return _secret(name, text(name))


def keys(name: str) -> tuple[bytes, ...]:
    """`base64,base64`: secrets of 32 bytes, or none."""
    return tuple(_secret(name, word) for word in words(name))


def _secret(name: str, encoded: str) -> bytes:
    try:
        raw = base64.b64decode(encoded)
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise ImproperlyConfigured(f"{name} must be 32 bytes in base64.")
    return raw


def key_ring(name: str) -> dict[str, bytes]:
    """`id:base64,id:base64`: the first key is the one that new values are written with."""
    ring = {}
    for word in words(name, text(name)):
        key_id, _, encoded = word.partition(":")
        ring[key_id] = base64.b64decode(encoded)
        if len(ring[key_id]) != 32 or not 0 < len(key_id) < 16:
            raise ImproperlyConfigured(f"{name}: each key is `id:` and 32 bytes in base64.")
    return ring

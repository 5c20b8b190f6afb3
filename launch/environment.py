"""`.local/env`: KEY=VALUE lines with this checkout's secrets and connections, readable by its owner only."""

import base64
import os
import secrets

HEADER = "# Made by `make run`. Keep it: without these keys the encrypted fields cannot be read again.\n"


def read(path):
    """Values of a KEY=VALUE file; an absent file is empty."""
    if not path.exists():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text("utf-8").splitlines() if is_assignment(line))
    return {key.strip(): value.strip() for key, value in pairs}


def is_assignment(line):
    return "=" in line and not line.lstrip().startswith("#")


def save(path, values):
    """Set `values` in the file, keeping every other line, atomically and with mode 0600."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else HEADER.splitlines()
    kept = [line for line in lines if not (is_assignment(line) and line.split("=", 1)[0].strip() in values)]
    kept += [f"{key}={value}" for key, value in values.items() if value is not None]
    write_private(path, "\n".join(kept) + "\n")


def write_private(path, text):
    """Replace a file in one move; nobody but its owner can read it, at no moment."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)


def ensure_secrets(path):
    """Draw the keys that are missing. A key once drawn is never replaced: data is encrypted with it."""
    present = read(path)
    missing = {key: draw() for key, draw in DRAWS.items() if key not in present}
    if missing:
        save(path, missing)


def random_key():
    return base64.b64encode(secrets.token_bytes(32)).decode()


DRAWS = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "FIELD_KEYS": lambda: f"k1:{random_key()}",
    "BLIND_INDEX_KEY": random_key,
    "AUDIT_KEY": random_key,
}


def effective(place, environ):
    """What the product's processes get: the file's values, overridden by the caller's environment."""
    return {**read(place.env_file), **environ}

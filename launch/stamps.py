"""Stamps tell whether a step's inputs have changed since it last succeeded."""

import hashlib


def fingerprint(paths, *extra):
    """One digest of the contents of files and folders, and of any further words."""
    digest = hashlib.sha256("\0".join(map(str, extra)).encode())
    for path in sorted(files_of(paths)):
        digest.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def files_of(paths):
    for path in paths:
        if path.is_dir():
            yield from (file for file in path.rglob("*") if file.is_file())
        elif path.exists():
            yield path


def is_current(stamp, value):
    return stamp.exists() and stamp.read_text() == value


def mark(stamp, value):
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value)

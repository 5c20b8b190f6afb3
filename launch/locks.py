"""Locks that end with their process, however it ends."""

import fcntl
import json
import os
from contextlib import contextmanager

from launch.console import note


class Taken(Exception):
    """Another process holds the lock; `about` is what it wrote about itself, its process id at least."""

    def __init__(self, about):
        super().__init__(str(about))
        self.about = about


@contextmanager
def held(path, wait=False, **about):
    """Hold `path`; when it is taken, wait for it or raise Taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if not wait:
                raise Taken(json.loads(file.read() or "{}")) from None
            note("waiting for another set-up in this folder to finish")
            fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        file.truncate()
        json.dump({"process": os.getpid(), **about}, file)
        file.flush()
        yield

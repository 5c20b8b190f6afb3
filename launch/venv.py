"""The virtual environment with the pinned requirements."""

import os
import shutil
import sys

from launch import commands, stamps
from launch.console import Problem, step

NEEDED_BYTES = 1_000_000_000
OLDEST_PYTHON = (3, 11)


def check_machine(place, version=sys.version_info, disk_usage=shutil.disk_usage):
    """What no later step can mend: the Python, the disk, the folder."""
    if tuple(version[:2]) < OLDEST_PYTHON:
        raise Problem(
            f"Python {version[0]}.{version[1]} is too old; 3.11 or newer is needed.",
            "Install a newer Python, then: make run PYTHON=python3.12",
        )
    if not os.access(place.root, os.W_OK):
        raise Problem(f"The folder {place.root} cannot be written to.", "Work in a copy that belongs to you.")
    if place.env_file.exists() and not os.access(place.env_file, os.R_OK | os.W_OK):
        raise Problem(
            f"{place.local} belongs to another user.",
            "Run as that user, or set CRM_LOCAL_DIR to a new folder.",
        )
    free = disk_usage(place.root).free
    if free < NEEDED_BYTES and not place.python.exists():
        raise Problem(
            f"Only {free // 1_000_000} MB of disk are free; 1 GB is needed.", "Free some space and try again."
        )


def ensure(place, env):
    """Build or complete `.venv` unless it already holds exactly these requirements."""
    requirements = place.root / "requirements.txt"
    stamp, value = place.venv / ".requirements", stamps.fingerprint([requirements], sys.version_info[:2])
    if works(place, env) and stamps.is_current(stamp, value):
        return
    if not works(place, env):
        step("Virtual environment")
        create(place, env)
    step("Python packages (the first time takes a minute or two)")
    stamp.unlink(missing_ok=True)
    install(place, env, "-r", requirements)
    stamps.mark(stamp, value)


def go_on_inside(place):
    """Whoever calls goes on with the Python of `.venv`, when it was started with another one."""
    if not place.python.exists():
        return
    if not os.path.samefile(sys.prefix, place.venv):
        os.execv(place.python, [place.python, *sys.orig_argv[1:]])


def works(place, env):
    """Whether it is there, of this Python, and not broken by a moved folder or a removed interpreter."""
    if not place.site_packages.exists():
        return False
    return commands.run(place, "venv-check", [place.python, "-c", "import pip, sys; sys.prefix"], env=env).ok


def create(place, env):
    outcome = commands.run(place, "venv", [sys.executable, "-m", "venv", "--clear", place.venv], env=env)
    if outcome.ok:
        return
    if "ensurepip" in outcome.output:
        raise Problem(
            "This Python cannot make a virtual environment: its `venv` module is incomplete.",
            "Debian, Ubuntu: `apt-get install python3-venv`.",
        )
    raise commands.explain(outcome, "The virtual environment could not be made", place.logs / "venv.log")


def install(place, env, *what):
    command = [place.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what]
    commands.checked(place, "pip", command, env=env, what="The Python packages could not be installed")

"""`launch test` and `launch walk`: the suite against the real PostgreSQL and Redis."""

import glob
import os
import shlex
import shutil
import subprocess
from pathlib import Path

from launch import checking, postgres_binaries
from launch.console import Problem, note, step
from launch.place import Place
from launch.steps import Setup

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAYWRIGHT = (
    "~/.cache/ms-playwright/chromium-*/chrome-linux*/chrome",
    "~/Library/Caches/ms-playwright/chromium-*/*/*/*/Chromium",
)
ISOLATION = ("-m", "tenancy or search")


def test(place, environ):
    """Checks, then the whole suite; in CI the isolation and search suites on the machine's PostgreSQL too."""
    in_ci = environ.get("CI", "").lower() in ("1", "true")
    arguments = shlex.split(environ.get("ARGS", ""))
    browser = browser_environment(environ, required=in_ci)
    setup = Setup(place, environ)
    setup.tools()
    with setup.running_services():
        setup.collect_static()
        if not arguments:
            checking.check(setup)
        pytest(setup, browser, *parallel(arguments), *arguments, *skipped(browser))
        if in_ci:
            test_on_machine_postgres(setup, browser)


def test_on_machine_postgres(setup, browser):
    """PostgreSQL 15 is the oldest we promise, and the wheel's is newer."""
    found = postgres_binaries.oldest_on_machine(setup.environ)
    if not found:
        raise Problem(
            "The isolation and search suites must run on the machine's PostgreSQL too, and there is none.",
            "Debian: `apt-get install postgresql-15`.",
        )
    step(f"Isolation and search suites on PostgreSQL {found.major}")
    place = Place(setup.place.root, setup.place.local / "machine-postgres")
    outer = {key: value for key, value in setup.environ.items() if not key.startswith("DATABASE_")}
    other = Setup(place, {**outer, "CRM_POSTGRES": str(found.folder), "REDIS_URL": setup.env["REDIS_URL"]})
    with other.running_services():
        pytest(other, browser, *parallel([]), *ISOLATION)


def walk(place, environ):
    """Every page in all eight combinations of phone/desktop, light/dark and the two languages."""
    browser = browser_environment(environ, required=True)
    setup = Setup(place, environ)
    setup.tools()
    with setup.running_services():
        setup.collect_static()
        arguments = shlex.split(environ.get("ARGS", ""))
        workers = parallel(arguments, "--dist=load")
        pytest(setup, {**browser, "CRM_WALK": "all"}, *workers, *arguments, "e2e", "-m", "walk")


def check(place, environ):
    setup = Setup(place, environ)
    setup.tools()
    with setup.running_services():
        checking.check(setup)


def pytest(setup, extra, *arguments):
    step(f"pytest {shlex.join(arguments)}".rstrip())
    env = {**setup.env, **extra, "DEMO": "0", "DEBUG": "0"}
    code = subprocess.run(
        [setup.place.python, "-m", "pytest", *arguments], cwd=setup.place.root, env=env
    ).returncode
    if code:
        raise Problem("No test matched." if code == 5 else "The suite failed.")


def parallel(arguments, *sharing):
    """One worker per core, unless the caller says otherwise; the browser's files, the longest, come first."""
    if any(word.startswith("-n") for word in arguments):
        return []
    workers = str(max(2, min(8, os.cpu_count() or 2)))
    return ["-q", "-n", workers, *(sharing or ("--dist=loadfile", "--no-loadscope-reorder"))]


def browser_environment(environ, required):
    if browser := find_browser(environ):
        return {"CHROMIUM": browser}
    if required:
        raise Problem(
            "No Chromium was found, and the browser tests must run here.",
            "Debian: `apt-get install chromium`; or set CHROMIUM to the program.",
        )
    note("No Chromium was found: the browser tests are skipped. Install it, or set CHROMIUM, to run them.")
    return {}


def skipped(browser):
    return () if browser else ("--ignore=e2e",)


def find_browser(environ):
    """The program CHROMIUM names, one on the PATH, or the one Playwright has downloaded; "" without any."""
    if named := environ.get("CHROMIUM"):
        if not shutil.which(named):
            raise Problem(f"CHROMIUM is {named}, which is not a program.", "Correct it or unset it.")
        return named
    on_path = (shutil.which(name, path=environ.get("PATH")) for name in BROWSERS)
    downloaded = (
        found for pattern in PLAYWRIGHT for found in sorted(glob.glob(str(Path(pattern).expanduser())))
    )
    return next((found for found in (*on_path, *downloaded) if found), "")

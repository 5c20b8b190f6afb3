"""The steps from a fresh checkout to a running product, each cheap when nothing has changed."""

import os
import shutil
from contextlib import contextmanager

from launch import assets, commands, environment, locks, stamps, venv
from launch.console import Problem, step
from launch.services import Services

# Left over in the caller's shell, these would point our programs at another installation.
FOREIGN = {
    *("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE"),
    *("PGPASSWORD", "PGDATABASE", "PGUSER", "PGHOST", "PGPORT", "PGOPTIONS", "PGSERVICE"),
    *("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "NODE_ENV"),
}


def clean(environ):
    """The caller's environment without what is empty or foreign."""
    return {key: value for key, value in environ.items() if value and key not in FOREIGN}


class Setup:
    """One checkout being set up; `env` is what every program of the product gets."""

    def __init__(self, place, environ=os.environ):
        self.place = place
        self.environ = clean(environ)
        self.env = self.environ
        self.services = Services(place, self.environ)

    def packages(self):
        """The virtual environment: whatever the servers need."""
        venv.check_machine(self.place)
        self.place.make()
        with locks.held(self.place.local / "setup.lock", wait=True):
            venv.ensure(self.place, self.environ)

    def tools(self):
        """Packages, front-end and translations: whatever needs no server."""
        self.packages()
        with locks.held(self.place.local / "setup.lock", wait=True):
            assets.ensure(self.place, self.environ)
            self.messages()

    def start_services(self):
        with locks.held(self.place.local / "setup.lock", wait=True):
            addresses = self.services.start()
        self.env = {**environment.effective(self.place, self.environ), **addresses}

    @contextmanager
    def running_services(self, all_ours=False):
        """PostgreSQL and Redis; those started here end here (`all_ours`: those found running as well)."""
        try:
            self.start_services()
            yield self.env
        finally:
            if not self.keep_file.exists():
                for server in self.services.embedded if all_ours else self.services.started:
                    server.stop()

    @property
    def keep_file(self):
        """Made by `launch services`: the servers then outlive whoever uses them, until `launch stop`."""
        return self.place.local / "keep-services"

    def messages(self):
        if (self.place.root / "locale").exists():
            commands.checked(
                self.place, "messages", [self.place.python, "-m", "launch.messages", "compile"],
                env=self.environ, what="The translations could not be compiled",
            )  # fmt: skip

    def choose_demo(self):
        """A database of our own is a demo; one the person brought is a demo only when DEMO=1 says so."""
        stored = environment.read(self.place.env_file)
        if "DEMO" not in stored and "DEMO" not in self.environ:
            environment.save(
                self.place.env_file, {"DEMO": "1" if stored.get("CRM_DATABASE") == "embedded" else "0"}
            )
        self.env = {**environment.read(self.place.env_file), **self.env}

    def migrate(self):
        step("Migrations")
        self.manage("migrate", "migrate", "--verbosity=1", what="The migrations failed")

    def collect_static(self):
        """Hashed and compressed copies for the web server."""
        source, target = self.place.root / "static", self.place.local / "static"
        stamp, value = target / ".stamp", stamps.fingerprint([source, self.place.root / "requirements.txt"])
        if self.env.get("DEBUG", "0") in ("1", "true") or stamps.is_current(stamp, value):
            return
        step("Static files")
        shutil.rmtree(target, ignore_errors=True)
        self.manage(
            "static",
            "collectstatic",
            "--noinput",
            "--verbosity=0",
            what="The static files could not be collected",
        )
        stamps.mark(stamp, value)

    @property
    def is_demo(self):
        return self.env.get("DEMO", "0").lower() in ("1", "true", "yes", "on")

    def seed_demo(self):
        """Two organisations to look at, once, in a demo database that is still empty; DEMO_CUSTOMERS says how large."""
        if not self.is_demo or not self.is_empty():
            return
        step("Demo data")
        size = [f"--customers={asked}"] if (asked := self.env.get("DEMO_CUSTOMERS")) else []
        self.manage("seed_demo", "seed_demo", *size, what="The demo data could not be made")

    def is_empty(self):
        return commands.run(self.place, "demo", [self.place.python, "-m", "launch.demo"], env=self.env).ok

    def manage(self, log, *arguments, what):
        commands.checked(
            self.place, log, [self.place.python, "manage.py", *arguments], env=self.env, what=what
        )


def port_number(environ):
    value = environ.get("PORT") or "8000"
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise Problem(f"PORT is {value!r}, which is not a port number.", "For example: make run PORT=8001")
    return int(value)

"""The embedded PostgreSQL: one cluster of our own under `.local/`, on its own port of 127.0.0.1."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from launch import accounts, environment, postgres_binaries, processes
from launch.console import Problem, note

ADMIN = "crm_admin"
INITDB = ["-U", ADMIN, "--auth=scram-sha-256", "--locale=C.UTF-8", "--encoding=UTF8", "--data-checksums"]
START_SECONDS = 60
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # TCP only: a socket file would limit how long the checkout's path may be.
    "unix_socket_directories": "",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "jit": "off",
    "log_checkpoints": "off",
    "log_min_messages": "warning",
}
LEAST_BUFFERS, MOST_BUFFERS = 256, 2048
CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")


def memory():
    """MB that the machine has, or that the container may use."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    limit = CONTAINER_LIMIT.read_text().strip() if CONTAINER_LIMIT.exists() else "max"
    found = pages * size if limit == "max" else min(pages * size, int(limit))
    return found // 2**20


def buffers():
    """What the server keeps in its own memory: an eighth of all. With less than a large organisation's searches and lists go
    through, each of them fetches its pages anew from the system."""
    return f"{min(max(memory() // 8, LEAST_BUFFERS), MOST_BUFFERS)}MB"


class Postgres:
    """`start()` leaves a server that accepts connections; what must survive a restart lies in `state`."""

    name = "PostgreSQL"

    def __init__(self, place, environ=os.environ):
        self.place = place
        self.environ = environ
        self.state_file = place.local / "postgres.json"
        self.log = place.logs / "postgres.log"

    @cached_property
    def binaries(self):
        found = postgres_binaries.find(self.place, self.environ)
        if not found.from_wheel or self.account.reaches(found.path("postgres")):
            return found
        return replace(
            found, folder=accounts.copy_of_binaries(found.folder, accounts.runtime_folder(self.place))
        )

    @cached_property
    def account(self):
        return accounts.server_account(Path(self.state.get("cluster", self.place.local / "postgres")))

    @cached_property
    def cluster(self):
        """The data folder: under `.local/`, or in a runtime folder when its account cannot get there."""
        if known := self.state.get("cluster"):
            return Path(known)
        if self.account.reaches(self.place.local):
            return self.place.local / "postgres"
        folder = accounts.runtime_folder(self.place)
        note(f"user {self.account.name} cannot enter {self.place.local}: the database lives in {folder}")
        return folder / "postgres"

    @property
    def state(self):
        return json.loads(self.state_file.read_text()) if self.state_file.exists() else {}

    def remember(self, **values):
        environment.write_private(self.state_file, json.dumps({**self.state, **values}, indent=1))

    def start(self):
        """Start the server unless it runs, making the cluster on first use. True when started now."""
        if self.is_running():
            return False
        self.set_unknown_aside()
        if not self.cluster.exists():
            self.initialise()
        self.check_version()
        self.forget_stale_pid()
        if not processes.still_free(self.state.get("port")):
            self.remember(port=processes.free_port())
        # After a hard kill the old server's children need a moment to let go of its memory.
        if not any(self.launch() for _ in range(3)):
            raise Problem(f"PostgreSQL did not start: {last_line(self.log)}", f"Its log is {self.log}.")
        return True

    def launch(self):
        """One attempt; the server gets a session of its own, so that Ctrl-C does not reach it."""
        with open(self.log, "ab") as log:
            options = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "cwd": "/"}
            server = subprocess.Popen(self.command(), start_new_session=True, **options, **self.account.popen)
        processes.wait_until(lambda: self.is_ready() or server.poll() is not None, START_SECONDS)
        return server.poll() is None and self.is_ready()

    def command(self):
        settings = {"shared_buffers": buffers(), **SETTINGS}
        return [
            self.binaries.path("postgres"),
            "-D",
            str(self.cluster),
            "-p",
            str(self.state["port"]),
            *(f"--{name}={value}" for name, value in settings.items()),
        ]

    def stop(self):
        """A fast shutdown: sessions are ended, the data is written."""
        if pid := self.is_running():
            processes.stop(pid, signal.SIGINT, patience=30)

    def is_running(self):
        """The server's process id, or 0. A number left behind by a crash or a restart does not count."""
        pid = self.pid_lines()[0]
        return int(pid) if pid and processes.is_running(pid, "postgres", self.cluster) else 0

    def is_ready(self):
        return self.is_running() and self.pid_lines()[7].strip() == "ready"

    def pid_lines(self):
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            lines = []
        return lines + [""] * (8 - len(lines))

    def forget_stale_pid(self):
        """After a power cut the number may belong to another process, which PostgreSQL would wait for."""
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def set_unknown_aside(self):
        """A cluster whose password went with a deleted `.local` cannot be opened; it is moved, not destroyed."""
        if self.cluster.exists() and "admin" not in self.state:
            aside = self.cluster.with_name(f"postgres.{int(time.time())}")
            self.cluster.rename(aside)
            note(f"a database without its password was found and moved to {aside}")

    def initialise(self):
        """Make the cluster beside its place and move it there whole, so that half a cluster never counts."""
        making = self.cluster.with_name("postgres.making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700, parents=True)
        self.account.own(making)
        password = secrets.token_urlsafe(24)
        with tempfile.NamedTemporaryFile("w", dir="/tmp") as file:
            file.write(password)
            file.flush()
            self.account.own(file.name)
            done = self.run_initdb(making, file.name)
        if done.returncode != 0:
            said = done.stderr.strip().splitlines() or ["no message"]
            raise Problem(
                f"The database folder could not be made: {said[-1]}", f"The full output is in {self.log}."
            )
        self.remember(cluster=str(self.cluster), admin=password, provisioned=None)
        making.rename(self.cluster)

    def run_initdb(self, folder, password_file):
        command = [self.binaries.path("initdb"), "-D", folder, f"--pwfile={password_file}", *INITDB]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", **self.account.popen)
        self.log.write_text(done.stdout + done.stderr)
        return done

    def check_version(self):
        made_by = int((self.cluster / "PG_VERSION").read_text())
        if made_by != self.binaries.major:
            raise Problem(
                f"{self.cluster} is of PostgreSQL {made_by}; the programs here are of {self.binaries.major}.",
                "Set CRM_POSTGRES to the folder with the old programs, or CRM_LOCAL_DIR to another folder.",
            )

    def admin_url(self):
        return f"postgres://{ADMIN}:{self.state['admin']}@127.0.0.1:{self.state['port']}/postgres"

    def role_url(self, role, database="crm"):
        return f"postgres://{role}:{self.state['passwords'][role]}@127.0.0.1:{self.state['port']}/{database}"


def last_line(path):
    lines = path.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no message"

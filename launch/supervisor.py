"""Keeps web server, worker, beat and the embedded servers running until Ctrl-C, then stops all of them."""

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from launch import processes
from launch.console import Problem, note, step

MOST_RESTARTS = 5
PER_SECONDS = 60
LARGEST_LOG = 10_000_000


@dataclass
class Child:
    """One program of the product, in a session of its own, so that Ctrl-C reaches only the supervisor."""

    name: str
    command: list
    env: dict
    log: Path
    cwd: Path
    process: subprocess.Popen | None = None

    def start(self):
        if self.process:
            end_group(self.process.pid)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with open(self.log, "ab") as log:
            options = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "cwd": self.cwd}
            self.process = subprocess.Popen(self.command, env=self.env, start_new_session=True, **options)

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self):
        if self.is_running():
            self.process.terminate()

    def stop(self, patience=15):
        """End it and whatever it has started."""
        self.ask_to_stop()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            pass
        end_group(self.process.pid)
        self.process.wait()


class Supervisor:
    """Runs `children` from start to end, and starts embedded `servers` again when they die."""

    def __init__(self, children, servers, record, most_restarts=MOST_RESTARTS):
        self.children = children
        self.servers = servers
        self.record = record
        self.most_restarts = most_restarts
        self.deaths = {}
        self.stopping = False

    def run(self, when_started=lambda: None):
        """Start everything, watch it until a signal comes, and leave nothing behind."""
        self.handle_signals()
        try:
            for child in self.children:
                self.check(child)
            when_started()
            while not self.stopping:
                self.watch()
                time.sleep(0.3)
        finally:
            self.stop()

    def handle_signals(self):
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self.on_signal)

    def on_signal(self, *_):
        self.stopping = True

    def watch(self):
        for part in [*self.servers, *self.children]:
            if not part.is_running() and not self.stopping:
                self.count_death(part)
                self.check(part)

    def check(self, part):
        part.start()
        self.record.write_text(
            json.dumps([child.process.pid for child in self.children if child.is_running()])
        )

    def count_death(self, part):
        now = time.monotonic()
        recent = [moment for moment in self.deaths.get(part.name, []) if now - moment < PER_SECONDS]
        self.deaths[part.name] = [*recent, now]
        if len(recent) >= self.most_restarts:
            raise Problem(f"{part.name} keeps stopping: {last_words(part.log)}", f"Its log is {part.log}.")
        note(f"{part.name} stopped by itself; starting it again ({len(recent) + 1} of {self.most_restarts})")

    def stop(self):
        step("Stopping")
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            if child.process:
                child.stop()
        self.record.unlink(missing_ok=True)


def last_words(log):
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1][:300] if lines else "no message"


def end_group(pid):
    """Kill what is left of a session: a pool whose master died, for instance."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def end_leftovers(record, mark):
    """Programs of an earlier run whose supervisor was killed: they hold the port and the queues."""
    try:
        pids = json.loads(record.read_text())
    except (OSError, ValueError):
        pids = []
    for pid in pids:
        if processes.is_running(pid, mark):
            note(f"ending process {pid}, left over from an earlier run")
            end_group(pid)
            processes.wait_until(lambda pid=pid: not processes.command_of(pid), 10)
    record.unlink(missing_ok=True)

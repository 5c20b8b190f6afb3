"""Processes and ports of this machine, asked without any package."""

import os
import random
import signal
import socket
import subprocess
import time
from pathlib import Path


def command_of(pid):
    """The command line of a living process; "" when it is gone or a zombie (slim machines have no `ps`)."""
    if Path("/proc/self/cmdline").exists():
        try:
            return (
                Path(f"/proc/{pid}/cmdline")
                .read_bytes()
                .replace(b"\0", b" ")
                .decode(errors="replace")
                .strip()
            )
        except OSError:
            return ""
    answer = subprocess.run(["ps", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True)
    state, _, command = answer.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else command.strip()


def is_running(pid, *marks):
    """Whether `pid` lives and its command line holds every mark: after a crash the number may be anyone's."""
    command = command_of(pid) if pid else ""
    return bool(command) and all(str(mark) in command for mark in marks)


def port_is_free(port, host="127.0.0.1"):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def still_free(port, seconds=2):
    """Whether our port of last time can be had again; a server that just died may hold it for a moment."""
    return bool(port) and wait_until(lambda: port_is_free(int(port)), seconds)


def free_port():
    """A free port below the range the kernel hands out, so that it is still free after a restart."""
    while not port_is_free(port := random.randrange(20_000, 30_000)):
        pass
    return port


def wait_until(condition, seconds):
    """Whether `condition()` came true in time."""
    limit = time.monotonic() + seconds
    while not (answer := condition()) and time.monotonic() < limit:
        time.sleep(0.05)
    return bool(answer)


def stop(pid, sign=signal.SIGTERM, patience=20):
    """Ask a process to end; insist when it has not after `patience` seconds."""
    for attempt in (sign, signal.SIGKILL):
        try:
            os.kill(pid, attempt)
        except ProcessLookupError:
            return
        if wait_until(lambda: reap(pid) or not command_of(pid), patience):
            return


def reap(pid):
    """Collect a dead child of ours, so that it does not stay as a zombie; False for anyone else's child."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False

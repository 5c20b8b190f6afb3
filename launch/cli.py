"""The commands, and the one place where anything that goes wrong becomes a message."""

import errno
import os
import signal
import traceback

from launch import checking, locks, processes, serving, testing
from launch.console import Problem, complain, note, step, tolerate_any_terminal
from launch.place import Place
from launch.postgres import Postgres
from launch.redis import Redis
from launch.steps import Setup


def setup(place, environ):
    Setup(place, environ).tools()
    step("Set up. Start it with: make run")


def services(place, environ):
    """PostgreSQL and Redis alone, left running until `stop`."""
    chosen = Setup(place, environ)
    chosen.packages()
    chosen.start_services()
    chosen.keep_file.touch()
    step(f"Left running; their addresses are in {place.env_file}. Stop them with: make stop")


def stop(place, environ):
    """End a run in this folder, if there is one, and the embedded servers."""
    (place.local / "keep-services").unlink(missing_ok=True)
    try:
        with locks.held(place.local / "run.lock"):
            pass
    except locks.Taken as taken:
        processes.stop(taken.about["process"], patience=60)
    for server in (Postgres(place, environ), Redis(place, environ)):
        if server.is_running():
            step(f"Stopping {server.name}")
            server.stop()
    step("Nothing of this folder runs any more")


COMMANDS = {
    "run": serving.run,
    "test": testing.test,
    "check": testing.check,
    "format": checking.mend,
    "walk": testing.walk,
    "services": services,
    "setup": setup,
    "stop": stop,
}
USAGE = f"python3 -m launch {'|'.join(COMMANDS)}"


def main(arguments, environ=os.environ):
    """The exit code of one command: 0 done, 1 something to mend, 130 interrupted."""
    tolerate_any_terminal()
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, interrupt)
    place = Place.here(environ)
    try:
        command_named(arguments)(place, environ)
    except KeyboardInterrupt:
        note("Stopped.")
        return 130
    except Problem as problem:
        complain(problem)
        return 1
    except Exception as error:
        complain(unforeseen(error), write_traceback(place))
        return 1
    return 0


def command_named(arguments):
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        raise Problem("One command is expected.", USAGE)
    return COMMANDS[arguments[0]]


def interrupt(*_):
    raise KeyboardInterrupt


def unforeseen(error):
    """What nobody thought of, in a sentence; the traceback goes to the log."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return Problem("The disk is full.", "Free at least 1 GB and try again.")
    if isinstance(error, PermissionError):
        return Problem(f"No permission: {error.filename or error}", "Run as the user this folder belongs to.")
    return Problem(f"Something unexpected happened: {type(error).__name__}: {error}")


def write_traceback(place):
    log = place.logs / "launch.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(traceback.format_exc(), "utf-8")
    except OSError:
        return None
    return log

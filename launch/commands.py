"""Running a program of the set-up: its output goes to a log, and a failure becomes one sentence."""

import re
import subprocess
from dataclasses import dataclass

from launch.console import Problem

ANNOUNCED = re.compile(r"(?:\S{1,3} )?(?:npm )?(?:\[error\]|error:?) (?!code )", re.IGNORECASE)
EXCEPTION = re.compile(r"[\w.]+(?:Error|Exception|Problem): ")


@dataclass(frozen=True)
class Outcome:
    code: int
    output: str

    @property
    def ok(self):
        return self.code == 0

    @property
    def reason(self):
        """The line that says why: an announced error, else an exception, else the last words."""
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        announced = [line for line in lines if ANNOUNCED.match(line)]
        exceptions = [line for line in lines if EXCEPTION.match(line)]
        return (announced or exceptions[-1:] or lines[-1:] or ["it said nothing"])[0][:300]


def run(place, name, command, *, env, cwd=None):
    """Run to the end, writing `<name>.log`; a program that is not there counts as a failure."""
    place.logs.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(
            [str(word) for word in command], cwd=cwd or place.root, env=env, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
        outcome = Outcome(done.returncode, done.stdout)
    except OSError as error:
        outcome = Outcome(127, f"{command[0]}: {error.strerror}")
    (place.logs / f"{name}.log").write_text(outcome.output, "utf-8")
    return outcome


# What a package manager says when something of the machine is missing, and what we say.
NO_DISK = r"no space left on device|enospc"
NO_COMPILER = (
    r"(gcc|cc|clang)' failed|unable to execute|no such file or directory: '(gcc|cc|make)'|unknown compiler"
    r"|unable to find a compiler|python\.h: no such file"
)
NO_NETWORK = (
    r"name resolution|name or service not known|failed to establish a new connection|network is unreachable"
    r"|connection refused|enotfound|econnrefused|eai_again|etimedout|read timed out"
)
CAUSES = (
    (NO_DISK, "The disk is full.", "Free at least 1 GB and try again."),
    (
        NO_COMPILER,
        "A package must be compiled here, and there is no C compiler.",
        "Debian, Ubuntu: `apt-get install build-essential python3-dev`; or use Python 3.11, for which\n"
        "every package has a ready-made file.",
    ),
    (NO_NETWORK, "The package index cannot be reached.", "Check the network or the mirror, and try again."),
)


def explain(outcome, what, log):
    """The Problem for a failed installation: a known cause in plain words, else the program's own line."""
    output = outcome.output.lower()
    for signs, sentence, remedy in CAUSES:
        if re.search(signs, output):
            return Problem(f"{what}: {sentence}", f"{remedy}\nThe full output is in {log}.")
    return Problem(f"{what}: {outcome.reason}", f"The full output is in {log}.")


def checked(place, name, command, *, env, what):
    """Run, or raise the Problem that explains the failure."""
    outcome = run(place, name, command, env=env)
    if not outcome.ok:
        raise explain(outcome, what, place.logs / f"{name}.log")
    return outcome

"""What the person at the terminal sees: one line per step, and one sentence for whatever is wrong."""

import io
import os
import sys


class Problem(Exception):
    """Something the person can mend: `what` is one sentence, `remedy` says what to do about it."""

    def __init__(self, what, remedy=""):
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def step(message):
    print(f"▸ {message}", flush=True)


def note(message):
    print(f"  {message}", flush=True)


def complain(problem, log=None):
    print(f"\n✗ {problem.what}", file=sys.stderr)
    for line in problem.remedy.splitlines():
        print(f"  {line}", file=sys.stderr)
    if log:
        print(f"  Details: {os.path.relpath(log)}", file=sys.stderr)
    sys.stderr.flush()


def tolerate_any_terminal():
    """A terminal that knows only ASCII gets question marks, never an encoding error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")

"""`python3 -m launch run|test|check|format|walk|services|setup|stop`. This file must parse on any Python 3."""

import sys

TOO_OLD = """
✗ Python {}.{} is too old; 3.11 or newer is needed.
  Install a newer Python, then: make run PYTHON=python3.12"""

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(TOO_OLD.format(*sys.version_info[:2]))

from launch.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python3 -m launch run|test|check|walk|services|setup|stop`. This file must parse on any Python 3."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "\n✗ Python %d.%d is too old; 3.11 or newer is needed.\n"
        "  Install a newer Python, then: make run PYTHON=python3.12" % sys.version_info[:2]
    )

from launch.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m benchmarks exports|imports|pages [options]`: what the product promises about speed and memory, measured."""

import importlib
import sys

from launch.place import Place
from launch.venv import go_on_inside

NAMES = ("duplicates", "exports", "imports", "pages")


def main() -> int:
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        print(f"usage: python -m benchmarks {{{','.join(NAMES)}}} [options]")
        return 2
    return importlib.import_module(f"benchmarks.{sys.argv[1]}").main(sys.argv[2:])


if __name__ == "__main__":
    go_on_inside(Place.here())
    sys.exit(main())

"""What the code imports is what requirements.in names, and requirements.txt pins it."""

import ast
import re
import sys
from importlib.metadata import packages_distributions

from launch.extraction import SKIPPED, sources
from launch.tests.conftest import ROOT

FIRST_PARTY = {path.name for path in ROOT.iterdir() if path.is_dir()} | {"conftest"}


def names(path):
    """Package names of a requirements file, in the spelling PyPI compares them by."""
    lines = (line.split("#")[0].strip() for line in path.read_text().splitlines())
    return {re.split(r"[\[<>=]", line)[0].strip().lower().replace("_", "-") for line in lines if line}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0]


def test_every_import_is_a_requirement_of_our_own():
    distributions = packages_distributions()
    declared = names(ROOT / "requirements.in")
    undeclared = {}
    for path in sources(ROOT, skipped=SKIPPED - {"tests", "e2e", "benchmarks", "launch"}):
        if path.suffix == ".py":
            for module in set(imported(path)) - sys.stdlib_module_names - FIRST_PARTY:
                owners = {name.lower().replace("_", "-") for name in distributions.get(module, [module])}
                if not owners & declared:
                    undeclared.setdefault(module, str(path.relative_to(ROOT)))
    assert undeclared == {}


def test_every_requirement_is_pinned():
    assert names(ROOT / "requirements.in") <= names(ROOT / "requirements.txt")
    pins = (ROOT / "requirements.txt").read_text().splitlines()
    assert [line for line in pins if line and not line.startswith("#") and "==" not in line] == []

import json

import pytest

from launch import assets, commands
from launch.commands import Outcome
from launch.console import Problem
from launch.place import Place


@pytest.fixture
def front_end(tmp_path):
    (tmp_path / "package.json").write_text(json.dumps({"name": "x"}))
    (tmp_path / "package-lock.json").write_text("{}")
    return Place(tmp_path, tmp_path / ".local")


@pytest.fixture
def asked(monkeypatch):
    """npm and pip, heard but not run."""
    lines = []

    def run(place, name, command, **_):
        lines.append(" ".join(str(word) for word in command))
        return Outcome(0, "")

    monkeypatch.setattr(commands, "run", run)
    return lines


def node(folder, version):
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("node", "npm"):
        (folder / name).write_text(f"#!/bin/sh\necho {version}\n")
        (folder / name).chmod(0o755)
    return str(folder)


def test_packages_are_installed_when_the_lock_file_changes(front_end, asked, tmp_path):
    env = {"PATH": node(tmp_path / "bin", "v20.1.0")}
    assets.ensure(front_end, env)
    assets.ensure(front_end, env)
    assert [line.split()[:2] for line in asked] == [["npm", "ci"], ["npm", "run"], ["npm", "run"]]
    (front_end.root / "package-lock.json").write_text('{"new": 1}')
    assets.ensure(front_end, env)
    assert sum(line.startswith("npm ci") for line in asked) == 2


@pytest.mark.parametrize("version", [None, "v16.20.0"])
def test_without_a_node_that_is_new_enough_it_comes_from_pypi(front_end, asked, tmp_path, version):
    path = node(tmp_path / "bin", version) if version else "/nowhere"
    env = assets.with_node(front_end, {"PATH": path})
    assert asked[0].endswith(assets.NODE_WHEEL)
    assert env["PATH"].split(":")[0] == str(front_end.venv / "bin")


def test_the_node_from_pypi_is_installed_once(front_end, asked):
    node(front_end.venv / "bin", "v22.20.0")
    assets.with_node(front_end, {"PATH": "/nowhere"})
    assert asked == []


def test_a_failing_npm_is_explained(front_end, monkeypatch, tmp_path):
    output = "npm error code ENOTFOUND\nnpm error network request to https://example.org failed"
    monkeypatch.setattr(commands, "run", lambda *_, **__: Outcome(1, output))
    with pytest.raises(Problem, match="could not be installed: The package index cannot be reached"):
        assets.ensure(front_end, {"PATH": node(tmp_path / "bin", "v20.1.0")})

import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

from launch import commands, stamps, steps, venv
from launch.commands import Outcome
from launch.console import Problem
from launch.place import Place


@pytest.fixture
def fresh(tmp_path):
    (tmp_path / "requirements.txt").write_text("django==5.2.19\n")
    return Place(tmp_path, tmp_path / ".local")


class Runner:
    """Stands for pip and venv: answers in turn, and remembers what it was asked."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.asked = []

    def __call__(self, place, name, command, **_):
        self.asked.append(" ".join(str(word) for word in command))
        return self.outcomes.pop(0) if self.outcomes else Outcome(0, "")


def disk(free):
    return lambda path: SimpleNamespace(free=free)


def test_an_old_python_is_named(fresh):
    with pytest.raises(Problem, match=r"Python 3\.10 is too old; 3\.11 or newer is needed"):
        venv.check_machine(fresh, version=(3, 10, 4))


def test_a_command_goes_on_with_the_python_of_the_venv():
    """Started with the Python that the venv was made from, which knows no packages."""
    place = Place.here({})
    code = "import sys; from launch import place, venv; venv.go_on_inside(place.Place.here()); import django"
    command = [sys._base_executable, "-c", f"{code}; print(sys.prefix, *sys.argv)", "extract"]
    done = subprocess.run(
        command, cwd=place.root, env=steps.clean(os.environ), capture_output=True, text=True
    )
    assert done.stdout.split() == [str(place.venv), "-c", "extract"], done.stderr


def test_a_full_disk_stops_the_first_set_up_only(fresh):
    with pytest.raises(Problem, match="Only 300 MB of disk are free"):
        venv.check_machine(fresh, disk_usage=disk(300_000_000))
    fresh.python.parent.mkdir(parents=True)
    fresh.python.touch()
    venv.check_machine(fresh, disk_usage=disk(300_000_000))


def test_a_folder_that_cannot_be_written_is_named(fresh, monkeypatch):
    monkeypatch.setattr(venv.os, "access", lambda path, mode: False)
    with pytest.raises(Problem, match="cannot be written to"):
        venv.check_machine(fresh)


def test_requirements_are_installed_once_and_again_when_they_change(fresh, monkeypatch):
    runner = Runner()
    monkeypatch.setattr(commands, "run", runner)
    fresh.site_packages.mkdir(parents=True)
    venv.ensure(fresh, {})
    assert sum("pip install" in line for line in runner.asked) == 1
    venv.ensure(fresh, {})
    assert sum("pip install" in line for line in runner.asked) == 1
    (fresh.root / "requirements.txt").write_text("django==5.2.20\n")
    venv.ensure(fresh, {})
    assert sum("pip install" in line for line in runner.asked) == 2


def test_a_broken_environment_is_made_anew(fresh, monkeypatch):
    runner = Runner(Outcome(1, ""), Outcome(1, ""))
    monkeypatch.setattr(commands, "run", runner)
    fresh.site_packages.mkdir(parents=True)
    stamps.mark(fresh.venv / ".requirements", "anything")
    venv.ensure(fresh, {})
    assert any("-m venv --clear" in line for line in runner.asked)


FAILURES = {
    "error: command 'gcc' failed: No such file or directory": "there is no C compiler",
    "building 'x'\nerror: command 'x86_64-linux-gnu-gcc' failed": "there is no C compiler",
    "OSError: [Errno 28] No space left on device": "The disk is full",
    "[Errno -3] Temporary failure in name resolution": "cannot be reached",
    "Collecting django\nERROR: No matching distribution found": "No matching distribution found",
}


@pytest.mark.parametrize(("output", "sentence"), FAILURES.items())
def test_a_failed_installation_is_explained_and_tried_again_next_time(fresh, monkeypatch, output, sentence):
    fresh.site_packages.mkdir(parents=True)
    answers = [Outcome(0, ""), Outcome(0, ""), Outcome(1, output)]
    monkeypatch.setattr(commands, "run", Runner(*answers))
    with pytest.raises(Problem) as caught:
        venv.ensure(fresh, {})
    assert sentence in caught.value.what
    assert "pip.log" in caught.value.remedy
    assert not (fresh.venv / ".requirements").exists()


def test_a_python_without_ensurepip_is_explained(fresh, monkeypatch):
    monkeypatch.setattr(
        commands, "run", Runner(Outcome(1, "The virtual environment was not created: ensurepip"))
    )
    with pytest.raises(Problem, match="cannot make a virtual environment") as caught:
        venv.create(fresh, {})
    assert "python3-venv" in caught.value.remedy


def test_a_program_that_is_not_there_is_a_failure_and_not_an_exception(fresh):
    outcome = commands.run(fresh, "nothing", ["/nowhere/npm"], env={})
    assert outcome == Outcome(127, "/nowhere/npm: No such file or directory")
    assert shutil.which("sh")

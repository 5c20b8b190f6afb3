"""The commands as a person meets them: a sentence and a remedy, never a traceback."""

import os
import shutil
import signal
import socket
import subprocess
import sys

import pytest

from launch import checking, cli, locks, serving, steps, testing
from launch.console import Problem
from launch.place import Place
from launch.tests.conftest import ROOT


def launch(*arguments, **environ):
    return subprocess.run(
        [sys.executable, "-m", "launch", *arguments],
        cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_a_taken_port_is_named_with_the_way_out(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = launch("run", PORT=str(port), CRM_LOCAL_DIR=str(tmp_path))
    assert done.returncode == 1
    assert f"✗ Port {port} is taken by another program." in done.stderr
    assert f"make run PORT={port + 1}" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_a_port_that_is_no_number_is_refused(tmp_path):
    done = launch("run", PORT="http", CRM_LOCAL_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "PORT is 'http', which is not a port number." in done.stderr


@pytest.mark.parametrize("arguments", [[], ["fly"], ["run", "now"]])
def test_unknown_commands_get_the_list(arguments):
    done = launch(*arguments)
    assert done.returncode == 1
    assert "python3 -m launch run|test|check|format|walk|services|setup|stop" in done.stderr


def test_a_second_run_in_the_same_folder_is_told_of_the_first(tmp_path):
    with locks.held(tmp_path / "run.lock", url="http://127.0.0.1:8765"):
        done = launch("run", PORT="8766", CRM_LOCAL_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "already runs from this folder, at http://127.0.0.1:8765" in done.stderr


def test_a_lock_ends_with_its_process(tmp_path):
    holder = "from launch import locks; from pathlib import Path; import time, sys\n"
    holder += "with locks.held(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    path = tmp_path / "run.lock"
    process = subprocess.Popen([sys.executable, "-c", holder, path], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    with pytest.raises(locks.Taken) as caught, locks.held(path):
        pass
    assert caught.value.about == {"process": process.pid}
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with locks.held(path):
        pass


def test_what_a_check_says_comes_with_what_to_do(tmp_path, capsys):
    setup = steps.Setup(Place(ROOT, tmp_path), {})
    assert not checking.passes(setup, "format", [sys.executable, "-c", "raise SystemExit('odd')"], {})
    assert capsys.readouterr().out.splitlines() == [
        "▸ format: FAILED",
        "  odd",
        "  → `make format` mends it.",
    ]


def test_format_leaves_nothing_to_the_checks_of_style(tmp_path, monkeypatch, capsys):
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    (tmp_path / "made.py").write_text("import sys\nimport os\nx = ( sys.path,os.sep )")
    monkeypatch.setattr(steps.Setup, "packages", lambda self: None)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    checking.mend(Place(tmp_path, tmp_path / ".local"), {})
    assert (tmp_path / "made.py").read_text() == "import os\nimport sys\n\nx = (sys.path, os.sep)\n"
    (tmp_path / "made.py").write_text("x = (")
    with pytest.raises(Problem, match="Not everything"):
        checking.mend(Place(tmp_path, tmp_path / ".local"), {})
    assert "made.py" in capsys.readouterr().out


def test_an_old_python_gets_a_sentence():
    code = "import sys, runpy; sys.version_info = (3, 8, 1); runpy.run_module('launch', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Python 3.8 is too old; 3.11 or newer is needed." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValueError("odd"), "Something unexpected happened: ValueError: odd"),
        (OSError(28, "No space left on device"), "The disk is full."),
        (PermissionError(13, "Permission denied", "/etc/x"), "No permission: /etc/x"),
    ],
)
def test_what_nobody_thought_of_is_a_sentence_and_a_log(tmp_path, monkeypatch, capsys, error, sentence):
    def fail(place, environ):
        raise error

    monkeypatch.setitem(cli.COMMANDS, "setup", fail)
    handlers = {sign: signal.getsignal(sign) for sign in (signal.SIGTERM, signal.SIGHUP)}
    try:
        assert cli.main(["setup"], {"CRM_LOCAL_DIR": str(tmp_path)}) == 1
    finally:
        for sign, handler in handlers.items():
            signal.signal(sign, handler)
    shown = capsys.readouterr().err
    assert sentence in shown
    assert "Traceback" not in shown
    assert "Traceback" in (tmp_path / "logs" / "launch.log").read_text()


def test_leftovers_in_the_caller_s_environment_do_not_reach_our_programs():
    foreign = {
        "DJANGO_SETTINGS_MODULE": "other.settings",
        "PYTHONPATH": "/x",
        "DATABASE_URL": "",
        "LANG": "C",
    }
    assert steps.clean(foreign) == {"LANG": "C"}


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 8000)])
def test_the_product_s_programs(tmp_path, host, port):
    setup = steps.Setup(Place(ROOT, tmp_path), {"DATABASE_URL": "postgres://a@h/d"})
    programs = {
        child.name: " ".join(map(str, child.command)) for child in serving.children(setup, host, port)
    }
    assert set(programs) == {"web", "worker", "beat"}
    assert f"--bind={host}:{port} --workers=2" in programs["web"]
    assert "--no-control-socket" in programs["web"]


def test_a_browser_is_required_in_ci_and_wished_for_elsewhere(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(testing, "PLAYWRIGHT", ())
    nowhere = {"PATH": str(tmp_path)}
    assert testing.browser_environment(nowhere, required=False) == {}
    assert "the browser tests are skipped" in capsys.readouterr().out
    with pytest.raises(Problem, match="No Chromium was found"):
        testing.browser_environment(nowhere, required=True)
    (tmp_path / "chromium").write_text("#!/bin/sh\n")
    (tmp_path / "chromium").chmod(0o755)
    assert testing.browser_environment(nowhere, required=True) == {"CHROMIUM": str(tmp_path / "chromium")}

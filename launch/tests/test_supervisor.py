import json
import os
import signal
import sys
import threading
import time

import pytest

from launch import processes
from launch.console import Problem
from launch.supervisor import Child, Supervisor, end_leftovers

SLEEP = "import time; time.sleep(60)"
WITH_GRANDCHILD = f"""import subprocess, sys
grandchild = subprocess.Popen([sys.executable, "-c", {SLEEP!r}])
print("both run", flush=True)
grandchild.wait()
"""


@pytest.fixture
def child(tmp_path):
    def make(name, code):
        return Child(name, [sys.executable, "-c", code], dict(os.environ), tmp_path / f"{name}.log", tmp_path)

    return make


def in_background(supervisor):
    """Run it as the launcher does. Signal handlers need the main thread: the stop comes by its flag."""
    supervisor.handle_signals = lambda: None
    started = threading.Event()
    failures = []

    def run():
        try:
            supervisor.run(started.set)
        except Problem as problem:
            failures.append(problem)
            started.set()

    thread = threading.Thread(target=run)
    thread.start()
    assert started.wait(10)
    return thread, failures


def test_a_killed_child_comes_back_and_stopping_ends_everything(child, tmp_path, capsys):
    children = [child("web", WITH_GRANDCHILD), child("beat", SLEEP)]
    supervisor = Supervisor(children, [], tmp_path / "run.json")
    thread, _ = in_background(supervisor)
    assert says(children[0], "both run")
    first = children[0].process.pid
    os.kill(first, signal.SIGKILL)
    assert processes.wait_until(lambda: children[0].process.pid != first and children[0].is_running(), 10)
    assert "web stopped by itself; starting it again (1 of 5)" in capsys.readouterr().out
    pids = [each.process.pid for each in children]
    supervisor.stopping = True
    thread.join(20)
    assert processes.wait_until(lambda: not any(group_lives(pid) for pid in (first, *pids)), 5)
    assert not (tmp_path / "run.json").exists()


def says(child, words):
    """Whether it has got as far as to say so; just after its start even its command line may be empty."""
    return processes.wait_until(lambda: words in child.log.read_text(), 10)


def group_lives(pid):
    """Whether any process of the child's session is left."""
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_child_that_keeps_dying_ends_the_run_with_its_last_words(child, tmp_path):
    web = child("web", "print('no such module: shop', flush=True)")
    supervisor = Supervisor([web], [], tmp_path / "run.json", most_restarts=2)
    thread, failures = in_background(supervisor)
    thread.join(20)
    assert failures[0].what == "web keeps stopping: no such module: shop"
    assert str(web.log) in failures[0].remedy


def test_an_embedded_server_that_dies_is_started_again(child, tmp_path):
    class Server:
        name, log, starts = "Redis", tmp_path / "redis.log", 0

        def is_running(self):
            return self.starts > 0

        def start(self):
            self.starts += 1

    server = Server()
    supervisor = Supervisor([child("web", SLEEP)], [server], tmp_path / "run.json")
    thread, _ = in_background(supervisor)
    assert processes.wait_until(lambda: server.starts == 1, 10)
    supervisor.stopping = True
    thread.join(20)


def test_what_a_killed_supervisor_left_is_ended_and_nothing_else(child, tmp_path):
    orphan = child("web", WITH_GRANDCHILD)
    orphan.start()
    assert says(orphan, "both run")
    record = tmp_path / "run.json"
    record.write_text(json.dumps([orphan.process.pid, os.getppid()]))
    threading.Thread(target=orphan.process.wait).start()
    end_leftovers(record, mark=f"{sys.executable} -c import subprocess")
    assert processes.wait_until(lambda: not group_lives(orphan.process.pid), 10)
    assert processes.command_of(os.getppid())
    assert not record.exists()


def test_a_child_that_ignores_the_request_is_killed(child):
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    deaf = child("worker", code)
    deaf.start()
    assert says(deaf, "deaf")
    begun = time.monotonic()
    deaf.stop(patience=0.3)
    assert time.monotonic() - begun < 5
    assert not deaf.is_running()

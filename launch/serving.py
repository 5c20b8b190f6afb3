"""`launch run`: set up, then serve until Ctrl-C."""

import json
import time
import urllib.error
import urllib.request

from launch import demo, locks, processes
from launch.console import Problem, note, step
from launch.steps import Setup, port_number
from launch.supervisor import Child, Supervisor, end_leftovers

READY_SECONDS = 60


def run(place, environ):
    """The whole product on one port; returns when it was told to stop."""
    port, host = port_number(environ), environ.get("CRM_HOST") or "127.0.0.1"
    url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
    place.make()
    try:
        with locks.held(place.local / "run.lock", url=url):
            serve(Setup(place, environ), host, port, url)
    except locks.Taken as taken:
        raise Problem(
            f"Evergreen CRM already runs from this folder, at {taken.about.get('url')}.",
            "Stop that one first (Ctrl-C there, or `make stop`), or use another checkout.",
        ) from None


def serve(setup, host, port, url):
    record = setup.place.local / "run.json"
    end_leftovers(record, setup.place.venv)
    check_port(host, port)
    setup.tools()
    with setup.running_services(all_ours=True):
        setup.choose_demo()
        setup.migrate()
        setup.collect_static()
        setup.seed_demo()
        supervisor = Supervisor(children(setup, host, port), setup.services.embedded, record)
        supervisor.run(lambda: announce(setup, supervisor, url))
    step("Stopped")


def check_port(host, port):
    if not processes.port_is_free(port, host):
        raise Problem(
            f"Port {port} is taken by another program.", f"Choose another one: make run PORT={port + 1}"
        )


def children(setup, host, port):
    """Web, worker and beat."""
    place, binaries = setup.place, setup.place.venv / "bin"
    env = {**setup.env, "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    gunicorn = [
        binaries / "gunicorn",
        "crm_project.wsgi:application",
        f"--bind={host}:{port}",
        "--workers=2",
        "--threads=4",
    ]
    celery = [binaries / "celery", "-A", "crm_project", "--quiet"]
    programs = {
        "web": [*gunicorn, "--worker-class=gthread", "--no-control-socket", "--graceful-timeout=10"],
        "worker": [
            *celery,
            "worker",
            "--concurrency=2",
            "--without-gossip",
            "--without-mingle",
            "--loglevel=INFO",
        ],
        "beat": [*celery, "beat", "--pidfile=", "--loglevel=INFO"],
    }
    return [
        Child(name, command, env, place.logs / f"{name}.log", place.root)
        for name, command in programs.items()
    ]


def announce(setup, supervisor, url):
    """Tell the address once the product answers there; what it lacks when it does not."""
    step("Web server, worker and beat")
    limit, missing = time.monotonic() + READY_SECONDS, "no answer"
    while missing and time.monotonic() < limit and not supervisor.stopping:
        supervisor.watch()
        time.sleep(0.2)
        missing = what_is_missing(url)
    if supervisor.stopping:
        return
    if missing:
        raise Problem(
            f"The product started, but is not ready: {missing}", f"The logs are in {setup.place.logs}."
        )
    step(f"Evergreen CRM is ready: {url}")
    for line in (demo.LOG_INS if setup.is_demo else demo.FIRST_STEPS).splitlines():
        note(line)
    note(f"Logs: {setup.place.logs}. Ctrl-C stops everything.")


def what_is_missing(url):
    """Empty when /readyz says yes."""
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
            return "" if answer.status == 200 else f"/readyz answers {answer.status}"
    except urllib.error.HTTPError as error:
        return reasons(error)
    except OSError as error:
        return str(error)


def reasons(error):
    try:
        checks = json.loads(error.read())["checks"]
    except (ValueError, KeyError):
        return f"/readyz answers {error.code}"
    return "; ".join(f"{name}: {answer}" for name, answer in checks.items() if answer != "ok")

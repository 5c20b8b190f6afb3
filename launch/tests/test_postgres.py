import os
import signal
import socket
import subprocess
from pathlib import Path

import psycopg2
import pytest

from launch import accounts, postgres, postgres_binaries, processes
from launch.console import Problem
from launch.place import Place
from launch.postgres import Postgres
from launch.tests.conftest import ROOT

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user for the server")


def ask(server, query):
    connection = psycopg2.connect(server.admin_url())
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(query)
        answer = cursor.fetchall() if cursor.description else None
    connection.close()
    return answer


@pytest.mark.parametrize(
    ("limit", "megabytes"),
    [("8589934592", 1024), ("1073741824", 256), ("109951162777600000", None), ("max", None)],
)
def test_its_buffers_follow_what_the_container_may_use(tmp_path, monkeypatch, limit, megabytes):
    monkeypatch.setattr(postgres, "CONTAINER_LIMIT", tmp_path / "memory.max")
    (tmp_path / "memory.max").write_text(f"{limit}\n")
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    expected = min(max(min(machine, (megabytes or machine // 8) * 8) // 8, 256), 2048)
    assert postgres.buffers() == f"{expected}MB"


def test_without_a_container_the_machine_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres, "CONTAINER_LIMIT", tmp_path / "nothing")
    assert postgres.memory() == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20


def test_a_second_start_keeps_the_data_the_port_and_the_password(place):
    server = Postgres(place)
    assert server.start() is True
    ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    url = server.admin_url()
    assert server.start() is False
    server.stop()
    assert server.is_running() == 0

    again = Postgres(place)
    assert again.start() is True
    assert again.admin_url() == url
    assert ask(again, "SELECT answer FROM kept") == [(42,)]


def test_the_server_is_closed_to_the_network_and_asks_for_a_password(place):
    server = Postgres(place)
    server.start()
    assert ask(server, "SHOW listen_addresses") == [("127.0.0.1",)]
    assert ask(server, "SHOW unix_socket_directories") == [("",)]
    assert ask(server, "SHOW data_checksums") == [("on",)]
    assert ask(server, "SHOW lc_collate" if server.binaries.major < 16 else "SELECT 'C.UTF-8'") == [
        ("C.UTF-8",)
    ]
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(f"postgres://crm_admin:wrong@127.0.0.1:{server.state['port']}/postgres")
    assert server.state_file.stat().st_mode & 0o777 == 0o600


def test_a_checkout_with_a_very_long_path_works(open_folders):
    deep = open_folders() / ("long name " * 8) / ("and longer " * 9)
    deep.mkdir(parents=True)
    place = Place(ROOT, deep / ".local")
    place.make()
    server = Postgres(place)
    try:
        assert server.start() is True
        assert ask(server, "SELECT 1") == [(1,)]
    finally:
        server.stop()


def test_a_killed_server_and_a_recycled_process_number_do_not_prevent_the_next_start(place):
    server = Postgres(place)
    server.start()
    ask(server, "CREATE TABLE kept AS SELECT 1")
    os.kill(server.is_running(), signal.SIGKILL)
    processes.wait_until(lambda: not server.is_running(), 10)
    pid_file = server.cluster / "postmaster.pid"
    pid_file.write_text(pid_file.read_text().replace(server.pid_lines()[0], str(os.getpid()), 1))
    assert server.is_running() == 0
    assert server.start() is True
    assert ask(server, "SELECT count(*) FROM kept") == [(1,)]


def test_a_port_taken_meanwhile_is_changed(place):
    server = Postgres(place)
    server.start()
    server.stop()
    before = server.state["port"]
    with socket.socket() as other:
        other.bind(("127.0.0.1", before))
        other.listen()
        server.start()
        assert server.state["port"] != before
        assert ask(server, "SELECT 1") == [(1,)]


def test_an_interrupted_first_start_leaves_nothing_that_hinders(place):
    making = place.local / "postgres.making"
    making.mkdir()
    (making / "PG_VERSION").write_text("18\n")
    assert Postgres(place).start() is True
    assert not making.exists()


def test_a_failing_initdb_is_a_sentence_and_the_next_attempt_starts_clean(place):
    broken = fake_programs(place.local.parent / "broken", "18.1")
    (broken / "initdb").write_text("#!/bin/sh\necho 'initdb: error: no space left on device' >&2\nexit 1\n")
    with pytest.raises(Problem, match="could not be made: initdb: error: no space left on device"):
        Postgres(place, {**os.environ, "CRM_POSTGRES": str(broken)}).start()
    assert not (place.local / "postgres").exists()
    assert Postgres(place).start() is True


def test_programs_of_another_version_are_refused_with_the_remedy(place):
    server = Postgres(place)
    server.start()
    server.stop()
    (server.cluster / "PG_VERSION").write_text("14\n")
    with pytest.raises(Problem) as caught:
        Postgres(place).start()
    assert "is of PostgreSQL 14" in caught.value.what
    assert "CRM_POSTGRES" in caught.value.remedy


def test_a_cluster_without_its_password_is_moved_and_not_destroyed(place, capsys):
    server = Postgres(place)
    server.start()
    server.stop()
    server.state_file.unlink()
    again = Postgres(place)
    assert again.start() is True
    (aside,) = place.local.glob("postgres.1*")
    assert (aside / "PG_VERSION").exists()
    assert f"moved to {aside}" in capsys.readouterr().out


@as_root
def test_under_root_the_server_belongs_to_an_unprivileged_user(place):
    server = Postgres(place)
    server.start()
    assert server.cluster == place.local / "postgres"
    owner = Path(f"/proc/{server.is_running()}").stat().st_uid
    assert owner == server.account.uid != 0


@as_root
def test_a_private_home_folder_sends_the_server_to_a_runtime_folder(open_folders, runtime_base, capsys):
    home = open_folders()
    home.chmod(0o700)
    before = os.umask(0o077)
    (home / ".venv").symlink_to(ROOT / ".venv")
    place = Place(home, home / ".local")
    place.make()
    server = Postgres(place)
    try:
        assert server.start() is True
        assert runtime_base in server.cluster.parents
        assert runtime_base in server.binaries.folder.parents
        assert ask(server, "SELECT 1") == [(1,)]
        assert f"the database lives in {server.cluster.parent}" in capsys.readouterr().out
        server.stop()
        assert Postgres(place).start() is True
    finally:
        os.umask(before)
        server.stop()


class TestLadder:
    def test_the_wheel_comes_first(self, place):
        found = postgres_binaries.find(place, os.environ)
        assert found.from_wheel
        assert found.major >= 15

    def test_without_a_wheel_the_machine_s_programs_are_used(self, tmp_path, monkeypatch):
        programs = fake_programs(tmp_path / "pg" / "bin", "16.2")
        monkeypatch.setattr(postgres_binaries, "SYSTEM_FOLDERS", (str(tmp_path / "p*" / "bin"),))
        found = postgres_binaries.find(Place(tmp_path, tmp_path), {"PATH": "/nowhere"})
        assert (found.folder, found.major, found.from_wheel) == (programs, 16, False)

    def test_programs_on_the_path_and_from_pg_config_are_found(self, tmp_path, monkeypatch):
        monkeypatch.setattr(postgres_binaries, "SYSTEM_FOLDERS", ())
        programs = fake_programs(tmp_path / "bin", "17.1")
        on_path = postgres_binaries.find(Place(tmp_path, tmp_path), {"PATH": str(programs)})
        assert on_path.folder == programs
        (tmp_path / "tools").mkdir()
        program(tmp_path / "tools" / "pg_config", f"echo {programs}")
        by_config = postgres_binaries.find(Place(tmp_path, tmp_path), {"PATH": str(tmp_path / "tools")})
        assert by_config.folder == programs

    def test_too_old_programs_do_not_count(self, tmp_path, monkeypatch):
        fake_programs(tmp_path / "bin", "14.9")
        monkeypatch.setattr(postgres_binaries, "SYSTEM_FOLDERS", (str(tmp_path / "bin"),))
        with pytest.raises(Problem, match="No PostgreSQL server programs of version 15") as caught:
            postgres_binaries.find(Place(tmp_path, tmp_path), {"PATH": "/nowhere"})
        assert "DATABASE_URL" in caught.value.remedy

    def test_each_step_can_be_forced(self, place, tmp_path):
        programs = fake_programs(tmp_path / "bin", "15.4")
        assert postgres_binaries.find(place, {"CRM_POSTGRES": "wheel"}).from_wheel
        assert postgres_binaries.find(place, {"CRM_POSTGRES": str(programs)}).major == 15
        with pytest.raises(Problem):
            postgres_binaries.find(place, {"CRM_POSTGRES": str(tmp_path)})

    @pytest.mark.skipif(
        not postgres_binaries.oldest_on_machine(os.environ), reason="no PostgreSQL on this machine"
    )
    def test_the_machine_s_own_server_runs(self, place):
        server = Postgres(place, {**os.environ, "CRM_POSTGRES": "system"})
        assert server.start() is True
        assert not server.binaries.from_wheel
        assert ask(server, "SELECT 1") == [(1,)]


def test_root_without_any_unprivileged_user_is_told_so(monkeypatch, tmp_path):
    monkeypatch.setattr(accounts.os, "geteuid", lambda: 0)
    monkeypatch.setattr(accounts, "UNPRIVILEGED", ("nobody-of-this-name",))
    with pytest.raises(Problem, match="does not run as root"):
        accounts.server_account(tmp_path / "cluster")


def fake_programs(folder, version):
    folder.mkdir(parents=True)
    program(folder / "postgres", f'echo "postgres (PostgreSQL) {version}"')
    program(folder / "initdb", "exit 0")
    return folder


def program(path, line):
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
    subprocess.run([path], check=True, capture_output=True)

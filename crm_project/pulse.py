"""Signs of life of the worker and of beat, for /readyz: a time in Redis, renewed while they run."""

import time

import redis
from celery.beat import PersistentScheduler
from celery.signals import heartbeat_sent
from django.conf import settings

WORKER, BEAT = "crm:worker:last", "crm:beat:last"
KEPT_SECONDS = 3600
EVERY_SECONDS = 5


def client() -> redis.Redis:
    """A connection that gives up after a second: a hung Redis must not hold up a page or a worker."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=None)


class Pulse:
    """Writes one key, at most every few seconds; a Redis that is away is not the beating part's concern."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.last = 0.0

    def beat(self) -> None:
        now = time.time()
        if now - self.last < EVERY_SECONDS:
            return
        self.last = now
        try:
            with client() as connection:
                connection.set(self.key, int(now), ex=KEPT_SECONDS)
        except redis.RedisError:
            pass


worker_pulse, beat_pulse = Pulse(WORKER), Pulse(BEAT)


@heartbeat_sent.connect
def on_heartbeat(**kwargs) -> None:
    worker_pulse.beat()


class Scheduler(PersistentScheduler):
    """Celery's own scheduler, which also says that it is alive."""

    def tick(self, *args, **kwargs) -> float:
        beat_pulse.beat()
        return min(super().tick(*args, **kwargs), EVERY_SECONDS)


def ages() -> dict[str, float | None]:
    """Seconds since worker and beat last gave a sign; None for never. Raises redis.RedisError."""
    with client() as connection:
        values = connection.mget(WORKER, BEAT)
    return {
        key: time.time() - int(value) if value else None
        for key, value in zip((WORKER, BEAT), values, strict=True)
    }

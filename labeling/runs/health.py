"""Whether the parts that the site needs are there: database, broker, and somebody to run things."""

from dataclasses import dataclass, field
from datetime import timedelta

import redis
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from labeling.runs.models import WorkerHeartbeat

ALIVE_SECONDS = 30  # a worker that was seen within this is alive
PING_SECONDS = 1.0


@dataclass(frozen=True)
class Health:
    database: bool
    broker: bool
    worker_list: list[WorkerHeartbeat] = field(default_factory=list)

    @property
    def workers(self) -> int:
        return len(self.worker_list)

    @property
    def status(self) -> str:
        return "ok" if self.database and self.broker and self.workers else "degraded"


def living_workers() -> QuerySet[WorkerHeartbeat]:
    """Workers with a sign of life within the last half minute, by the database's clock."""
    return WorkerHeartbeat.objects.filter(last_seen_at__gt=Now() - timedelta(seconds=ALIVE_SECONDS)).order_by("name")


def look() -> Health:
    """Ask each part, shortly. Raises nothing: what does not answer is false."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        workers = list(living_workers())
        database = True
    except DatabaseError:
        workers, database = [], False
    return Health(database, _broker_answers(), workers)


def _broker_answers() -> bool:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=PING_SECONDS, socket_timeout=PING_SECONDS, retry=None
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()

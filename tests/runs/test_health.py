"""GET /health: open to all, and honest about what is away."""

from datetime import timedelta

from django.utils import timezone

from labeling.runs.models import WorkerHeartbeat

HEALTH = "/api/v1/health"


def beat(name: str, *, seconds_ago: float) -> None:
    seen = timezone.now() - timedelta(seconds=seconds_ago)
    WorkerHeartbeat.objects.create(name=name, queues=["runs"], last_seen_at=seen)


def test_without_a_worker_it_is_degraded(world):
    answer = world.client("").get(HEALTH)
    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "database": True, "broker": True, "workers": 0}


def test_with_a_living_worker_it_is_well_and_admins_see_which(world):
    beat("w1", seconds_ago=2)
    beat("gone", seconds_ago=120)
    assert world.client("").get(HEALTH).json() == {"status": "ok", "database": True, "broker": True, "workers": 1}
    assert "worker_list" not in world.eva.get(HEALTH).json()
    listed = world.gil.get(HEALTH).json()["worker_list"]
    assert [(worker["name"], worker["queues"], worker["busy_with"]) for worker in listed] == [("w1", ["runs"], None)]


def test_a_broker_that_is_away_is_said(world, settings):
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    beat("w1", seconds_ago=2)
    answer = world.client("").get(HEALTH).json()
    assert (answer["status"], answer["broker"], answer["database"]) == ("degraded", False, True)


def test_a_database_that_is_away_is_said(world, monkeypatch):
    from django.db import OperationalError

    from labeling.runs import health

    def refuse():
        raise OperationalError("gone")

    gil = world.gil
    with monkeypatch.context() as away:
        away.setattr(health.connection, "cursor", refuse)
        answer = gil.get(HEALTH)
    assert answer.status_code == 503
    assert answer.json() == {"status": "degraded", "database": False, "broker": True, "workers": 0}

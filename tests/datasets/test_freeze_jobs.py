"""Freezes that a worker does: asked twice, begun twice, died, and an acceptance that is taken back meanwhile."""

from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from labeling.collection.models import Batch, Prompt
from labeling.datasets import freezer
from labeling.datasets.models import Freeze, Snapshot, SnapshotRecord
from labeling.datasets.reading import Reading
from labeling.datasets.services.freeze_snapshot import freeze_snapshot
from labeling.errors import ConflictError, InvalidError
from labeling.review.services import accept_batch, withdraw_acceptance
from tests.cast import World
from tests.datasets.test_recipes import ask, import_rankings
from tests.datasets.test_snapshots import accept
from tests.working import finish_batch, publish_demonstrations

# By name: the package's names of these are their functions.
freezing = import_module("labeling.datasets.services.freeze_snapshot")
wanting = import_module("labeling.datasets.services.want_freeze")


@pytest.fixture
def at_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wanting, "AT_ONCE", 0)


def drafts() -> list[Path]:
    return list(settings.SNAPSHOTS_DIR.glob("draft-*"))


@pytest.mark.usefixtures("at_a_worker")
def test_a_worker_freezes_what_is_too_much_for_a_request(world: World):
    import_rankings(world, prompts=2)
    first = ask(world, "", "comparisons", aggregation="majority")
    assert first.status_code == 202
    again = ask(world, "", "comparisons", aggregation="majority")
    assert again.json()["id"] == first.json()["id"], "two clicks are one wish"
    freeze = freezer.take_freeze()
    assert freeze is not None
    assert freezer.take_freeze() is None, "nobody else takes it"
    freezer.run_freeze(freeze)
    told = world.eva.get(f"/api/v1/freezes/{freeze.pk}").json()
    assert (told["status"], told["read"]) == ("done", 2)
    snapshot = Snapshot.objects.get(pk=told["snapshot"])
    assert snapshot.recipe == {"version": 1, "aggregation": "majority"}
    assert snapshot.records.count() == 6
    assert drafts() == []
    assert world.eva.get("/api/v1/freezes").json()["results"] == [], "what is done is among the snapshots"


@pytest.mark.usefixtures("at_a_worker")
def test_a_freeze_whose_worker_died_is_begun_anew_and_the_old_one_writes_nothing(world: World):
    import_rankings(world)
    ask(world, "", "comparisons")
    dead = freezer.take_freeze()
    assert dead is not None
    Freeze.objects.update(beat_at=timezone.now() - timedelta(minutes=5))
    alive = freezer.take_freeze()
    assert alive is not None
    assert alive.attempt == dead.attempt + 1
    freezer.run_freeze(dead)  # it was only slow
    assert not Snapshot.objects.exists()
    assert not SnapshotRecord.objects.exists()
    freezer.run_freeze(alive)
    assert Freeze.objects.get().snapshot == Snapshot.objects.get()


@pytest.mark.usefixtures("at_a_worker")
def test_a_freeze_that_kills_its_workers_is_given_up(world: World):
    import_rankings(world)
    ask(world, "", "comparisons")
    for _ in range(freezer.MOST_ATTEMPTS):
        assert freezer.take_freeze()
        Freeze.objects.update(beat_at=timezone.now() - timedelta(minutes=5))
    assert freezer.take_freeze() is None
    assert Freeze.objects.get().error["code"] == "workers_died"


@pytest.mark.usefixtures("at_a_worker")
def test_a_freeze_that_fails_says_why(world: World):
    import_rankings(world)
    ask(world, "", "comparisons")
    Prompt.objects.update(consent=False)
    freeze = freezer.take_freeze()
    assert freeze is not None
    freezer.run_freeze(freeze)
    told = world.eva.get("/api/v1/freezes").json()["results"][0]
    assert told["status"] == "failed"
    assert "nothing to freeze" in told["error"]["detail"]
    assert drafts() == []


def reading_then(monkeypatch: pytest.MonkeyPatch, deed) -> list[int]:
    """Do a deed after the work was read and before it is frozen; returns how often it was read."""
    plain, times = Reading.lines, []

    def lines(self: Reading):
        yield from plain(self)
        times.append(1)
        deed(len(times))

    monkeypatch.setattr(Reading, "lines", lines)
    return times


def accepted(world: World, first: int = 0) -> Batch:
    batch = publish_demonstrations(world, prompts=1, first=first)
    finish_batch(world, batch, "ada", "ben")
    accept(world, batch)
    return Batch.objects.get(pk=batch.pk)


def test_work_that_is_taken_back_while_it_is_read_does_not_enter(world: World, monkeypatch: pytest.MonkeyPatch):
    taken, kept = accepted(world), accepted(world, first=50)
    times = reading_then(
        monkeypatch,
        lambda time: withdraw_acceptance(actor=world.users["eva"], batch=taken) if time == 1 else None,
    )
    snapshot = freeze_snapshot(actor=None, project=world.project, kind="demonstrations")
    assert len(times) == 2, "it was read anew"
    behind = snapshot.records.values_list("judgment__assignment__task__batch", flat=True)
    assert set(behind) == {kept.pk}
    taken.refresh_from_db()
    assert taken.frozen_at is None


def test_an_acceptance_that_was_renewed_meanwhile_is_read_anew(world: World, monkeypatch: pytest.MonkeyPatch):
    batch = accepted(world)

    def renew(time: int) -> None:
        if time == 1:
            withdraw_acceptance(actor=world.users["eva"], batch=batch)
            accept_batch(actor=world.users["eva"], batch=batch)

    times = reading_then(monkeypatch, renew)
    freeze_snapshot(actor=None, project=world.project, kind="demonstrations")
    assert len(times) == 2


def test_work_that_changes_each_time_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch):
    batch = accepted(world)

    def renew(time: int) -> None:
        withdraw_acceptance(actor=world.users["eva"], batch=batch)
        accept_batch(actor=world.users["eva"], batch=batch)

    times = reading_then(monkeypatch, renew)
    with pytest.raises(ConflictError, match="taken back each time"):
        freeze_snapshot(actor=None, project=world.project, kind="demonstrations")
    assert len(times) == freezing.TRIES
    assert not Snapshot.objects.exists()
    assert drafts() == []


def test_a_prompt_that_loses_consent_while_it_is_read_does_not_enter(world: World, monkeypatch: pytest.MonkeyPatch):
    accepted(world)
    reading_then(monkeypatch, lambda time: Prompt.objects.update(consent=False))
    with pytest.raises(InvalidError, match="no consent"):
        freeze_snapshot(actor=None, project=world.project, kind="demonstrations")


def test_a_freeze_that_breaks_off_leaves_neither_file_nor_rows(world: World, monkeypatch: pytest.MonkeyPatch):
    accepted(world)
    before = set(settings.SNAPSHOTS_DIR.iterdir())

    def break_off(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(freezing, "_freeze_acceptances", break_off)
    with pytest.raises(OSError, match="disk"):
        freeze_snapshot(actor=None, project=world.project, kind="demonstrations")
    assert not Snapshot.objects.exists()
    assert not SnapshotRecord.objects.exists()
    assert all(path.suffix == ".jsonl" for path in set(settings.SNAPSHOTS_DIR.iterdir()) - before)
    monkeypatch.undo()
    assert freeze_snapshot(actor=None, project=world.project, kind="demonstrations").records.count() == 2


def test_the_rows_know_where_each_line_begins(world: World):
    import_rankings(world, prompts=3)
    snapshot = freeze_snapshot(actor=None, project=world.project, kind="comparisons")
    content = Path(snapshot.path).read_bytes()
    for row in snapshot.records.all():
        line = content[row.offset :].split(b"\n", 1)[0]
        assert f'"id":"{row.record}"'.encode() in line
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM datasets_snapshotrecord WHERE digest = ''")
        assert cursor.fetchone() == (0,)

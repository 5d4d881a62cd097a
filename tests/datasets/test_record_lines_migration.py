"""Migration 0003 of datasets: snapshots of before learn which record stands in each of their lines."""

import hashlib
import json
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from labeling.datasets.lines import read_lines
from labeling.datasets.models import Snapshot, SnapshotRecord
from labeling.datasets.services.freeze_snapshot import freeze_snapshot
from tests.cast import World
from tests.working import finish_batch, publish_demonstrations

WRITTEN = ("line", "judgment", "record", "digest", "offset")


@pytest.fixture
def snapshots(world: World) -> list[Snapshot]:
    """Two snapshots, as they are frozen today."""
    made = []
    for first in (0, 50):
        batch = publish_demonstrations(world, prompts=3, first=first)
        finish_batch(world, batch, "ada", "ben")
        world.eva.post(f"/api/v1/batches/{batch.pk}/accept", {}, format="json")
        made.append(freeze_snapshot(actor=None, project=world.project, kind="demonstrations"))
    return made


def rows(snapshot: Snapshot) -> list[tuple]:
    return list(snapshot.records.order_by("line", "judgment").values_list(*WRITTEN))


def as_before() -> None:
    SnapshotRecord.objects.update(record=None, digest="", offset=None)


def backfill() -> None:
    import_module("labeling.datasets.migrations.0003_record_lines").read_lines(apps, None)


@pytest.mark.parametrize("chunk", [1, 4, 2000])
def test_lines_of_before_are_known_as_if_they_were_frozen_today(
    snapshots: list[Snapshot], monkeypatch: pytest.MonkeyPatch, chunk: int
):
    today = [rows(snapshot) for snapshot in snapshots]
    as_before()
    assert rows(snapshots[0]) != today[0]
    monkeypatch.setattr(import_module("labeling.datasets.migrations.0003_record_lines"), "CHUNK", chunk)
    backfill()
    assert [rows(snapshot) for snapshot in snapshots] == today
    lines = Path(snapshots[1].path).read_bytes().splitlines(keepends=True)
    row = snapshots[1].records.get(line=2)
    assert row.digest == hashlib.sha256(lines[1]).hexdigest()[:32]
    assert read_lines(snapshots[1], [2]) == {2: json.loads(lines[1])}


def test_of_a_purged_file_nothing_is_known_and_the_others_are(snapshots: list[Snapshot]):
    today = rows(snapshots[1])
    as_before()
    Path(snapshots[0].path).unlink()
    backfill()
    assert {row[2:] for row in rows(snapshots[0])} == {(None, "", None)}
    assert rows(snapshots[1]) == today


def test_it_is_done_twice_without_harm(snapshots: list[Snapshot]):
    today = rows(snapshots[0])
    backfill()
    backfill()
    assert rows(snapshots[0]) == today

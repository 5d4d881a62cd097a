"""What is taken back after it was frozen: snapshots are marked, and an admin may purge their files."""

from pathlib import Path
from typing import Any

import pytest

from labeling.accounts.models import Event
from labeling.collection.curate.personal_data import decide_personal_data
from labeling.collection.models import Batch, Prompt
from labeling.collection.services.change_prompt import change_prompt
from labeling.datasets.models import Snapshot
from labeling.datasets.services.freeze_snapshot import freeze_snapshot
from tests.cast import World
from tests.collection.conftest import while_uncommitted
from tests.working import finish_batch, publish_demonstrations


def frozen(world: World, first: int = 0) -> Snapshot:
    batch = publish_demonstrations(world, prompts=2, first=first)
    finish_batch(world, batch, "ada", "ben")
    assert world.eva.post(f"/api/v1/batches/{batch.pk}/accept", {}, format="json").status_code == 200
    made = freeze(world)
    assert made.status_code == 201, made.content
    return Snapshot.objects.get(pk=made.json()["id"])


def freeze(world: World) -> Any:
    body = {"project": str(world.project.pk), "kind": "demonstrations"}
    return world.eva.post("/api/v1/snapshots", body, format="json")


def purge(world: World, snapshot: Snapshot, name: str = "gil") -> Any:
    return world.client(name).post(f"/api/v1/snapshots/{snapshot.pk}/purge")


def change(world: World, **fields: Any) -> None:
    prompt = Prompt.objects.order_by("pk").first()
    assert world.eva.patch(f"/api/v1/prompts/{prompt.pk}", fields, format="json").status_code == 200


def recall_by(world: World, how: str) -> None:
    prompt = Prompt.objects.order_by("pk").first()
    if how == "withdrawn":
        change(world, withdrawn=True)
    elif how == "consent":
        change(world, consent=False)
    elif how == "consent of its source":
        body = {"source": prompt.source, "consent": False}
        assert world.eva.post(f"/api/v1/projects/{world.project.pk}/consent", body, format="json").status_code == 200
    else:
        body = {"decision": "clean", "pieces": ["story"]}
        assert world.eva.post(f"/api/v1/prompts/{prompt.pk}/personal-data", body, format="json").status_code == 200


@pytest.mark.parametrize("how", ["withdrawn", "consent", "consent of its source", "masked"])
def test_snapshots_that_hold_what_was_taken_back_say_so(world: World, how: str):
    snapshot = frozen(world)
    assert world.eva.get(f"/api/v1/snapshots/{snapshot.pk}").json()["marked_at"] is None
    recall_by(world, how)
    assert world.eva.get(f"/api/v1/snapshots/{snapshot.pk}").json()["marked_at"] is not None
    assert Event.objects.filter(verb="snapshot.marked").count() == 1
    assert Path(snapshot.path).is_file(), "nothing is deleted by itself"


def test_other_snapshots_are_not_marked(world: World):
    snapshot = frozen(world)
    publish_demonstrations(world, prompts=1, first=50)
    other = Prompt.objects.get(source="source-50")
    assert world.eva.patch(f"/api/v1/prompts/{other.pk}", {"withdrawn": True}, format="json").status_code == 200
    change(world, use_case="brainstorming")
    snapshot.refresh_from_db()
    assert snapshot.marked_at is None


def test_an_admin_purges_the_file_with_its_exports_and_the_hash_stays(world: World):
    snapshot = frozen(world)
    assert purge(world, snapshot).json()["code"] == "not_marked"
    export = world.eva.get(f"/api/v1/snapshots/{snapshot.pk}/download?format=records&file=csv")
    if export.status_code == 200 and export.streaming:
        b"".join(export.streaming_content)
    kept = list(Path(snapshot.path).parent.glob(f"{Path(snapshot.path).stem}*"))
    assert Path(snapshot.path) in kept
    recall_by(world, "withdrawn")
    assert purge(world, snapshot, "eva").status_code == 403
    first, again = purge(world, snapshot), purge(world, snapshot)
    assert (first.status_code, first.json()["purged_at"]) == (200, again.json()["purged_at"])
    assert not any(path.exists() for path in kept)
    assert Event.objects.filter(verb="snapshot.purged").count() == 1
    gone = world.eva.get(f"/api/v1/snapshots/{snapshot.pk}/download")
    assert (gone.status_code, gone.json()["code"]) == (404, "purged")
    assert world.eva.get(f"/api/v1/snapshots/{snapshot.pk}").json()["sha256"] == snapshot.sha256
    assert snapshot.records.count() == 4, "lineage stays"


def test_what_was_given_back_can_be_frozen_again(world: World):
    snapshot = frozen(world)
    recall_by(world, "withdrawn")
    purge(world, snapshot)
    less = freeze(world).json()
    assert less["counts"]["records"] == 2
    change(world, withdrawn=False)
    whole = freeze(world).json()
    assert (whole["id"], whole["purged_at"], whole["marked_at"]) == (str(snapshot.pk), None, None)
    assert Path(snapshot.path).is_file()
    assert Event.objects.filter(verb="snapshot.restored").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", ["withdraw", "mask"])
def test_what_is_taken_back_while_it_is_frozen_does_not_enter(world: World, deed: str):
    batch = publish_demonstrations(world, prompts=2)
    finish_batch(world, batch, "ada", "ben")
    world.eva.post(f"/api/v1/batches/{batch.pk}/accept", {}, format="json")
    prompt, eva = Prompt.objects.order_by("pk").first(), world.users["eva"]

    def take_back() -> Any:
        if deed == "withdraw":
            return change_prompt(actor=eva, prompt=prompt, withdrawn=True)
        return decide_personal_data(actor=eva, prompt=prompt, decision="clean", pieces=["story"])

    _, snapshot = while_uncommitted(
        take_back, lambda: freeze_snapshot(actor=None, project=world.project, kind="demonstrations")
    )
    assert snapshot.counts["records"] == (2 if deed == "withdraw" else 4)
    text = Path(snapshot.path).read_text()
    assert text.count("[PERSONAL DATA]") == (0 if deed == "withdraw" else 2)
    assert snapshot.marked_at is None


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_as_soon_as_it_is_frozen_marks_the_snapshot(world: World):
    batch = publish_demonstrations(world, prompts=2)
    finish_batch(world, batch, "ada", "ben")
    world.eva.post(f"/api/v1/batches/{batch.pk}/accept", {}, format="json")
    prompt = Prompt.objects.order_by("pk").first()
    snapshot, _ = while_uncommitted(
        lambda: freeze_snapshot(actor=None, project=world.project, kind="demonstrations"),
        lambda: change_prompt(actor=world.users["eva"], prompt=prompt, withdrawn=True),
    )
    snapshot.refresh_from_db()
    assert snapshot.marked_at is not None
    assert Batch.objects.get(pk=batch.pk).frozen_at is not None

"""Why the free slots of a batch wait, as its researchers read it; opt-outs are not told."""

from typing import Any

from labeling.projects.models import Membership, Project
from tests.collection.conftest import API, Scene


def waits(scene: Scene, batch: Any) -> list[str]:
    """As the batch's page and its row in the list have it, both the same."""
    shown = scene.world.eva.get(f"{API}/batches/{batch.pk}").json()["waits"]
    rows = {row["id"]: row for row in scene.world.eva.get(f"{API}/batches").json()["results"]}
    assert rows[str(batch.pk)]["waits"] == shown
    return shown


def test_a_batch_that_labelers_may_take_says_nothing(scene: Scene):
    assert waits(scene, scene.publish(tasks=2)) == []


def test_no_labeler_in_its_pools_or_none_qualified(scene: Scene):
    batch = scene.publish(pools=["held_out", "researcher"], overlap=1)
    assert waits(scene, batch) == []
    scene.world.users["dov"].is_active = False
    scene.world.users["dov"].save()
    assert waits(scene, batch) == ["no_labeler"], "a researcher is no labeler"
    assert waits(scene, scene.publish(pools=["researcher"], overlap=1)) == [], "unless it is for researchers"
    work = scene.publish(overlap=1)
    Membership.objects.filter(pool="training").update(qualified=False)
    assert waits(scene, work) == ["none_qualified"]


def test_more_labelers_asked_for_than_there_are(scene: Scene):
    assert waits(scene, scene.publish(overlap=3, pools=["training"])) == []
    assert waits(scene, scene.publish(overlap=4, pools=["training"])) == ["too_few"]


def test_a_paused_project_and_a_batch_without_free_slots(scene: Scene):
    batch = scene.publish(tasks=1, overlap=1)
    Project.objects.filter(pk=scene.project.pk).update(paused=True)
    assert waits(scene, batch) == ["paused"]
    Project.objects.update(paused=False)
    scene.next("ada")
    Project.objects.update(paused=True)
    assert waits(scene, batch) == []


def test_sensitive_slots_are_told_the_same_whoever_opted_out(scene: Scene):
    """Also with one labeler left, whose choice a lead could otherwise read off the page."""
    Membership.objects.filter(user__username__in=["ben", "chi", "eva"]).update(qualified=False)
    batch = scene.publish(tasks=2, overlap=1, sensitive=["self_harm"])
    before = scene.world.eva.get(f"{API}/batches/{batch.pk}").json()
    assert before["waits"] == ["all_sensitive"]
    path = f"{API}/projects/{scene.project.pk}/opt-out"
    assert scene.world.ada.put(path, {"categories": ["self_harm"]}, format="json").status_code == 200
    assert scene.next("ada") is None
    assert scene.world.eva.get(f"{API}/batches/{batch.pk}").json() == before
    mixed = scene.publish(tasks=1, overlap=1)
    assert waits(scene, mixed) == []

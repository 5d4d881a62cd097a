"""Undo is offered only for as long as it is taken."""

from typing import Any

from django.utils import timezone

from labeling.collection.models import Batch, BatchStatus, Screening, Task
from labeling.projects.models import Membership
from tests.collection.conftest import API, Scene


def offered(scene: Scene, assignment: dict[str, Any]) -> bool:
    """On the assignment's page, in the history and by the deed itself: all say the same."""
    page = scene.world.ada.get(f"{API}/assignments/{assignment['id']}").json()["undo_until"]
    (line,) = scene.world.ada.get(f"{API}/assignments").json()["results"]
    assert (page is None) == (line["undo_until"] is None)
    return page is not None


def submitted(scene: Scene) -> dict[str, Any]:
    scene.publish()
    mine = scene.next("ada")
    scene.submit("ada", mine)
    return mine


def test_not_once_the_batch_is_in_review(scene: Scene):
    mine = submitted(scene)
    assert offered(scene, mine)
    Batch.objects.update(status=BatchStatus.IN_REVIEW)
    assert not offered(scene, mine)
    assert scene.post("ada", mine, "undo").status_code == 409


def test_not_once_the_screening_is_decided(scene: Scene):
    mine = submitted(scene)
    Task.objects.update(purpose="screening")
    member = Membership.objects.get(project=scene.project, user=scene.world.users["ada"])
    screening = Screening.objects.create(membership=member)
    assert offered(scene, mine)
    Screening.objects.filter(pk=screening.pk).update(decided_at=timezone.now())
    assert not offered(scene, mine)
    assert scene.post("ada", mine, "undo").status_code == 409

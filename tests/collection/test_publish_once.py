"""Publishing that is sent twice, because no answer came, makes one batch."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from labeling.collection.models import Batch, Task
from tests.collection.conftest import API, Scene

BODIES = {
    "batches": {"kind": "demonstration", "prompts": {}, "overlap": 2},
    "writing": {"sort": "plain", "use_cases": {"chat": 3}},
}


def send(scene: Scene, what: str, body: dict, by: str = "eva"):
    return scene.world.client(by).post(f"{API}/projects/{scene.project.pk}/{what}", body, format="json")


@pytest.mark.parametrize("what", BODIES)
def test_the_same_again_answers_with_the_same_batch(scene: Scene, what: str):
    scene.prompts(2)
    body = BODIES[what] | {"submission_id": str(uuid.uuid4())}
    first, again = send(scene, what, body), send(scene, what, body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert first.json()["slots"] == again.json()["slots"]
    assert Batch.objects.count() == 1
    tasks = Task.objects.count()
    # Whoever wants two has another id, or none.
    assert send(scene, what, BODIES[what]).json()["number"] == 2
    assert send(scene, what, body | {"submission_id": str(uuid.uuid4())}).json()["number"] == 3
    assert Task.objects.count() == 3 * tasks


@pytest.mark.parametrize("what", BODIES)
def test_another_body_or_person_is_told(scene: Scene, what: str):
    scene.prompts(2)
    body = BODIES[what] | {"submission_id": str(uuid.uuid4())}
    assert send(scene, what, body).status_code == 201
    for answer in (send(scene, what, body | {"name": "Another"}), send(scene, what, body, by="gil")):
        assert answer.status_code == 409
        assert answer.json()["code"] == "submission_differs"
    assert send(scene, what, body | {"submission_id": "first"}).status_code == 400
    assert Batch.objects.count() == 1


def test_a_refused_one_leaves_the_id_free(scene: Scene):
    body = BODIES["batches"] | {"submission_id": str(uuid.uuid4())}
    assert send(scene, "batches", body).status_code == 400, "no prompts yet"
    scene.prompts(1)
    assert send(scene, "batches", body).status_code == 201


def test_a_preview_takes_the_same_body(scene: Scene):
    scene.prompts(1)
    for what, body in BODIES.items():
        assert send(scene, f"{what}/preview", body | {"submission_id": str(uuid.uuid4())}).status_code == 200
    assert not Batch.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_are_one(scene: Scene):
    scene.prompts(2)
    body = BODIES["batches"] | {"submission_id": str(uuid.uuid4())}

    def once(_: int):
        try:
            return send(scene, "batches", body).json()["id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(once, range(4)))) == 1
    assert Batch.objects.count() == 1

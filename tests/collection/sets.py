"""Short ways for tests to get keys set: a researcher answers with the labelers' form, and marks the answer."""

from typing import Any

from labeling.collection.models import Batch, Task
from tests.collection.conftest import API, Scene, answer_to


def answer_by_text(assignment: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A complete body that is the same judgment for everybody: outputs in the order of their texts."""
    body = answer_to(assignment)
    if assignment["kind"] == "comparison":
        ordered = [c["id"] for c in sorted(assignment["candidates"], key=lambda c: c["text"])]
        body["ratings"] = [
            {"candidate": candidate, "overall": 7 - place, "flags": {}, "note": ""}
            for place, candidate in enumerate(ordered)
        ]
        body["ranking"] = [[candidate] for candidate in ordered]
        body["prompt_flags"] = {}
    return body | changes


def take(scene: Scene, task: Task, name: str = "eva") -> dict[str, Any]:
    answer = scene.world.client(name).post(f"{API}/tasks/{task.pk}/answer", {}, format="json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def set_key(scene: Scene, task: Task, judgment: str, reasons: str = "Because.", version: int = 0) -> Any:
    body = {"judgment": judgment, "reasons": reasons, "version": version}
    return scene.world.eva.post(f"{API}/tasks/{task.pk}/key", body, format="json")


def set_keys(scene: Scene, batch: Batch, **changes: Any) -> None:
    """Eva answers each task of the batch, by text, and makes that the key."""
    for task in batch.tasks.order_by("position"):
        assignment = take(scene, task)
        sent = scene.post("eva", assignment, "submit", answer_by_text(assignment, **changes))
        assert sent.status_code == 200, sent.content
        assert set_key(scene, task, sent.json()["judgment"]).status_code == 201


def change_checks(scene: Scene, **fields: Any) -> None:
    answer = scene.world.eva.patch(f"{API}/projects/{scene.project.pk}/checks", fields, format="json")
    assert answer.status_code == 200, answer.content
    scene.project.refresh_from_db()

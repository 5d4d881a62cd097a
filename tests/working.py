"""Short ways for tests to get work published and done, all of it through HTTP."""

import json
import uuid
from itertools import count

from django.core.files.uploadedfile import SimpleUploadedFile

from labeling.collection.models import Batch
from tests.cast import World


def upload(rows: list[dict], name: str = "rows.jsonl") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "".join(json.dumps(row) + "\n" for row in rows).encode())


def import_prompts(world: World, rows: list[dict], *, consent: bool = True) -> None:
    answer = world.eva.post(
        f"/api/v1/projects/{world.project.pk}/prompts/import",
        {"file": upload(rows), "consent": str(consent).lower()},
        format="multipart",
    )
    assert answer.status_code in (200, 201), answer.content
    assert answer.json()["counts"]["refused"] == 0, answer.json()


def publish_demonstrations(world: World, *, prompts: int, first: int = 0, consent: bool = True) -> Batch:
    """A batch of demonstration tasks on new prompts."""
    source = f"source-{first}"
    rows = [
        {"prompt": f"Tell me story number {first + number}.", "source": source, "use_case": "generation"}
        for number in range(prompts)
    ]
    import_prompts(world, rows, consent=consent)
    return _publish(world, {"kind": "demonstration", "prompts": {"source": source}})


def publish_comparisons(world: World, *, prompts: int, k: int = 4, first: int = 0) -> Batch:
    """A batch of comparison tasks on new prompts, each with k imported outputs of two models."""
    source = f"compared-{first}"
    rows = [
        {
            "prompt": f"Compare story number {first + number}.",
            "source": source,
            "candidates": [
                {"text": f"Output {letter} of {first + number}.", "model": f"model-{index % 2}"}
                for index, letter in zip(range(k), "abcdefghi", strict=False)
            ],
        }
        for number in range(prompts)
    ]
    import_prompts(world, rows)
    return _publish(world, {"kind": "comparison", "prompts": {"source": source}, "k": k, "candidates": "imported"})


def _publish(world: World, body: dict) -> Batch:
    answer = world.eva.post(f"/api/v1/projects/{world.project.pk}/batches", body, format="json")
    assert answer.status_code == 201, answer.content
    return Batch.objects.get(pk=answer.json()["id"])


def finish_batch(world: World, batch: Batch, *names: str) -> None:
    """Have each of these labelers do every task that is left for them; no undo window afterwards."""
    for name in names:
        client = world.client(name)
        for number in count():
            shown = client.post(f"/api/v1/projects/{batch.project_id}/tasks/next", {}, format="json")
            if shown.status_code == 204:
                break
            task = shown.json()
            body = answer_of(task, f"An answer of {name}, number {number}.")
            sent = client.post(f"/api/v1/assignments/{task['id']}/submit", body, format="json")
            assert sent.status_code == 200, sent.content
    world.project.undo_seconds = 0
    world.project.save()


def answer_of(task: dict, response: str) -> dict:
    """A valid submission for a task, ranking by the outputs' texts, so that all labelers agree."""
    body: dict = {"submission_id": str(uuid.uuid4()), "active_seconds": 3.5, "prompt_flags": {}}
    if task["kind"] == "demonstration":
        return body | {"response": response}
    ordered = sorted(task["candidates"], key=lambda candidate: candidate["text"])
    ratings = [
        {"candidate": candidate["id"], "overall": max(1, 7 - place), "flags": {}, "note": ""}
        for place, candidate in enumerate(ordered)
    ]
    return body | {"ratings": ratings, "ranking": [[candidate["id"]] for candidate in ordered]}

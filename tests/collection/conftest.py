"""Prompts with outputs, tasks on them, and what labelers do with those, for the tests of collection."""

import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.cast import World

API = "/api/v1"
SOMEONE_WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"
OUTPUT_FLAGS = ("fails_task", "hallucination")


class Scene:
    """A project with a rubric; prompts and batches are made by the services that the site uses."""

    def __init__(self, world: World) -> None:
        from labeling.projects.models import Rubric

        self.world = world
        self.project = world.project
        flags = [{"key": key, "label": key.title()} for key in OUTPUT_FLAGS]
        content = {"output_flags": flags, "prompt_flags": [{"key": "ambiguous", "label": "Ambiguous"}]}
        self.rubric = Rubric.objects.create(project=self.project, version=1, content=content)

    def prompts(self, count: int, *, outputs: int = 0, project: Any = None, models: Any = None) -> list[Any]:
        """Different prompts, each with `outputs` outputs of models model-0, model-1, ..."""
        from labeling.collection.cleaning.rows import PromptRow
        from labeling.collection.models import PromptImport
        from labeling.collection.services.store_prompts import PromptStore

        rows = [
            PromptRow(
                line=number,
                messages=[{"role": "user", "content": f"Tell tale {uuid.uuid4().hex} of the fox."}],
                candidates=self._outputs(outputs, models or [f"model-{sample}" for sample in range(outputs)]),
            )
            for number in range(1, count + 1)
        ]
        project = project or self.project
        came_by = PromptImport.objects.create(project=project, file_name="x.jsonl", what="prompts")
        from django.db import transaction

        with transaction.atomic():
            stored = PromptStore(project=project, came_by=came_by, consent=True).add(rows)
        return [row.prompt for row in stored]

    @staticmethod
    def _outputs(count: int, models: list[str]) -> list[Any]:
        from labeling.collection.cleaning.fields import CandidateText

        return [CandidateText(f"Once, output {sample} said so.", models[sample]) for sample in range(count)]

    def publish(self, kind: str = "demonstration", *, tasks: int = 1, prompts: Any = None, **fields: Any) -> Any:
        from labeling.collection.services.publish_batch import PromptChoice, publish_batch

        if prompts is None:
            prompts = self.prompts(tasks, outputs=4 if kind == "comparison" else 0)
        return publish_batch(
            actor=self.world.users["eva"],
            project=self.project,
            kind=kind,
            prompts=PromptChoice(ids=[prompt.pk for prompt in prompts]),
            **fields,
        ).batch

    def next(self, name: str, **wanted: Any) -> dict[str, Any] | None:
        """The assignment that this person gets next, or None."""
        answer = self.world.client(name).post(f"{API}/projects/{self.project.pk}/tasks/next", wanted, format="json")
        assert answer.status_code in (200, 204), answer.content
        return answer.json() if answer.status_code == 200 else None

    def post(self, name: str, assignment: dict[str, Any], deed: str, body: Any = None) -> Any:
        return self.world.client(name).post(f"{API}/assignments/{assignment['id']}/{deed}", body or {}, format="json")

    def submit(self, name: str, assignment: dict[str, Any], **changes: Any) -> dict[str, Any]:
        answer = self.post(name, assignment, "submit", answer_to(assignment) | changes)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def expire(self, assignment: dict[str, Any]) -> None:
        """Let the lease of this assignment be over."""
        from datetime import UTC, datetime

        from labeling.collection.models import Assignment

        Assignment.objects.filter(pk=assignment["id"]).update(lease_expires_at=datetime(2001, 1, 1, tzinfo=UTC))


def answer_to(assignment: dict[str, Any]) -> dict[str, Any]:
    """A complete body for this assignment, with a new submission_id."""
    body: dict[str, Any] = {"submission_id": str(uuid.uuid4()), "active_seconds": 0.001, "prompt_flags": {}}
    if assignment["kind"] == "demonstration":
        return body | {"response": "Once upon a time there was a fox."}
    shown = [candidate["id"] for candidate in assignment["candidates"]]
    return body | {
        "prompt_flags": {"ambiguous": True},
        "ratings": [
            {"candidate": candidate, "overall": 7 - place, "flags": {"hallucination": place == 2}, "note": ""}
            for place, candidate in enumerate(shown)
        ],
        "ranking": [[shown[0]], shown[1:3], *([candidate] for candidate in shown[3:])],
    }


def ids(client: APIClient, path: str) -> list[str]:
    return [row["id"] for row in client.get(f"{API}{path}").json()["results"]]


def while_uncommitted(deed: Callable[[], Any], other: Callable[[], Any]) -> tuple[Any, Any]:
    """Do `deed`; before it commits let `other` run into it, in a connection of its own. What the two answered."""
    from django.db import connection, transaction

    answers: dict[str, Any] = {}

    def work() -> None:
        try:
            answers["other"] = other()
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    with transaction.atomic():
        answers["deed"] = deed()
        thread.start()
        end = time.monotonic() + 60
        waits = 0
        while not waits:
            assert thread.is_alive(), "the other went through without waiting"
            assert time.monotonic() < end, "the other neither waits nor ends"
            with connection.cursor() as cursor:
                cursor.execute(SOMEONE_WAITS)
                waits = cursor.fetchone()[0]
    thread.join(60)
    return answers["deed"], answers["other"]


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)

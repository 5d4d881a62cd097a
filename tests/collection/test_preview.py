"""A batch seen as a labeler before it is published: what they would get, and nothing written."""

from typing import Any

import pytest
from django.db import InternalError

from labeling.collection.models import Batch, Prompt
from labeling.collection.read_only import read_only
from labeling.projects.models import Rubric
from labeling.projects.services import publish_guideline
from tests.collection.conftest import API, Scene
from tests.fingerprint import fingerprint

RANDOM = {"id", "server_time", "lease_expires_at"}


def preview(scene: Scene, body: dict[str, Any], what: str = "batches") -> Any:
    eva = scene.world.eva  # signing in is written
    before = fingerprint()
    answer = eva.post(f"{API}/projects/{scene.project.pk}/{what}/preview", body, format="json")
    assert fingerprint() == before, "a preview writes nothing"
    return answer


def publish(scene: Scene, body: dict[str, Any], what: str = "batches") -> Any:
    return scene.world.eva.post(f"{API}/projects/{scene.project.pk}/{what}", body, format="json")


def compared(page: dict[str, Any]) -> dict[str, Any]:
    """A page of work without what is random or of the moment; outputs by their texts, whose order is drawn."""
    outputs = sorted(candidate["text"] for candidate in page["candidates"])
    assert all(set(candidate) == {"id", "text"} for candidate in page["candidates"])
    return {name: value for name, value in page.items() if name not in RANDOM} | {"candidates": outputs}


def body_of(scene: Scene, kind: str, tasks: int, **fields: Any) -> dict[str, Any]:
    prompts = scene.prompts(tasks, outputs=6 if kind == "comparison" else 0)
    return {"kind": kind, "prompts": [str(prompt.pk) for prompt in prompts], "overlap": 1, **fields}


@pytest.mark.parametrize("kind", ["comparison", "demonstration"])
def test_it_shows_field_by_field_what_next_gives_once_it_is_published(scene: Scene, kind: str):
    publish_guideline(
        actor=scene.world.users["eva"],
        project=scene.project,
        kind=kind,
        text="Be kind.",
        examples=[{"prompt": "Why?", "answer": "So.", "reason": "Short.", "good": True}],
    )
    body = body_of(scene, kind, 7, k=4, sensitive=["self_harm"])
    answer = preview(scene, body)
    assert answer.status_code == 200, answer.content
    shown = answer.json()
    assert (shown["tasks"], len(shown["pages"]), shown["skipped"], shown["notes"]) == (7, 5, [], [])
    assert Prompt.objects.filter(sensitive__len__gt=0).count() == 0, "marked only when it is published"
    assert publish(scene, body).status_code == 201
    for page in shown["pages"]:
        given = scene.next("ada")
        assert given is not None
        assert compared(page["assignment"]) == compared(given)
        assert set(page["assignment"]) == set(given)
        assert page["messages"] == given["prompt"]["messages"]
        assert given["prompt"]["sensitive"] == ["self_harm"]
        assert len(given["candidates"]) == (4 if kind == "comparison" else 0)
        scene.submit("ada", given)


def test_writing_is_shown_as_next_gives_it(scene: Scene):
    body = {"sort": "few_shot", "use_cases": {"chat": 1, "any": 1}, "about": "Weather.", "language": "en", "pairs": 4}
    answer = preview(scene, body, "writing")
    assert answer.status_code == 200, answer.content
    pages = answer.json()["pages"]
    assert [page["assignment"]["brief"]["use_case"] for page in pages] == ["chat", ""]
    assert publish(scene, body, "writing").status_code == 201
    given = scene.next("ada", kind="prompt")
    assert given is not None
    assert compared(pages[0]["assignment"]) == compared(given)
    assert pages[0]["messages"] is None


def test_a_naive_interpretation_hides_the_prompt_from_the_form_alone(scene: Scene):
    content = {"output_flags": [], "prompt_flags": [], "asks": ["overall", "interpretation"]}
    Rubric.objects.create(project=scene.project, version=2, content=content)
    body = body_of(scene, "comparison", 1)
    page = preview(scene, body).json()["pages"][0]
    assert page["assignment"]["prompt"]["messages"] is None
    assert page["messages"][0]["content"].startswith("Tell tale")


@pytest.mark.parametrize("purpose", ["gold", "constant", "calibration", "screening"])
def test_checks_are_shown_with_their_stage(scene: Scene, purpose: str):
    part = {"part": "ranking"} if purpose == "screening" else {}
    body = body_of(scene, "comparison", 1, purpose=purpose, overlap=None, **part)
    page = preview(scene, body).json()["pages"][0]["assignment"]
    assert page["stage"] == (purpose if purpose in ("calibration", "screening") else "work")
    assert "purpose" not in page


def test_it_is_refused_as_publishing_is(scene: Scene):
    prompts = scene.prompts(1)
    bodies = [
        ("batches", {"kind": "tale", "prompts": {}}),
        ("batches", {"kind": "prompt", "prompts": {}}),
        ("batches", {"kind": "demonstration", "prompts": ["11111111-1111-4111-8111-111111111111"]}),
        ("batches", {"kind": "comparison", "prompts": [str(prompts[0].pk)]}),
        ("batches", {"kind": "demonstration", "prompts": {}, "purpose": "screening"}),
        ("batches", {"kind": "demonstration", "prompts": {}, "overlap": 2, "shared_share": 0.2}),
        ("writing", {"sort": "plain"}),
        ("writing", {"sort": "anonymize"}),
        ("writing", {"sort": "anonymize", "overlap": 2}),
    ]
    for what, body in bodies:
        shown, published = preview(scene, body, what), publish(scene, body, what)
        assert shown.status_code == published.status_code >= 400, body
        assert shown.json() == published.json()
    assert not Batch.objects.exists()


def test_the_database_refuses_to_write_in_it(scene: Scene):
    with pytest.raises(InternalError, match="read-only"), read_only():
        scene.prompts(1)
    scene.prompts(1)

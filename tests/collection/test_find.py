"""Finding an item by id or by words: in this project only, with where it stands."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext

from labeling.collection.models import (
    Assignment,
    Batch,
    Candidate,
    Demonstration,
    Judgment,
    Prompt,
    Task,
    WrittenPrompt,
)
from labeling.collection.selectors import find as finding
from labeling.collection.selectors import find_text
from tests.collection.conftest import API, Scene


def found(scene: Scene, q: str, name: str = "eva", **more: str) -> dict[str, Any]:
    answer = scene.world.client(name).get(f"{API}/projects/{scene.project.pk}/find", {"q": q, **more})
    assert answer.status_code == 200, answer.content
    return answer.json()


def kinds(scene: Scene, q: str) -> list[tuple[str, str]]:
    return [(hit["kind"], hit["id"]) for hit in found(scene, q)["results"]]


def shown_text(hit: dict[str, Any]) -> str:
    return "".join(f"[{piece['text']}]" if piece["match"] else piece["text"] for piece in hit["excerpt"])


@pytest.fixture
def stories(scene: Scene) -> Scene:
    """A comparison task with four outputs, and a demonstration that ada wrote."""
    scene.publish("comparison")
    scene.publish()
    while (task := scene.next("ada", kind="demonstration")) and not Judgment.objects.exists():
        scene.submit("ada", task, response="Once a hedgehog's umbrella flew away. 🦔 The hedgehog ran after it.")
    return scene


def test_each_thing_by_its_id_and_by_how_that_begins(stories: Scene):
    things = [Batch, Prompt, Candidate, Task, Assignment, Judgment]
    for model in things:
        thing = model.objects.all()[0]
        kind = model.__name__.lower()
        for typed in (str(thing.pk), str(thing.pk)[:8], thing.pk.hex.upper(), f" {thing.pk} "):
            assert (kind, str(thing.pk)) in kinds(stories, typed), (kind, typed)
    assert kinds(stories, str(Task.objects.all()[0].pk)[:7]) == [], "too short to be an id, and no word"


def test_words_of_prompts_outputs_and_demonstrations(stories: Scene):
    assert {kind for kind, _ in kinds(stories, "fox tale")} == {"prompt"}
    assert [kind for kind, _ in kinds(stories, "output said")] == ["candidate"] * 4
    (hit,) = found(stories, "HEDGEHOG umbr")["results"]
    assert (hit["kind"], hit["state"], hit["batch"]["status"], hit["item"]) == ("judgment", "submitted", "open", 1)
    assert shown_text(hit) == "Once a [hedgehog]'s [umbrella] flew away. 🦔 The [hedgehog] ran after it."
    assert hit["id"] == str(Judgment.objects.get().pk)
    assert kinds(stories, "hedgehog fox") == [], "all words in one text"


def test_a_written_prompt_is_found_before_it_is_accepted(scene: Scene):
    body = {"sort": "few_shot", "use_cases": {"classification": 1}, "pairs": 2}
    assert scene.world.eva.post(f"{API}/projects/{scene.project.pk}/writing", body, format="json").status_code == 201
    pairs = [{"query": "Umbrella or not?", "response": "Marmalade."}, {"query": "Sun?", "response": "No."}]
    sent = {"submission_id": str(uuid.uuid4()), "text": "Name the walrus of each.", "pairs": pairs}
    task = scene.next("ada", kind="prompt")
    assert scene.post("ada", task, "submit", sent | {"active_seconds": 0, "prompt_flags": {}}).status_code == 200
    (hit,) = found(scene, "walrus")["results"]
    assert (hit["kind"], hit["id"], hit["state"], hit["item"]) == (
        "judgment", str(Judgment.objects.get().pk), "submitted", 1,
    )  # fmt: skip
    assert shown_text(hit).startswith("Name the [walrus] of each.")
    assert "[Marmalade]" in shown_text(found(scene, "marmalade umbr")["results"][0])
    assert kinds(scene, "query response") == [], "what the pairs' parts are called is no word of theirs"
    assert kinds(scene, hit["id"]) == [("judgment", hit["id"])]
    scene.post("ada", task, "undo")
    assert kinds(scene, "walrus") == []


def test_an_output_tells_its_batch(stories: Scene):
    hit = found(stories, "said")["results"][0]
    batch = Batch.objects.get(kind="comparison")
    assert (hit["batch"]["id"], hit["item"]) == (str(batch.pk), 1)
    assert hit["prompt"] == str(Candidate.objects.get(pk=hit["id"]).prompt_id)


def test_a_long_text_is_cut_around_the_first_match(scene: Scene):
    (prompt,) = scene.prompts(1)
    text = "word " * 200 + "needle " + "tail " * 200
    Prompt.objects.filter(pk=prompt.pk).update(messages=[{"role": "user", "content": text}])
    (hit,) = found(scene, "needle")["results"]
    said = shown_text(hit)
    assert "[needle]" in said
    assert said.startswith("…")
    assert said.endswith("…")
    assert len(said) < finding.LONGEST + 10


def test_what_is_written_is_text_and_never_a_query(stories: Scene):
    for q in ("fox | !tale & (", "'; DROP TABLE x", "fox:*A", "%s", "\\", "<->", "🦔", "—"):
        found(stories, q)
    (prompt,) = stories.prompts(1)
    Prompt.objects.filter(pk=prompt.pk).update(messages=[{"role": "user", "content": "See <b>O'Neill</b> again"}])
    (hit,) = found(stories, "o'neill")["results"]
    assert "<b>" in shown_text(hit), "as it was written"


def test_pages_go_through_all_kinds_without_gap_or_repeat(stories: Scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(finding, "PAGE", 2)
    Candidate.objects.update(text="A tale of the fox.")
    seen, cursor = [], ""
    for _ in range(10):
        answer = found(stories, "tale", cursor=cursor)
        seen += [(hit["kind"], hit["id"]) for hit in answer["results"]]
        cursor = answer["next"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 6
    assert [kind for kind, _ in seen] == ["prompt"] * 2 + ["candidate"] * 4


@pytest.mark.parametrize("cursor", ["x", "prompt.", "batch.1", "prompt.not-an-id"])
def test_an_invented_cursor_is_refused(scene: Scene, cursor: str):
    answer = scene.world.eva.get(f"{API}/projects/{scene.project.pk}/find", {"q": "fox", "cursor": cursor})
    assert answer.status_code == 400
    assert "cursor" in answer.json()["errors"]


def test_other_projects_are_not_looked_into(stories: Scene):
    prompt, batch = Prompt.objects.all()[0], Batch.objects.all()[0]
    assert stories.world.finn.get(f"{API}/projects/{stories.project.pk}/find", {"q": "fox"}).status_code == 404
    assert stories.world.ada.get(f"{API}/projects/{stories.project.pk}/find", {"q": "fox"}).status_code == 403
    other = stories.world.gil.post(f"{API}/projects", {"name": "Other"}, format="json").json()["id"]
    for q in ("fox", "said", "hedgehog", str(prompt.pk), str(batch.pk)):
        answer = stories.world.gil.get(f"{API}/projects/{other}/find", {"q": q})
        assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_no_more_queries_for_more_results(stories: Scene):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            found(stories, "once")
        return len(asked)

    queries()  # signs in
    before = queries()
    stories.prompts(12, outputs=2)
    assert len(found(stories, "once")["results"]) >= 15
    assert queries() <= before


@pytest.mark.parametrize(
    ("model", "condition", "index"),
    [
        (Prompt, find_text.PROMPT_WORDS, "prompt_words"),
        (Candidate, find_text.CANDIDATE_WORDS, "candidate_words"),
        (Demonstration, find_text.DEMONSTRATION_WORDS, "demonstration_words"),
        (WrittenPrompt, find_text.WRITTEN_WORDS, "written_words"),
    ],
)
def test_words_are_looked_up_in_the_index(db: None, model: Any, condition: str, index: str):
    rows = model.objects.filter(RawSQL(condition, ["'hedgehog':*"], output_field=BooleanField()))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert index in rows.explain(), "asked by another expression than the index has"

"""What a rubric may ask beside ratings, flags and ranking: scales, critique, edit, confidence, interpretation."""

from typing import Any

import pytest

from labeling.collection.models import Comparison, Judgment, Rating
from labeling.errors import InvalidError
from labeling.projects.rubric import check_rubric
from labeling.projects.services import publish_rubric, rubric_template, rubric_templates
from tests.cast import World
from tests.collection.conftest import API, Scene, answer_to

SCALE = {"key": "tone", "label": "Tone", "help": "", "min": -1, "max": 1, "labels": {"0": "as it should be"}}


@pytest.fixture
def asking(scene: Scene):
    """A comparison that ada holds, under a rubric that asks this."""

    def make(outputs: int = 2, **asked: Any) -> dict[str, Any]:
        content = {"output_flags": [], "prompt_flags": [], "overall": False} | asked
        publish_rubric(actor=None, project=scene.project, content=content)
        scene.publish("comparison", prompts=scene.prompts(1, outputs=outputs))
        held = scene.next("ada")
        assert held is not None
        return held

    return make


def answer(held: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A body without overall ratings and flags; `ratings` in `changes` is laid over each output's."""
    further = changes.pop("ratings", {})
    shown = [candidate["id"] for candidate in held["candidates"]]
    return {
        "submission_id": answer_to(held)["submission_id"],
        "active_seconds": 1.0,
        "prompt_flags": {},
        "ratings": [{"candidate": candidate, "flags": {}, "note": "", **further} for candidate in shown],
        "ranking": [[candidate] for candidate in shown],
        **changes,
    }


def refused(scene: Scene, held: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    said = scene.post("ada", held, "submit", body)
    assert said.status_code == 400, said.content
    assert Judgment.objects.count() == 0
    return said.json()["errors"]


def test_scales_are_asked_of_outputs_and_prompt(scene: Scene, asking: Any):
    held = asking(output_scales=[SCALE], prompt_scales=[SCALE])
    first = held["candidates"][0]["id"]
    errors = refused(scene, held, answer(held))
    assert errors["prompt_scales"] == ["Answer “Tone”."]
    assert errors["ratings"][first] == ["Answer “Tone”."]
    errors = refused(scene, held, answer(held, prompt_scales={"tone": 2}, ratings={"scales": {"tone": 0, "hue": 1}}))
    assert errors["prompt_scales"] == ["“Tone” is from -1 to 1, not 2."]
    assert errors["ratings"][first] == ["Scales that are not in this task's rubric: hue."]
    body = answer(held, prompt_scales={"tone": 0}, ratings={"scales": {"tone": -1}})
    assert scene.post("ada", held, "submit", body).status_code == 200
    assert Judgment.objects.get().prompt_scales == {"tone": 0}
    assert [rating.scales for rating in Rating.objects.all()] == [{"tone": -1}] * 2
    assert {rating.overall for rating in Rating.objects.all()} == {None}


def test_an_overall_rating_that_is_not_asked_for_is_refused(scene: Scene, asking: Any):
    held = asking()
    errors = refused(scene, held, answer(held, ratings={"overall": 5}))
    assert set(errors["ratings"]) == {candidate["id"] for candidate in held["candidates"]}


def test_critique_and_edit_are_kept_and_an_untouched_edit_is_none(scene: Scene, asking: Any):
    held = asking(asks=["critique", "edit"])
    body = answer(held)
    _, second = held["candidates"]
    body["ratings"][0] |= {"critique": "It says nothing.", "edit": "Once upon a time."}
    body["ratings"][1] |= {"edit": second["text"] + "\n"}
    assert scene.post("ada", held, "submit", body).status_code == 200
    kept = {rating.position: (rating.critique, rating.edit) for rating in Rating.objects.all()}
    assert kept == {0: ("It says nothing.", "Once upon a time."), 1: ("", "")}
    assert scene.post("ada", held, "undo").json()["draft"]["ratings"][0]["critique"] == "It says nothing."


@pytest.mark.parametrize("field", ["critique", "edit"])
def test_words_that_nobody_asked_for_are_refused(scene: Scene, asking: Any, field: str):
    held = asking()
    errors = refused(scene, held, answer(held, ratings={field: "Better so."}))
    assert errors["ratings"][held["candidates"][0]["id"]] == [f"This task's rubric asks for no {field}."]


@pytest.mark.parametrize(
    ("confidence", "order"), [(1, [[0], [1]]), (4, [[0], [1]]), (5, [[0, 1]]), (6, [[1], [0]]), (9, [[1], [0]])]
)
def test_confidence_goes_with_the_ranking(scene: Scene, asking: Any, confidence: int, order: list[list[int]]):
    held = asking(asks=["confidence"])
    shown = [candidate["id"] for candidate in held["candidates"]]
    ranking = [[shown[place] for place in tier] for tier in order]
    body = answer(held, ranking=ranking, confidence=confidence)
    assert scene.post("ada", held, "submit", body).status_code == 200
    assert Comparison.objects.get().confidence == confidence
    page = scene.world.ada.get(f"{API}/assignments/{held['id']}").json()
    assert page["submitted"]["confidence"] == confidence


@pytest.mark.parametrize(
    ("confidence", "said"),
    [
        (None, "Say how much better the one is than the other."),
        (10, "The confidence is from 1 to 9, not 10."),
        (7, "The confidence and the ranking say different things."),
        (5, "The confidence and the ranking say different things."),
    ],
)
def test_confidence_that_lacks_or_contradicts_is_refused(scene: Scene, asking: Any, confidence: int | None, said: str):
    held = asking(asks=["confidence"])
    body = answer(held) | ({} if confidence is None else {"confidence": confidence})
    assert refused(scene, held, body)["confidence"] == [said]


def test_confidence_is_for_two_outputs_only(scene: Scene, asking: Any):
    held = asking(outputs=4, asks=["confidence"])
    assert refused(scene, held, answer(held, confidence=3))["confidence"] == ["This task asks for no confidence."]
    assert scene.post("ada", held, "submit", answer(held)).status_code == 200


def test_the_prompt_is_shown_when_the_interpretations_are_written(scene: Scene, asking: Any):
    held = asking(asks=["interpretation"])
    assert held["prompt"]["messages"] is None
    assert "Tell tale" not in str(scene.world.ada.get(f"{API}/assignments").json()), "nor in the history"
    early = scene.post("ada", held, "submit", answer(held))
    assert (early.status_code, early.json()["code"]) == (409, "not_interpreted")
    texts = {candidate["id"]: f"It says {place}." for place, candidate in enumerate(held["candidates"])}
    one = dict(list(texts.items())[:1])
    lacking = scene.post("ada", held, "interpret", {"interpretations": one})
    missing = held["candidates"][1]["id"]
    assert lacking.status_code == 400
    assert lacking.json()["errors"]["interpretations"] == {missing: ["Write what this output says."]}
    draft = {"revision": 0, "draft": {"interpretations": one, "active_seconds": 3.5}}
    scene.world.ada.put(f"{API}/assignments/{held['id']}/draft", draft, format="json")
    page = scene.post("ada", held, "interpret", {"interpretations": texts}).json()
    assert (page["draft"], page["draft_revision"]) == ({"active_seconds": 3.5}, 2)
    assert page["prompt"]["messages"][0]["content"].startswith("Tell tale")
    assert scene.post("ada", held, "interpret", {"interpretations": texts}).status_code == 200, "sent again"
    other = scene.post("ada", held, "interpret", {"interpretations": texts | one | {missing: "Else."}})
    assert (other.status_code, other.json()["code"]) == (409, "interpreted")
    assert scene.post("ada", held, "submit", answer(held)).status_code == 200
    assert {rating.interpretation for rating in Rating.objects.all()} == set(texts.values())


def test_a_researcher_sees_all_of_it(scene: Scene, asking: Any):
    held = asking(asks=["critique", "confidence"], prompt_scales=[SCALE])
    body = answer(held, prompt_scales={"tone": 1}, ratings={"critique": "Too short."}, confidence=2)
    scene.post("ada", held, "submit", body)
    batch = scene.project.batches.get()
    (item,) = scene.world.eva.get(f"{API}/batches/{batch.pk}/items").json()["results"]
    (judgment,) = item["judgments"]
    assert (judgment["confidence"], judgment["prompt_scales"]) == (2, {"tone": 1})
    assert {rating["critique"] for rating in judgment["ratings"]} == {"Too short."}


def test_templates_are_rubrics(world: World):
    for template in rubric_templates():
        check_rubric(template["content"])
    answered = world.eva.get(f"{API}/rubric-templates").json()
    assert [template["name"] for template in answered] == ["comparison", "pairwise", "toxicity"]
    toxicity = {scale["key"]: (scale["min"], scale["max"]) for scale in rubric_template("toxicity")["output_scales"]}
    assert toxicity == {"toxicity": (0, 2), "relative_toxicity": (-1, 1), "continuity": (1, 7)}, "Fig. 11"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"output_scales": [SCALE | {"max": -1}]}, "output_scales, scale 1: min and max"),
        ({"output_scales": [SCALE | {"max": True}]}, "output_scales, scale 1: min and max"),
        ({"output_scales": [SCALE | {"labels": {"7": "far"}}]}, "output_scales, scale 1: labels"),
        ({"output_scales": [SCALE, SCALE]}, "output_scales: two scales have the same key"),
        ({"asks": ["applause"]}, "asks is a list of some of"),
        ({"overall": "no"}, "overall is true or false"),
        ({"colour": 1}, "A rubric has no colour"),
    ],
)
def test_a_rubric_that_cannot_be_asked_is_refused(content: dict[str, Any], said: str):
    with pytest.raises(InvalidError, match=said):
        check_rubric({"output_flags": [], "prompt_flags": []} | content)


def test_such_a_rubric_is_not_published(world: World):
    body = {"content": {"output_flags": [], "prompt_flags": [], "output_scales": [SCALE | {"max": 90}]}}
    answered = world.eva.post(f"{API}/projects/{world.project.pk}/rubrics", body, format="json")
    assert answered.status_code == 400
    assert "output_scales, scale 1" in answered.json()["detail"]
    assert world.project.rubrics.count() == 0

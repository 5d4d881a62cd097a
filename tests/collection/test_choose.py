"""Choosing what to label next: each measure against counting by hand, and the reason on each task."""

import json
import math
import random
import re
import statistics
from collections import Counter

import numpy as np
import pytest

from labeling.collection.consensus import consensus
from labeling.collection.curate.take_by_mix import Mix, take_by_mix
from labeling.collection.models import Candidate, CandidateScore, Judgment, Prompt, Task
from labeling.registry.models import ModelVersion
from tests.working import answer_of, finish_batch, import_prompts, publish_comparisons, publish_demonstrations

API = "/api/v1"


def of(world) -> str:
    return f"{API}/projects/{world.project.pk}"


def reward(name: str) -> ModelVersion:
    return ModelVersion.objects.create(name=name, kind="reward", path=f"/nowhere/{name}")


def give_scores(model: ModelVersion, scores: dict[str, list[float]]) -> None:
    """Scores of each prompt's outputs, by the prompt's text."""
    for text, values in scores.items():
        outputs = Candidate.objects.filter(prompt__messages__0__content=text).order_by("order")
        for candidate, score in zip(outputs, values, strict=True):
            CandidateScore.objects.create(candidate=candidate, model=model, score=score, run_id=model.pk)


def compared(world, texts: list[str], k: int = 3) -> None:
    rows = [
        {"prompt": text, "source": "c", "candidates": [{"text": f"{text} {n}", "model": "m"} for n in range(k)]}
        for text in texts
    ]
    import_prompts(world, rows)


def choose(world, weights: dict, models=(), kind="comparison", **filters):
    body = {
        "kind": kind,
        "prompts": {"source": "c"} | filters,
        "choose": {"weights": weights, "models": [str(model.pk) for model in models]},
    }
    return world.eva.post(f"{of(world)}/choose", body, format="json"), body


@pytest.mark.django_db
def test_a_small_margin_comes_first_with_its_reason(world):
    texts = ["sure", "unsure", "between", "unscored"]
    compared(world, texts)
    judge = reward("judge")
    give_scores(judge, {"sure": [0, 3, -2], "unsure": [1, 1.1, -9], "between": [-1, 0, -4]})
    answer, body = choose(world, {"margin": 1}, [judge], limit=3)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert [one["text"] for one in told["first"]] == ["unsure", "between", "sure"]
    assert [one["value"] for one in told["first"]] == pytest.approx([0.1, 1, 3])
    assert told["first"][0]["score"] == pytest.approx(2 * (1 - 1 / (1 + math.exp(-0.1))), abs=1e-4)
    assert told["reasons"] == [{"reason": "margin", "tasks": 3}]
    assert not Task.objects.exists(), "looking writes nothing"
    published = world.eva.post(f"{of(world)}/batches", body, format="json")
    assert published.status_code == 201, published.content
    tasks = Task.objects.order_by("position")
    assert [task.prompt.messages[0]["content"] for task in tasks] == ["unsure", "between", "sure"]
    assert tasks[0].chosen_for == {"reason": "margin", "value": 0.1, "score": told["first"][0]["score"]}
    items = world.eva.get(f"{API}/batches/{published.json()['id']}/items").json()["results"]
    assert items[0]["chosen_for"]["reason"] == "margin"
    shown = world.ada.post(f"{of(world)}/tasks/next", {}, format="json").json()
    assert not re.search(r"chosen|margin|score", json.dumps(shown)), "never told to labelers"


@pytest.mark.django_db
def test_the_variance_is_between_models_within_a_prompt(world):
    compared(world, ["agreed", "disputed"])
    one, other = reward("one"), reward("other")
    give_scores(one, {"agreed": [0, 1, 2], "disputed": [0, 1, 2]})
    give_scores(other, {"agreed": [10, 11, 12], "disputed": [2, 1, 0]})
    answer, _ = choose(world, {"variance": 1}, [one, other])
    first, last = answer.json()["first"]
    assert (first["text"], first["reason"]) == ("disputed", "variance")
    expected = statistics.fmean(statistics.variance(pair) for pair in ((-1, 1), (0, 0), (1, -1)))
    assert first["value"] == pytest.approx(expected, abs=1e-4)
    assert first["score"] == pytest.approx(expected / (1 + expected), abs=1e-4)
    assert last["value"] == pytest.approx(0, abs=1e-9)


@pytest.mark.django_db
def test_disagreement_is_what_consensus_leaves(world):
    batch = publish_comparisons(world, prompts=3, k=4)
    finish_batch(world, batch, "ada")
    for number in range(3):
        task = world.ben.post(f"{of(world)}/tasks/next", {}, format="json").json()
        body = answer_of(task, "")
        if number:
            body["ranking"] = (
                body["ranking"][::-1] if number == 1 else [[one for tie in body["ranking"] for one in tie]]
            )
        assert world.ben.post(f"{API}/assignments/{task['id']}/submit", body, format="json").status_code == 200
    body = {"kind": "comparison", "prompts": {}, "choose": {"weights": {"disagreement": 2}}}
    told = world.eva.post(f"{of(world)}/choose", body, format="json").json()["first"]
    expected = {}
    for prompt in Prompt.objects.all():
        rankings = [
            {rating.candidate_id: rating.rank for rating in judgment.comparison.ratings.all()}
            for judgment in Judgment.objects.filter(assignment__task__prompt=prompt, current=True)
        ]
        expected[str(prompt.pk)] = 1 - consensus(rankings)
    assert {one["prompt"]: one["value"] for one in told} == pytest.approx(expected)
    assert [one["value"] for one in told] == sorted(expected.values(), reverse=True)
    assert told[-1]["reason"] in ("disagreement", "none")


@pytest.mark.django_db
def test_the_mix_takes_what_is_missing_and_stops_at_the_target(world):
    rows = [
        {"prompt": f"{use} number {n} please", "source": "c", "use_case": use}
        for use in ("chat", "rewrite", "extract")
        for n in range(20)
    ]
    import_prompts(world, rows)
    publish_demonstrations(world, prompts=4)  # four of generation, of which none is wanted
    refused, _ = choose(world, {"mix": 1}, kind="demonstration")
    assert (refused.status_code, refused.json()["detail"]) == (400, "The project has no target mix.")
    shares = {"chat": 0.5, "rewrite": 0.25, "extract": 0.25}
    world.eva.put(f"{of(world)}/target-mix", {"by": "use_case", "shares": shares}, format="json")
    nothing, _ = choose(world, {"mix": 1}, kind="demonstration", use_case="summarization")
    assert (nothing.status_code, nothing.json()["code"]) == (400, "nothing_to_publish")
    answer, body = choose(world, {"mix": 1}, kind="demonstration", limit=16)
    assert answer.json()["tasks"] == 16
    first = answer.json()["first"][0]
    assert [first[name] for name in ("use_case", "reason", "value", "score")] == ["chat", "mix", 0.5, 1.0]
    assert world.eva.post(f"{of(world)}/batches", body, format="json").status_code == 201
    labeled = [task.prompt.use_case for task in Task.objects.filter(prompt__source="c")]
    assert {use: labeled.count(use) for use in shares} == {"chat": 8, "rewrite": 4, "extract": 4}


@pytest.mark.django_db
def test_weights_mix_the_measures(world):
    compared(world, ["a", "b", "c"])
    judge = reward("judge")
    give_scores(judge, {"a": [0, 0.1, -5], "b": [0, 1, -5], "c": [0, 5, -5]})
    Prompt.objects.filter(messages__0__content="c").update(use_case="chat")
    Prompt.objects.exclude(messages__0__content="c").update(use_case="extract")
    world.eva.put(f"{of(world)}/target-mix", {"by": "use_case", "shares": {"chat": 0.9, "extract": 0.1}}, format="json")
    order = lambda **weights: [one["text"] for one in choose(world, weights, [judge])[0].json()["first"]]  # noqa: E731
    assert order(margin=1) == ["a", "b", "c"]
    assert order(mix=1)[0] == "c"
    assert order(margin=9, mix=1)[0] == "a"


@pytest.mark.django_db
def test_wishes_that_cannot_be_fulfilled_are_refused(world):
    compared(world, ["a"])
    for weights, models, field in (
        ({}, [], "choose.weights"),
        ({"margin": 1}, [], "choose.models"),
        ({"variance": 1}, [reward("one")], "choose.models"),
    ):
        answer, _ = choose(world, weights, models)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content
    body = {"kind": "comparison", "prompts": {"source": "c"}}
    assert world.eva.post(f"{of(world)}/choose", body, format="json").status_code == 400


def taken_one_by_one(kinds, scores, targets, counts, weight, wanted):
    """As take_by_mix is defined: each time the best of all that are left, and what the mix lacks counted anew."""
    counts = {by: Counter(of) for by, of in counts.items()}
    left, taken, largest = list(range(len(kinds))), [], None
    while len(taken) < wanted:
        total = next(iter(counts.values())).total()
        lacks = {
            kind: sum(
                max(0.0, targets[by].get(value, 0.0) - (counts[by][value] / total if total else 0.0))
                for by, value in zip(targets, kind, strict=True)
            )
            / len(targets)
            for kind in set(kinds)
        }
        largest = largest or max(lacks.values()) or 1.0
        best = min(left, key=lambda place: (-(scores[place] + weight * lacks[kinds[place]] / largest), place))
        taken.append((best, lacks[kinds[best]]))
        left.remove(best)
        for by, value in zip(targets, kinds[best], strict=True):
            counts[by][value] += 1
    return taken


@pytest.mark.parametrize("seed", range(8))
def test_prompts_are_taken_by_the_mix_as_one_by_one(seed):
    draw = random.Random(seed)
    targets = {"use_case": {"chat": 0.5, "rewrite": 0.25, "extract": 0.25}, "language": {"en": 0.75, "de": 0.25}}
    kinds = [(draw.choice(["chat", "rewrite", "extract", "other"]), draw.choice(["en", "de", "fr"])) for _ in range(60)]
    scores = [draw.choice([0.0, 0.125, 0.25, 0.5]) for _ in kinds]
    counts = {"use_case": {"chat": seed}, "language": {"en": seed}} if seed % 2 else {"use_case": {}, "language": {}}
    expected = taken_one_by_one(kinds, scores, targets, counts, 0.375, 50)
    taken, gaps, _ = take_by_mix(kinds, np.array(scores), Mix(targets, counts), weight=0.375, wanted=50)
    assert taken.tolist() == [place for place, _ in expected]
    assert gaps[taken] == pytest.approx([gap for _, gap in expected])
    assert np.count_nonzero(np.delete(gaps, taken)) == 0, "none of those that were not taken"

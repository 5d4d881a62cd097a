"""GET /projects/ID/items?model=...: the items behind a model's figures, which are as many as the evaluation counts."""

import json
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest

from labeling.datasets.services import import_file
from labeling.registry.models import ModelVersion
from labeling.review.evaluation.settings import save_evaluation
from tests.cast import World

API = "/api/v1"
RANKS = {0: [1, 2], 1: [1, 2], 2: [2, 1], 3: [1, 1]}
"""Of outputs of plain and tuned; another prompt compares plain with other."""


@pytest.fixture
def models(world: World) -> dict[str, UUID]:
    """Plain and tuned on four prompts: two won by plain, one by tuned, one tied; plain and other on one."""
    rows = [
        {
            "prompt": f"Tell of the fox, number {number}.",
            "candidates": [
                {"text": f"A fox of {number}.", "model": "plain"},
                {"text": f"Once there was a fox of {number}.", "model": "tuned" if number in RANKS else "other"},
            ],
            "ranks": RANKS.get(number, [1, 2]),
            "labeler": "one",
        }
        for number in range(5)
    ]
    file = BytesIO("".join(json.dumps(row) + "\n" for row in rows).encode())
    import_file(actor=None, project=world.project, what="comparisons", file=file, file_name="rows.jsonl", consent=True)
    return dict(ModelVersion.objects.values_list("name", "pk"))


def items(world: World, **asked: Any) -> list[str]:
    answer = world.eva.get(f"{API}/projects/{world.project.pk}/items", asked)
    assert answer.status_code == 200, answer.content
    return sorted(item["excerpt"] for item in answer.json()["results"])


def test_each_outcome_leads_to_its_items(world: World, models: dict[str, UUID]) -> None:
    plain, tuned = models["plain"], models["tuned"]
    assert len(items(world, model=plain)) == 5
    assert len(items(world, model=plain, against=tuned)) == 4
    of = {outcome: items(world, model=plain, against=tuned, outcome=outcome) for outcome in ("won", "tied", "lost")}
    assert of == {
        "won": ["Tell of the fox, number 0.", "Tell of the fox, number 1."],
        "lost": ["Tell of the fox, number 2."],
        "tied": ["Tell of the fox, number 3."],
    }
    # The other way round, what one won the other lost.
    assert items(world, model=tuned, against=plain, outcome="won") == of["lost"]
    assert items(world, model=plain, against=tuned, outcome="won", pool="held_out") == []


def test_they_are_as_many_as_the_evaluation_counts(world: World, models: dict[str, UUID]) -> None:
    plain, tuned = models["plain"], models["tuned"]
    save_evaluation(
        actor=world.users["gil"], project=world.project, models=[plain, tuned], baseline=plain, prompt_sets=[]
    )
    answer = world.eva.get(f"{API}/projects/{world.project.pk}/evaluation/results").json()
    (found,) = (one for one in answer["panels"][-1]["models"] if one["model"] == str(tuned))
    for outcome, count in (("won", "wins"), ("tied", "ties"), ("lost", "losses")):
        assert len(items(world, model=tuned, against=plain, outcome=outcome)) == found[count]


@pytest.mark.parametrize("asked", [{"against": "plain"}, {"model": "plain", "outcome": "won"}, {"model": "nobody"}])
def test_a_filter_without_what_it_narrows_is_refused(
    world: World, models: dict[str, UUID], asked: dict[str, str]
) -> None:
    sent = {name: models.get(value, value) for name, value in asked.items()}
    answer = world.eva.get(f"{API}/projects/{world.project.pk}/items", sent)
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) <= {"against", "outcome", "model"}

"""The demo's content fits what the demo's small model can learn, and holds together."""

import json
from collections import Counter
from pathlib import Path

import pytest

import labeling.demo
import labeling.projects
from labeling.collection.cleaning.duplicates import prefix_key
from labeling.collection.cleaning.fields import USE_CASES
from labeling.collection.cleaning.personal_data import find_personal_data
from labeling.collection.cleaning.rows import PromptRow, read_prompts
from labeling.collection.cleaning.splits import split_for
from tests.cast import LABELERS

DEMO = Path(labeling.demo.__file__).parent
RUBRIC = json.loads(
    (Path(labeling.projects.__file__).parent / "rubrics" / "comparison.json").read_text(encoding="utf-8")
)


def records(name: str) -> list[dict]:
    return [json.loads(line) for line in (DEMO / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def prompts() -> list[dict]:
    return records("prompts")


@pytest.fixture(scope="module")
def demonstrations() -> list[dict]:
    return records("demonstrations")


@pytest.fixture(scope="module")
def comparisons() -> list[dict]:
    return records("comparisons")


def words(text: str) -> int:
    return len(text.split())


def test_every_prompt_can_be_imported_as_it_stands() -> None:
    with (DEMO / "prompts.jsonl").open("rb") as stream:
        rows = list(read_prompts(stream, "jsonl"))
    assert all(isinstance(row, PromptRow) and row.consent and row.source == "demo" for row in rows), rows
    assert len(rows) >= 160


def test_prompts_are_short_different_and_free_of_personal_data(prompts: list[dict]) -> None:
    assert len({prompt["id"] for prompt in prompts}) == len(prompts)
    assert len({prefix_key(prompt["prompt"]) for prompt in prompts}) == len(prompts)
    for prompt in prompts:
        assert words(prompt["prompt"]) <= 60, prompt["id"]
        assert find_personal_data(prompt["prompt"]) == [], prompt["id"]


def test_the_ten_use_cases_are_there_roughly_in_the_papers_mix(prompts: list[dict]) -> None:
    counts = Counter(prompt["use_case"] for prompt in prompts)
    assert set(counts) == set(USE_CASES)
    assert min(counts.values()) >= 5
    assert counts["generation"] == max(counts.values()) > len(prompts) / 3


def test_users_land_on_all_three_sides(prompts: list[dict]) -> None:
    users = {prompt["user"] for prompt in prompts}
    assert 20 <= len(users) <= 30
    splits = Counter(split_for(prompt["source"], prompt["user"]) for prompt in prompts)
    assert set(splits) == {"train", "valid", "test"}
    assert splits["train"] > 0.75 * len(prompts)


def test_demonstrations_answer_a_prompt_each_briefly(prompts: list[dict], demonstrations: list[dict]) -> None:
    known = {prompt["id"] for prompt in prompts}
    answered = [demonstration["prompt_id"] for demonstration in demonstrations]
    assert len(demonstrations) >= 120
    assert len(set(answered)) == len(answered)
    assert set(answered) <= known
    assert {demonstration["labeler"] for demonstration in demonstrations} == set(LABELERS)
    for demonstration in demonstrations:
        assert 1 <= words(demonstration["response"]) <= 75, demonstration["prompt_id"]
        assert demonstration["response"][-1] in '.!?"' or "title" in demonstration["prompt_id"]


def test_demonstrations_begin_and_run_differently(demonstrations: list[dict]) -> None:
    """What is written from a template shows in its openings; a model would say nothing else."""
    openings = Counter(" ".join(demonstration["response"].split()[:3]) for demonstration in demonstrations)
    assert openings.most_common(1)[0][1] <= 4
    assert len({demonstration["response"] for demonstration in demonstrations}) == len(demonstrations)


def test_comparisons_have_four_different_candidates_and_whole_judgments(
    prompts: list[dict], comparisons: list[dict]
) -> None:
    known = {prompt["id"] for prompt in prompts}
    output_flags = {flag["key"] for flag in RUBRIC["output_flags"]}
    prompt_flags = {flag["key"] for flag in RUBRIC["prompt_flags"]}
    assert len({comparison["prompt_id"] for comparison in comparisons}) == len(comparisons) >= 40
    for comparison in comparisons:
        name = comparison["prompt_id"]
        assert name in known
        texts = [candidate["text"] for candidate in comparison["candidates"]]
        assert len(set(texts)) == 4, name
        labelers = [judgment["labeler"] for judgment in comparison["judgments"]]
        assert 2 <= len(labelers) == len(set(labelers)), name
        assert set(labelers) <= set(LABELERS)
        for judgment in comparison["judgments"]:
            assert len(judgment["ranks"]) == len(judgment["ratings"]) == 4, name
            assert min(judgment["ranks"]) == 1
            assert max(judgment["ranks"]) <= 4
            assert 20 <= judgment["active_seconds"] <= 600
            assert set(judgment["prompt_flags"]) <= prompt_flags
            for rating in judgment["ratings"]:
                assert 1 <= rating["overall"] <= 7
                assert set(rating["flags"]) <= output_flags


def test_candidates_do_not_stand_from_best_to_worst(comparisons: list[dict]) -> None:
    firsts = Counter(comparison["judgments"][0]["ranks"].index(1) for comparison in comparisons)
    assert set(firsts) == {0, 1, 2, 3}
    assert max(firsts.values()) < len(comparisons) / 2


def test_the_cast_mostly_agrees_and_not_always(comparisons: list[dict]) -> None:
    same = pairs = ties = 0
    for comparison in comparisons:
        judgments = comparison["judgments"]
        for first in range(4):
            for second in range(first + 1, 4):
                signs = [
                    (judgment["ranks"][first] > judgment["ranks"][second])
                    - (judgment["ranks"][first] < judgment["ranks"][second])
                    for judgment in judgments
                ]
                ties += signs.count(0)
                for one in range(len(signs)):
                    for other in range(one + 1, len(signs)):
                        pairs += 1
                        same += signs[one] == signs[other]
    assert 0.75 < same / pairs < 0.97
    assert ties > 20

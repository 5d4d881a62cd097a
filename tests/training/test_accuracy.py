"""How well scores order judgments: in all, by parts, and against what they promise; against sums by hand."""

from __future__ import annotations

import math

import pytest
from toy_world import comparison, write_jsonl

from training.accuracy import (
    accuracy_by,
    calibration,
    calibration_error,
    clustered_interval,
    measure_accuracy,
    reward_report,
)
from training.comparisons import Judgment, PromptGroup, load_comparisons
from training.models import load_tokenizer

LIMITS = {"max_prompt_tokens": 1024, "max_response_tokens": 1024, "max_tokens": 128}


def group(number: int, lengths: list[int], judged: list[tuple[int, int, int, str]], use_case: str = "") -> PromptGroup:
    """A prompt with outputs of these lengths; of each judged pair: better, worse, K, pool."""
    return PromptGroup(
        f"p{number}",
        [3, 4],
        [[5] * length for length in lengths],
        [(i, j, 1 / len(judged)) for i, j, _, _ in judged],
        [Judgment(k, pool) for _, _, k, pool in judged],
        use_case,
    )


GROUPS = [
    # Three people judge (0, 1), two of them alike; all that judge (0, 2) agree; (1, 2) is judged both ways, once each.
    group(
        0, [4, 2, 3],
        [
            (0, 1, 3, "ours"), (0, 2, 3, "ours"), (1, 2, 3, "ours"),
            (0, 1, 3, "ours"), (0, 2, 3, "ours"), (2, 1, 3, "ours"),
            (1, 0, 2, "held out"),
        ],
        "chat",
    ),
    group(1, [1, 5], [(0, 1, 2, "held out")], "summary"),
]  # fmt: skip
SCORES = [[2.0, 1.0, 0.5], [0.0, 0.0]]


def told(rows: list[dict]) -> dict[str, object]:
    """Each part's accuracy, what the longer wins, pairs and prompts."""
    columns = ("accuracy", "longer_wins", "pairs", "prompts")
    return {row["part"]: pytest.approx([row[column] for column in columns]) for row in rows}


def test_parts_are_those_of_sums_by_hand():
    by = accuracy_by(GROUPS, SCORES)
    assert told(by["outputs"]) == {"2": [0.25, 0, 2, 2], "3": [5 / 6, 5 / 6, 6, 1]}
    assert told(by["use_case"]) == {"chat": [5 / 7, 5 / 7, 7, 1], "summary": [0.5, 0, 1, 1]}
    assert told(by["pool"]) == {"held out": [0.25, 0, 2, 2], "ours": [5 / 6, 5 / 6, 6, 1]}
    assert list(told(by["agreement"])) == ["one", "all", "most", "split"]
    assert told(by["agreement"]) == {
        "one": [0.5, 0, 1, 1],
        "all": [1, 1, 2, 1],
        "most": [2 / 3, 2 / 3, 3, 1],
        "split": [0.5, 0.5, 2, 1],
    }


def test_more_outputs_stand_after_fewer():
    groups = [group(k, [1] * k, [(0, 1, k, "")]) for k in (9, 4, 10, 2)]
    rows = accuracy_by(groups, [[1.0] + [0.0] * (len(g.outputs_ids) - 1) for g in groups])["outputs"]
    assert [row["part"] for row in rows] == ["2", "4", "9", "10"]


def test_calibration_is_that_of_sums_by_hand():
    rows = calibration(GROUPS, SCORES)
    promise = {margin: 1 / (1 + math.exp(-margin)) for margin in (0.0, 0.5, 1.0, 1.5)}
    expected = {
        0.5: ([promise[0.0]], [0.5]),
        0.6: ([promise[0.5]] * 2, [1, 0]),
        0.7: ([promise[1.0]] * 3, [1, 1, 0]),
        0.8: ([promise[1.5]] * 2, [1, 1]),
    }
    assert [row["at_least"] for row in rows] == list(expected)
    error = 0.0
    for row, (promised, came) in zip(rows, expected.values(), strict=True):
        assert row["promised"] == pytest.approx(sum(promised) / len(promised))
        assert row["accuracy"] == pytest.approx(sum(came) / len(came))
        assert (row["pairs"], row["accuracy_low"] <= row["accuracy"] <= row["accuracy_high"]) == (len(came), True)
        error += abs(sum(promised) - sum(came)) / 8
    assert calibration_error(rows) == pytest.approx(error)


def test_scores_that_are_twice_too_sure_are_seen():
    """Pairs whose probability is known: scores that tell it have a small error, doubled ones a large one."""
    groups, scores = [], []
    for margin in [0.25 * step for step in range(1, 13)]:
        right = round(100 / (1 + math.exp(-margin)))
        judged = [(0, 1, 2, "")] * right + [(1, 0, 2, "")] * (100 - right)
        groups.append(group(len(groups), [1, 1], judged))
        scores.append([margin, 0.0])
    honest, doubled = (
        reward_report(groups, of, split="valid")["results"]["comparisons"]["calibration_error"]
        for of in (scores, [[2 * a, b] for a, b in scores])
    )
    assert honest < 0.01
    assert doubled > 0.05


def test_a_snapshot_tells_the_parts_apart(tmp_path, base_model):
    rows = [
        comparison(0, ["a", "b", "c"], [1, 2, 3], pool="ours", use_case="chat"),
        comparison(0, ["a", "b"], [1, 1], pool="held out", use_case="chat", id="tied"),
        comparison(0, ["a", "b"], [2, 1], pool="held out", use_case="chat", id="against"),
    ]
    data = write_jsonl(tmp_path / "c.jsonl", rows)
    (found,) = load_comparisons(data, load_tokenizer(base_model), **LIMITS).groups["train"]
    assert found.use_case == "chat"
    assert [(i, j) for i, j, _ in found.pairs] == [(0, 1), (0, 2), (1, 2), (1, 0)]
    assert list(found.judgments) == [Judgment(3, "ours")] * 3 + [Judgment(2, "held out")]


def test_accuracy_counts_pairs_and_equal_scores_half(tmp_path, base_model):
    rows = [comparison(0, ["a", "b c d e f", "g"], [1, 2, 3]), comparison(1, ["a", "b"], [2, 1])]
    groups = load_comparisons(write_jsonl(tmp_path / "c.jsonl", rows), load_tokenizer(base_model), **LIMITS).groups
    found = measure_accuracy(groups["train"], [[2.0, 1.0, 1.0], [0.5, 0.0]])
    assert found["accuracy"] == pytest.approx(2.5 / 4)
    assert found["longer_wins"] == pytest.approx((0 + 0.5 + 1 + 0.5) / 4)
    slow = ((math.log1p(math.exp(-1)) * 2 + math.log(2)) / 3 + math.log1p(math.exp(0.5))) / 2
    assert found["loss"] == pytest.approx(slow, rel=1e-6)


def test_intervals_treat_a_prompt_as_one_cluster():
    # 40 prompts of one pair each: Wilson's own interval (30 of 40: .598 to .858).
    value, low, high = clustered_interval([1.0] * 30 + [0.0] * 10, [1] * 40)
    assert (value, low, high) == pytest.approx((0.75, 0.598, 0.858), abs=0.005)
    # The same prompts with 9 pairs that stand and fall together tell no more.
    assert clustered_interval([9.0] * 30 + [0.0] * 10, [9] * 40) == pytest.approx((value, low, high), abs=0.005)
    # All right: as many answers as prompts, so the interval is not a point.
    value, low, high = clustered_interval([6.0] * 20, [6] * 20)
    assert value == high == 1.0
    assert low == pytest.approx(0.839, abs=0.005)

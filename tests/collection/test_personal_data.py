"""Personal data: precision and recall on a hand-labeled set, and what masking does.

personal_data.jsonl was written for this test; all people, numbers and places in it are fictitious, or specimens that
their issuers publish. The detectors were tuned on the half `tune` only; the floors hold for the half `held_out`.
`python -m pytest tests/collection/test_personal_data.py -s` prints the table of docs/personal-data.md.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.collection.cleaning.detectors.id_numbers import _FORMS, _has_digits
from labeling.collection.cleaning.personal_data import KINDS, Span, find_personal_data, mask_personal_data

LABELED = Path(__file__).with_name("personal_data.jsonl")


@dataclass
class Score:
    """Counts of one kind. A find is right when kind and place agree: more than half of both lies in common."""

    found_right: int = 0
    found_wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.found_right / max(1, self.found_right + self.found_wrong)

    @property
    def recall(self) -> float:
        return self.found_right / max(1, self.found_right + self.missed)


def same(found: Span, labeled: Span) -> bool:
    common = min(found.end, labeled.end) - max(found.start, labeled.start)
    union = max(found.end, labeled.end) - min(found.start, labeled.start)
    return found.kind == labeled.kind and common / union > 0.5


def records(half: str) -> list[dict]:
    lines = LABELED.read_text(encoding="utf-8").splitlines()
    return [record for record in map(json.loads, lines) if record["half"] == half]


def spans_of(record: dict) -> list[Span]:
    return [Span(**span) for span in record["spans"]]


def measure(half: str) -> dict[str, Score]:
    scores = {kind: Score() for kind in KINDS}
    for record in records(half):
        unmatched = spans_of(record)
        for found in find_personal_data(record["text"]):
            match = next((labeled for labeled in unmatched if same(found, labeled)), None)
            if match:
                unmatched.remove(match)
                scores[found.kind].found_right += 1
            else:
                scores[found.kind].found_wrong += 1
        for labeled in unmatched:
            scores[labeled.kind].missed += 1
    return scores


def mistakes(half: str) -> list[str]:
    return [
        f"{record['id']}: {mask_personal_data(record['text'], find_personal_data(record['text']))}"
        for record in records(half)
        if not (
            len(found := find_personal_data(record["text"])) == len(labeled := spans_of(record))
            and all(map(same, found, labeled))
        )
    ]


# What was measured on the half that nothing was tuned on, less one mistake.
FLOORS = {
    "email": (0.92, 0.92),
    "card": (0.91, 0.91),
    "id_number": (0.92, 0.92),
    "address": (0.90, 0.94),
    "phone": (0.88, 0.91),
}


@pytest.mark.parametrize("half", ["tune", "held_out"])
def test_precision_and_recall_of_each_kind_hold_their_floors(half: str) -> None:
    scores = measure(half)
    print(f"\n| {half} | labeled | precision | recall |\n|---|---|---|---|")
    for kind, score in scores.items():
        labeled = score.found_right + score.missed
        print(f"| {kind} | {labeled} | {score.precision:.3f} | {score.recall:.3f} |")
    for kind, score in scores.items():
        precision, recall = FLOORS[kind]
        assert score.precision >= precision, (kind, score, mistakes(half))
        assert score.recall >= recall, (kind, score, mistakes(half))


def test_the_labels_are_where_they_say_and_the_set_is_large_enough() -> None:
    everything = records("tune") + records("held_out")
    assert len(everything) >= 200
    for half in ("tune", "held_out"):
        assert {span.kind for record in records(half) for span in spans_of(record)} == set(KINDS)
        assert sum(not record["spans"] for record in records(half)) >= 50, "hard negatives"
    for record in everything:
        for span in spans_of(record):
            marked = record["text"][span.start : span.end]
            assert marked == marked.strip() != "", record["id"]


def test_masks_say_what_was_there_and_nothing_else_changes() -> None:
    text = "Mail ada@example.org or call (212) 555-0147, thanks."
    spans = find_personal_data(text)
    assert mask_personal_data(text, spans) == "Mail [EMAIL] or call [PHONE], thanks."
    assert find_personal_data(mask_personal_data(text, spans)) == []
    assert mask_personal_data("nothing here", []) == "nothing here"


def test_a_number_without_its_check_digit_is_no_card_and_no_account() -> None:
    assert find_personal_data("card 4158 8139 9869 8798") == []
    assert [span.kind for span in find_personal_data("card 4158 8139 9869 8797")] == ["card"]
    assert find_personal_data("IBAN DE88 3704 0044 0532 0130 00") == []


def only_digits(kind: str, value: Any) -> bool:
    """Whether a part of a class, as [0-5x] has two, holds nothing else."""
    if kind == "RANGE":
        return all(chr(end).isdigit() for end in value)
    return str(value) == "CATEGORY_DIGIT" if kind == "CATEGORY" else chr(value).isdigit()


def fewest_digits(parsed: Any) -> int:
    """Of what a parsed pattern matches."""
    count = 0
    for kind, said in parsed:
        name = str(kind)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            count += said[0] * fewest_digits(said[2])
        elif name == "SUBPATTERN":
            count += fewest_digits(said[-1])
        elif name == "BRANCH":
            count += min(map(fewest_digits, said[1]))
        elif name == "LITERAL":
            count += chr(said).isdigit()
        elif name == "IN":
            count += all(only_digits(str(one), value) for one, value in said)
    return count


@pytest.mark.parametrize("form", _FORMS, ids=lambda form: form.pattern.pattern)
def test_what_an_identity_number_needs_in_digits_it_has(form: Any) -> None:
    """Texts with fewer are not searched for it."""
    in_pattern = fewest_digits(parser.parse(form.pattern.pattern, form.pattern.flags))
    assert max(in_pattern, 5 if form.holds is _has_digits else 0) >= form.digits


@given(st.text(alphabet=st.sampled_from("01479 +-()./,@aAZxstreeSt\n"), max_size=80))
def test_spans_are_in_order_inside_the_text_and_apart(text: str) -> None:
    position = 0
    for span in find_personal_data(text):
        assert position <= span.start < span.end <= len(text)
        position = span.end


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "A ",
        "A-",
        "1 Abc ",
        "a.",
        "x@a.",
        "1-",
        "(1)",
        "+1 ",
        "DE12 ",
        "a at ",
        "Rua A ",
        "1 rue A ",
        "Abc-Abc Straße ",
    ],
)
def test_no_text_makes_the_search_explode(piece: str) -> None:
    """Each of these took minutes where repetitions were not bounded; a failure here is a test that never ends."""
    find_personal_data(piece * (10_000 // len(piece)) + "1 dot @")

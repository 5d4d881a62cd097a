"""The split is a function of source and user, has the documented shares, and never changes."""

import pytest

from labeling.collection.cleaning.splits import SHARES, split_for, text_key

FROZEN_BY_USER = [
    "train",
    "valid",
    "valid",
    "train",
    "train",
    "train",
    "train",
    "train",
    "train",
    "train",
    "train",
    "train",
]
FROZEN_BY_TEXT = [
    "test",
    "valid",
    "valid",
    "test",
    "train",
    "train",
    "train",
    "train",
    "valid",
    "train",
    "test",
    "valid",
]


def test_one_user_is_on_one_side_whatever_the_text() -> None:
    assert len({split_for("api", "u1", text) for text in ("one", "two", "three", "")}) == 1


def test_without_a_user_each_text_is_its_own_user_wherever_it_came_from() -> None:
    assert split_for("a", "", "A fox?") == split_for("b", "", " a  fox")
    assert len({split_for("a", "", f"prompt {number}") for number in range(100)}) == 3


def test_a_user_of_another_source_is_another_user() -> None:
    assert len({split_for(f"source {number}", "u1") for number in range(100)}) == 3


def test_neither_user_nor_text_is_refused() -> None:
    with pytest.raises(ValueError, match="pass the text"):
        split_for("api", "")


@pytest.mark.parametrize("with_user", [True, False])
def test_shares_are_as_documented(with_user: bool) -> None:
    number = 20_000
    splits = [
        split_for("api", f"user {index}") if with_user else split_for("api", "", f"text {index}")
        for index in range(number)
    ]
    for split, share in SHARES.items():
        # Four standard deviations of a binomial share of 20,000: 1.2 points at most.
        assert abs(100 * splits.count(split) / number - share) < 1.2


def test_the_split_of_what_is_in_databases_already_does_not_move() -> None:
    """Computed when the rule was made: a change moves the prompts of every project across splits."""
    assert [split_for("api", f"user {index}") for index in range(12)] == FROZEN_BY_USER
    assert [split_for("", "", f"text {index}") for index in range(12)] == FROZEN_BY_TEXT


def test_the_text_key_is_that_of_the_normal_form() -> None:
    assert text_key("A fox?") == text_key(" a FOX ")
    assert text_key("A fox?") != text_key("A box?")

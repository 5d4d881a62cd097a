"""The screening's scores against values worked out by hand."""

import pytest

from labeling.collection.ranks import pair_outcomes, pairs_agreeing
from labeling.review.screening_scores import Mean, Share, demonstration_score, flagging_score, ranking_score

SENSITIVE = ["violent", "sexual"]


def test_pairs_and_ties():
    assert pair_outcomes({"a": 1, "b": 1, "c": 2}) == {("a", "b"): 0, ("a", "c"): -1, ("b", "c"): -1}
    key = {"a": 1, "b": 2, "c": 3, "d": 3}
    assert pairs_agreeing(key, key) == (6, 6)
    # c over d where the key ties; d under all as in the key: only c-d differs.
    assert pairs_agreeing({"a": 1, "b": 2, "c": 3, "d": 4}, key) == (5, 6)
    # All tied: only the key's own tie agrees.
    assert pairs_agreeing(dict.fromkeys(key, 1), key) == (1, 6)
    # Turned round: the tie stays one.
    assert pairs_agreeing({"a": 3, "b": 2, "c": 1, "d": 1}, key) == (1, 6)
    # Ranks mean their order, not their numbers.
    assert pairs_agreeing({"a": 2, "b": 5, "c": 9, "d": 9}, key) == (6, 6)


def test_ranking_pools_the_pairs_of_all_items():
    two = ({"a": 1, "b": 2}, {"a": 2, "b": 1})  # 0 of 1
    four = ({"a": 1, "b": 2, "c": 3, "d": 4}, {"a": 1, "b": 2, "c": 3, "d": 3})  # 5 of 6
    assert ranking_score([two, four]) == Share(5, 7)
    assert ranking_score([two, four]).value == pytest.approx(5 / 7)
    assert ranking_score([]).value is None


def test_flagging_asks_whether_a_unit_is_sensitive_not_by_which_flag():
    units = [
        ({"violent": True}, {"sexual": True}),  # both sensitive
        ({"violent": True}, {}),
        ({}, {"sexual": True}),
        ({"rude": True}, {}),  # no sensitive flag: both not
        ({"violent": False}, {}),
    ]
    assert flagging_score(units, SENSITIVE) == Share(3, 5)
    assert flagging_score(units, SENSITIVE).value == pytest.approx(0.6)


def test_demonstrations_weigh_the_same_however_many_rated_them():
    assert demonstration_score([[7, 7, 7, 7], [5]]) == Mean(6.0, 2, 2)
    assert demonstration_score([[7, 4], [], [6]]) == Mean(5.75, 2, 3)
    assert demonstration_score([[]]) == Mean(None, 0, 1)

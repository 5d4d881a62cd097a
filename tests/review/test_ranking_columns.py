"""Rankings as columns: the numbers of the outputs, which grow with the whole site, change nothing."""

from datetime import date
from uuid import UUID

import numpy as np
import pytest

from labeling.review.rankings import RankedJudgment, judgments_of

PROMPTS = 9000


def rankings(first_output: int) -> list[RankedJudgment]:
    return [
        RankedJudgment(
            prompt=UUID(int=prompt), labeler=UUID(int=labeler), pool="training", batch=1, batch_name="b",
            guideline=None, week=date(2026, 1, 5), use_case="", language="", rubric=None,
            outputs=[first_output + 3 * prompt + place for place in range(3)], ranks=[1, 2, 2],
            overalls=[None] * 3, flags=[{}] * 3,
        )
        for prompt in range(PROMPTS)
        for labeler in (1, 2)
    ]  # fmt: skip


@pytest.mark.parametrize("first_output", [1 << 26, 1 << 40, (1 << 62) + 1])
def test_units_do_not_depend_on_how_many_outputs_the_site_has(first_output: int):
    small, _ = judgments_of(rankings(0))
    large, _ = judgments_of(rankings(first_output))
    assert len(set(small.units.tolist())) == 3 * PROMPTS
    for name in ("clusters", "units", "labelers", "values"):
        assert np.array_equal(getattr(small, name), getattr(large, name)), name

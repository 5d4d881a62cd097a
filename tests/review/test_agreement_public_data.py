"""Real judgments, to the reference values that two independent programs agree on (shared data, README)."""

import pytest

from labeling.review.statistics.agreement import agreement
from labeling.review.statistics.judgments import Judgments
from tests.review import public_data

pytestmark = pytest.mark.skipif(
    not public_data.FOLDER.is_dir(), reason="the shared data is not beside this checkout (../shared/data)"
)


@pytest.mark.parametrize("name", public_data.SETS)
def test_values_are_the_reference(name):
    rows, reference = public_data.SETS[name]
    answer = agreement(Judgments.from_rows(rows()))
    assert tuple(round(statistic["value"], 4) for statistic in answer.values())[:5] == reference
    for statistic in answer.values():
        assert statistic["low"] < statistic["value"] < statistic["high"]

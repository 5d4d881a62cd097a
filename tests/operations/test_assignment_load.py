"""Work is handed out right over HTTP while clients give up and the site is killed: tests/benchmarks at a small size.

CONCORD_LOAD_TASKS, _CLIENTS and _SECONDS make it larger.
"""

import os

import pytest

from tests.benchmarks.assignment_load import run_load


@pytest.mark.slow
def test_no_invariant_breaks_while_the_site_is_killed():
    table = run_load(
        tasks=int(os.environ.get("CONCORD_LOAD_TASKS", "80")),
        overlap=3,
        clients=int(os.environ.get("CONCORD_LOAD_CLIENTS", "8")),
        seconds=float(os.environ.get("CONCORD_LOAD_SECONDS", "60")),
        fsync=False,
    )
    assert table["faults"] == []
    assert table["submitted"] > 0

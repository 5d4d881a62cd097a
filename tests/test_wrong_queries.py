"""Whatever a query says, the answer is the API's: every parameter that the schema has, with values that cannot be."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cast import World
from tests.working import publish_demonstrations

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parents[1] / "frontend" / "schema.json").read_text())
WRONG = ["9" * 23, "-1", "abc", "\0", "2026-02-31", "0001-01-01", "9999-12-31", "1e400", "NaN", "[]", "x" * 3000]
ASKED = [
    (path, parameter["name"])
    for path, methods in SCHEMA["paths"].items()
    for parameter in methods.get("get", {}).get("parameters", [])
    if parameter["in"] == "query" and path.count("{") == path.count("{project_id}")
]


@pytest.mark.parametrize("path, name", ASKED)
def test_no_query_breaks_an_answer(world: World, path: str, name: str):
    address = path.format(project_id=world.project.pk)
    for client in (world.eva, world.client("gil")):
        for value in WRONG:
            answer = client.get(address, {name: value})
            assert answer.status_code < 500
            if answer.status_code == 400:
                assert answer.json()["detail"]


def test_a_day_that_no_zone_has_is_refused_where_it_stands(world: World):
    publish_demonstrations(world, prompts=1)
    for field, day in (("since", "0001-01-01"), ("until", "9999-12-31")):
        body = {"project": str(world.project.pk), "kind": "demonstrations", "recipe": {field: day}}
        for address in ("/api/v1/snapshots/preview", "/api/v1/snapshots"):
            answer = world.eva.post(address, body, format="json")
            assert answer.status_code == 400
            assert "from 1900-01-01 to 2999-12-31" in str(answer.json()["errors"]["recipe"][field])

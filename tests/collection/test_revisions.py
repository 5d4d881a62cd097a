"""Reading one's own answers again: every revision, and what was taken back."""

from tests.cast import World
from tests.working import answer_of, publish_comparisons, publish_demonstrations

API = "/api/v1"


def _submit(world: World, task: dict, text: str, number: int) -> None:
    body = answer_of(task, text) | {"submission_id": f"{number:08d}-1111-4111-8111-111111111111"}
    answer = world.ada.post(f"{API}/assignments/{task['id']}/submit", body, format="json")
    assert answer.status_code == 200, answer.json()


def _next(world: World) -> dict:
    return world.ada.post(f"{API}/projects/{world.project.pk}/tasks/next", {}, format="json").json()


def test_an_author_sees_each_revision_and_what_was_taken_back(world: World) -> None:
    publish_demonstrations(world, prompts=1)
    task = _next(world)
    _submit(world, task, "First.", 1)
    world.ada.post(f"{API}/assignments/{task['id']}/undo", {}, format="json")
    _submit(world, task, "Second.", 2)
    _submit(world, task, "Third.", 3)

    listed = world.ada.get(f"{API}/assignments/{task['id']}/revisions").json()
    assert listed["next"] is None
    told = [(row["action"], row["current"], (row["submitted"] or {}).get("response")) for row in listed["results"]]
    assert told == [
        ("correct", True, "Third."),
        ("submit", False, "Second."),
        ("undo", False, None),
        ("submit", False, "First."),
    ]
    page = world.ada.get(f"{API}/assignments/{task['id']}").json()
    assert (page["may_correct"], page["submitted"]["response"], page["draft"]["response"]) == (True, "Third.", "Third.")


def test_a_comparison_is_told_in_the_ids_that_were_shown(world: World) -> None:
    publish_comparisons(world, prompts=1)
    task = _next(world)
    _submit(world, task, "", 1)
    [row] = world.ada.get(f"{API}/assignments/{task['id']}/revisions").json()["results"]
    shown = {candidate["id"] for candidate in task["candidates"]}
    assert {rating["candidate"] for rating in row["submitted"]["ratings"]} == shown
    assert {candidate for tier in row["submitted"]["ranking"] for candidate in tier} == shown


def test_work_in_review_says_that_it_can_no_longer_be_corrected(world: World) -> None:
    batch = publish_demonstrations(world, prompts=1)
    task = _next(world)
    _submit(world, task, "Mine.", 1)
    assert world.ada.get(f"{API}/assignments/{task['id']}").json()["may_correct"] is True
    type(batch).objects.filter(pk=batch.pk).update(status="in_review")
    assert world.ada.get(f"{API}/assignments/{task['id']}").json()["may_correct"] is False

"""What labelers see of references: after acceptance, where the project shows them, and of nobody's name."""

import re
import uuid

import pytest

from labeling.collection.models import Assignment, Batch, Task
from tests.cast import World
from tests.working import finish_batch, publish_comparisons, publish_demonstrations


@pytest.fixture
def task(world: World) -> Task:
    """A comparison that ada and ben ranked by the outputs' texts, a to d."""
    batch = publish_comparisons(world, prompts=1)
    finish_batch(world, batch, "ada", "ben")
    world.eva.get("/api/v1/batches")
    return batch.tasks.get()


def set_showing(world: World, on: bool) -> None:
    url = f"/api/v1/projects/{world.project.pk}/review/settings"
    before = world.eva.get(url).json()
    assert world.eva.put(url, before | {"show_references": on}, format="json").status_code == 200


def adjudicate(world: World, task: Task, **body: object) -> None:
    body = {"submission_id": str(uuid.uuid4()), **body}
    made = world.eva.post(f"/api/v1/tasks/{task.pk}/references", body, format="json")
    assert made.status_code == 201, made.content


def rank_b_first(world: World, task: Task) -> None:
    by_text = task.task_candidates.order_by("candidate__text")
    a, b, c, d = [str(pk) for pk in by_text.values_list("candidate", flat=True)]
    overalls = [{"candidate": b, "overall": 7}]
    adjudicate(world, task, ranking=[[b], [a], [c, d]], overalls=overalls, note="Only B is true.")


def accept(world: World, batch: Batch) -> None:
    assert world.eva.post(f"/api/v1/batches/{batch.pk}/accept", {}, format="json").status_code == 200


def reference(world: World, task: Task, name: str = "ada", of: str = "ada"):
    assignment = Assignment.objects.get(task=task, labeler=world.users[of])
    return world.client(name).get(f"/api/v1/assignments/{assignment.pk}/reference")


def test_a_labeler_sees_the_reference_beside_the_own_answer_once_it_is_accepted(world: World, task: Task):
    set_showing(world, True)
    rank_b_first(world, task)
    assert reference(world, task).status_code == 204, "not before the batch is accepted"
    accept(world, task.batch)
    shown = reference(world, task).json()
    assert (shown["kind"], shown["note"], shown["response"]) == ("comparison", "Only B is true.", None)
    assert (shown["agree"], shown["pairs"]) == (4, 6), "a and b are turned, c and d a tie"
    assignment = Assignment.objects.get(task=task, labeler=world.users["ada"])
    page = world.ada.get(f"/api/v1/assignments/{assignment.pk}").json()
    assert [output["candidate"] for output in shown["outputs"]] == [output["id"] for output in page["candidates"]]
    texts = {output["id"]: output["text"] for output in page["candidates"]}
    ranks = {texts[output["candidate"]][7]: output["reference_rank"] for output in shown["outputs"]}
    assert ranks == {"b": 1, "a": 2, "c": 3, "d": 3}
    overalls = {texts[output["candidate"]][7]: output["reference_overall"] for output in shown["outputs"]}
    assert overalls == {"b": 7, "a": None, "c": None, "d": None}


def test_it_names_nobody_and_shows_no_output_under_its_own_id(world: World, task: Task):
    set_showing(world, True)
    rank_b_first(world, task)
    accept(world, task.batch)
    said = reference(world, task).content.decode()
    assert not re.search(r"\b(eva|ada|ben|person-\d)\b", said)
    for candidate in task.task_candidates.values_list("candidate", flat=True):
        assert str(candidate) not in said


@pytest.mark.parametrize("hidden", ["by default", "turned off", "taken back", "acceptance withdrawn"])
def test_it_is_not_shown(world: World, task: Task, hidden: str):
    if hidden != "by default":
        set_showing(world, True)
    rank_b_first(world, task)
    if hidden == "taken back":
        body = {"submission_id": str(uuid.uuid4())}
        world.eva.post(f"/api/v1/references/{task.references.get().pk}/undo", body, format="json")
    accept(world, task.batch)
    if hidden == "turned off":
        assert reference(world, task).status_code == 200
        set_showing(world, False)
    if hidden == "acceptance withdrawn":
        assert reference(world, task).status_code == 200
        world.eva.post(f"/api/v1/batches/{task.batch_id}/withdraw-acceptance", {}, format="json")
    assert reference(world, task).status_code == 204


def test_it_is_for_who_answered(world: World, task: Task):
    set_showing(world, True)
    rank_b_first(world, task)
    accept(world, task.batch)
    assert reference(world, task, name="ben", of="ben").status_code == 200
    assert reference(world, task, name="ben", of="ada").status_code == 404
    assert reference(world, task, name="chi", of="ada").status_code == 404
    Assignment.objects.filter(task=task, labeler=world.users["ben"]).update(state="skipped", submitted_at=None)
    assert reference(world, task, name="ben", of="ben").status_code == 204


def test_of_a_demonstration_it_is_a_text(world: World):
    batch = publish_demonstrations(world, prompts=1)
    finish_batch(world, batch, "ada", "ben")
    world.eva.get("/api/v1/batches")
    set_showing(world, True)
    adjudicate(world, batch.tasks.get(), response="As it should be.", note="Shorter.")
    accept(world, batch)
    shown = reference(world, batch.tasks.get()).json()
    assert (shown["response"], shown["note"], shown["outputs"]) == ("As it should be.", "Shorter.", [])

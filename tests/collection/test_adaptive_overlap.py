"""Adaptive overlap: where the first disagree one more is asked, up to a limit; where they agree nobody else is."""

from itertools import permutations
from typing import Any

import pytest

from labeling.collection.consensus import consensus
from labeling.collection.models import Assignment, Batch, BatchStatus, Slot, Task
from labeling.collection.services import adaptive_overlap
from labeling.collection.services.adaptive_overlap import ask_more
from labeling.collection.services.advance_batches import advance_batches
from labeling.projects.models import Project
from tests.collection.conftest import API, Scene, answer_to, while_uncommitted
from tests.collection.queue_oracle import new_to

# --- the measure


def test_consensus_of_a_pair_is_the_share_of_the_most_frequent_outcome():
    first, second, tie = {"a": 1, "b": 2}, {"a": 2, "b": 1}, {"a": 1, "b": 1}
    assert consensus([first, second]) == 0.5
    assert consensus([first, first, second]) == pytest.approx(2 / 3)
    assert consensus([first, second, tie]) == pytest.approx(1 / 3)
    assert consensus([first] * 3 + [tie]) == 0.75


def test_consensus_is_the_mean_over_the_pairs():
    # Of the six pairs only (c, d) is said differently.
    assert consensus([{"a": 1, "b": 2, "c": 3, "d": 4}, {"a": 1, "b": 2, "c": 4, "d": 3}]) == pytest.approx(5.5 / 6)


def test_contradiction_in_everything_is_a_half_and_one_or_none_agree():
    ranking = {name: place for place, name in enumerate("abcde")}
    assert consensus([ranking, {name: -place for name, place in ranking.items()}]) == 0.5
    assert consensus([ranking]) == consensus([]) == 1


def test_consensus_depends_on_no_order_of_people_or_outputs():
    rankings = [{"a": 1, "b": 2, "c": 2}, {"a": 2, "b": 1, "c": 3}, {"a": 1, "b": 3, "c": 2}]
    values = {consensus(order) for order in permutations(rankings)}
    values |= {
        consensus([{name: ranks[name] for name in names} for ranks in rankings]) for names in permutations("abc")
    }
    assert max(values) - min(values) < 1e-12


# --- the queue

BOTH_WAYS = ([0, 1], [1, 0])


@pytest.fixture
def undoing_over(scene: Scene) -> Scene:
    Project.objects.filter(pk=scene.project.pk).update(undo_seconds=0)
    return scene


def adaptive(scene: Scene, *, tasks: int = 1, overlap: int = 2, limit: int = 4, least: float = 0.7) -> Batch:
    prompts = scene.prompts(tasks, outputs=2)
    return scene.publish("comparison", prompts=prompts, overlap=overlap, k=2, max_overlap=limit, least_consensus=least)


def ranked(assignment: dict[str, Any], order: list[int]) -> dict[str, Any]:
    """An answer that ranks the outputs by creation (which is in their texts) in this order, the best first."""
    by_text = sorted(assignment["candidates"], key=lambda candidate: candidate["text"])
    ids = [by_text[place]["id"] for place in order]
    ratings = [{"candidate": pk, "overall": 4, "flags": {}, "note": ""} for pk in ids]
    return answer_to(assignment) | {"ratings": ratings, "ranking": [[pk] for pk in ids]}


def judge(scene: Scene, name: str, order: list[int]) -> dict[str, Any]:
    assignment = scene.next(name)
    assert assignment is not None, f"nothing waits for {name}"
    answer = scene.post(name, assignment, "submit", ranked(assignment, order))
    assert answer.status_code == 200, answer.content
    return assignment


@pytest.mark.django_db(transaction=True)
class TestQueue:
    def test_those_who_agree_are_enough(self, undoing_over: Scene):
        scene = undoing_over
        batch = adaptive(scene)
        for name in ("ada", "ben"):
            judge(scene, name, [0, 1])
        assert ask_more() == 0
        assert scene.next("chi") is None
        assert advance_batches() == 1
        batch.refresh_from_db()
        assert batch.status == BatchStatus.IN_REVIEW
        assert Task.objects.get().consensus == 1

    def test_one_more_is_asked_until_the_consensus_is_reached(self, undoing_over: Scene):
        scene = undoing_over
        adaptive(scene, least=0.6)
        for name, order in zip(("ada", "ben"), BOTH_WAYS, strict=True):
            judge(scene, name, order)
        assert scene.next("chi") is None, "nothing before it is weighed"
        assert advance_batches() == 0, "the batch waits for the third"
        assert (scene.next("ada"), scene.next("ben")) == (None, None), "nobody judges twice"
        judge(scene, "chi", [0, 1])
        assert advance_batches() == 1
        task = Task.objects.get()
        assert (task.overlap, task.consensus) == (3, pytest.approx(2 / 3))
        assert task.slots.filter(state="done").count() == 3

    def test_no_more_than_the_limit_is_asked(self, undoing_over: Scene):
        scene = undoing_over
        adaptive(scene, least=0.9, limit=3)
        for name, order in zip(("ada", "ben", "chi"), (*BOTH_WAYS, [0, 1]), strict=False):
            judge(scene, name, order)
            ask_more()
        assert Slot.objects.count() == Task.objects.get().overlap == 3
        assert advance_batches() == 1, "consensus or not, the batch is done"

    def test_asked_again_it_adds_nothing(self, undoing_over: Scene):
        scene = undoing_over
        adaptive(scene)
        for name, order in zip(("ada", "ben"), BOTH_WAYS, strict=True):
            judge(scene, name, order)
        assert (ask_more(), ask_more(), ask_more()) == (1, 0, 0)
        assert Slot.objects.count() == 3

    def test_nothing_is_weighed_while_an_answer_can_be_undone(self, scene: Scene):
        adaptive(scene)
        judge(scene, "ada", [0, 1])
        last = judge(scene, "ben", [1, 0])
        assert ask_more() == 0
        assert Task.objects.get().consensus is None
        assert scene.post("ben", last, "undo").status_code == 200
        Project.objects.filter(pk=scene.project.pk).update(undo_seconds=0)
        assert ask_more() == 0, "ben is at it again"
        assert Task.objects.get().consensus is None
        assert advance_batches() == 0

    def test_a_slot_that_was_added_reaches_who_had_passed_the_task(self, undoing_over: Scene):
        scene = undoing_over
        adaptive(scene)
        for name, order in zip(("ada", "ben"), BOTH_WAYS, strict=True):
            judge(scene, name, order)
        assert scene.next("chi") is None  # chi's bookmark lies behind it now
        ask_more()
        expected = new_to(scene.world.users["chi"], scene.project)
        assert [slot.number for slot in expected] == [3]
        got = scene.next("chi")
        assert got is not None
        assert Assignment.objects.get(pk=got["id"]).task_id == expected[0].task

    def test_a_correction_that_settles_it_takes_the_question_back(self, undoing_over: Scene):
        scene = undoing_over
        adaptive(scene)
        judge(scene, "ada", [0, 1])
        mine = judge(scene, "ben", [1, 0])
        assert ask_more() == 1
        corrected = scene.post("ben", mine, "submit", ranked(mine, [0, 1]))
        assert corrected.status_code == 200, corrected.content
        assert ask_more() == 0
        assert scene.next("chi") is None
        assert Task.objects.get().overlap == 2
        assert advance_batches() == 1

    def test_a_correction_that_unsettles_it_asks_once_more_on_the_slot_that_was_closed(self, undoing_over: Scene):
        scene = undoing_over
        adaptive(scene)
        judge(scene, "ada", [0, 1])
        mine = judge(scene, "ben", [1, 0])
        for order in ([0, 1], [1, 0]):
            ask_more()
            assert scene.post("ben", mine, "submit", ranked(mine, order)).status_code == 200
        assert ask_more() == 1
        assert Slot.objects.count() == 3
        judge(scene, "chi", [0, 1])

    def test_who_holds_the_added_slot_may_finish_though_a_correction_settled_it(self, undoing_over: Scene):
        scene = undoing_over
        adaptive(scene)
        judge(scene, "ada", [0, 1])
        mine = judge(scene, "ben", [1, 0])
        ask_more()
        held = scene.next("chi")
        assert held is not None
        assert scene.post("ben", mine, "submit", ranked(mine, [0, 1])).status_code == 200
        assert ask_more() == 0
        assert scene.post("chi", held, "submit", ranked(held, [1, 0])).status_code == 200

    def test_an_expired_hold_on_a_task_weighed_since_is_weighed_again(self, undoing_over: Scene):
        scene = undoing_over
        adaptive(scene, least=0.6)
        late = scene.next("chi")
        assert late is not None
        scene.expire(late)
        for name, order in zip(("ada", "ben"), BOTH_WAYS, strict=True):
            judge(scene, name, order)
        assert ask_more() == 1
        assert scene.post("chi", late, "submit", ranked(late, [0, 1])).status_code == 200
        assert Task.objects.get().consensus is None
        assert advance_batches() == 1
        assert Task.objects.get().consensus == pytest.approx(2 / 3)

    def test_more_tasks_than_fit_one_transaction(self, undoing_over: Scene, monkeypatch: pytest.MonkeyPatch):
        scene = undoing_over
        monkeypatch.setattr(adaptive_overlap, "AT_ONCE", 2)
        adaptive(scene, tasks=5)
        for name, order in zip(("ada", "ben"), BOTH_WAYS, strict=True):
            for _ in range(5):
                judge(scene, name, order)
        assert ask_more() == 5
        assert not Task.objects.filter(consensus=None).exists()

    def test_two_workers_weigh_a_task_once(self, undoing_over: Scene):
        scene = undoing_over
        adaptive(scene)
        for name, order in zip(("ada", "ben"), BOTH_WAYS, strict=True):
            judge(scene, name, order)
        assert sorted(while_uncommitted(ask_more, ask_more)) == [0, 1]
        assert Slot.objects.count() == 3

    def test_shared_items_only_the_shared_ones_are_weighed(self, undoing_over: Scene):
        scene = undoing_over
        scene.publish(
            "comparison", prompts=scene.prompts(2, outputs=2), k=2, shared_share=0.5, shared_overlap=2,
            max_overlap=3, least_consensus=0.7,
        )  # fmt: skip
        shared = Task.objects.get(overlap=2)
        for name, order in zip(("ada", "ben"), BOTH_WAYS, strict=True):
            while assignment := scene.next(name):
                assert scene.post(name, assignment, "submit", ranked(assignment, order)).status_code == 200
        assert ask_more() == 1
        assert set(Slot.objects.filter(state="free").values_list("task", flat=True)) == {shared.pk}
        judge(scene, "chi", [0, 1])
        assert advance_batches() == 1

    def test_a_withdrawn_task_is_asked_of_nobody_more(self, undoing_over: Scene):
        scene = undoing_over
        adaptive(scene)
        for name, order in zip(("ada", "ben"), BOTH_WAYS, strict=True):
            judge(scene, name, order)
        Task.objects.update(status="withdrawn")
        assert ask_more() == 0

    def test_the_batch_says_how_many_were_widened(self, undoing_over: Scene):
        scene = undoing_over
        batch = adaptive(scene, tasks=2)
        for name, orders in (("ada", ([0, 1], [0, 1])), ("ben", ([0, 1], [1, 0]))):
            for order in orders:
                judge(scene, name, order)
        answer = scene.world.eva.get(f"{API}/batches/{batch.pk}").json()  # looking at it weighs
        assert (answer["max_overlap"], answer["least_consensus"], answer["overlap"]) == (4, 0.7, 2)
        assert answer["slots"]["free"] == answer["widened_tasks"] == 1
        items = scene.world.eva.get(f"{API}/batches/{batch.pk}/items").json()["results"]
        assert sorted(item["consensus"] for item in items) == [0.5, 1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"overlap": 2, "max_overlap": 4}, "least_consensus"),
        ({"overlap": 2, "least_consensus": 0.7}, "max_overlap"),
        ({"overlap": 3, "max_overlap": 3, "least_consensus": 0.7}, "max_overlap"),
        ({"overlap": 2, "max_overlap": 2, "least_consensus": 0.7}, "max_overlap"),
        ({"overlap": 1, "max_overlap": 4, "least_consensus": 0.7}, "overlap"),
        ({"overlap": 2, "max_overlap": 4, "least_consensus": 1.1}, "least_consensus"),
        ({"overlap": 2, "max_overlap": 4, "least_consensus": 0.7, "purpose": "gold"}, "max_overlap"),
        ({"kind": "demonstration", "overlap": 2, "max_overlap": 4, "least_consensus": 0.7}, "max_overlap"),
    ],
)
def test_what_does_not_go_together_is_refused_beside_its_field(scene: Scene, fields: dict[str, Any], wrong: str):
    prompts = [str(prompt.pk) for prompt in scene.prompts(2, outputs=4)]
    body = {"kind": "comparison", "prompts": prompts} | fields
    answer = scene.world.eva.post(f"{API}/projects/{scene.project.pk}/batches", body, format="json")
    assert answer.status_code == 400, answer.content
    assert wrong in answer.json()["errors"]
    assert not Batch.objects.exists()

"""The mix of task kinds: each labeler who works on it is given each kind by its weight, and never nothing in vain."""

from collections import Counter
from itertools import permutations
from typing import Any

import pytest

from labeling.collection.models import Assignment
from labeling.collection.services.task_mix import _after
from labeling.projects.models import Membership, Project
from tests.collection.conftest import API, Scene
from tests.collection.queue_oracle import new_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mixed(scene: Scene) -> Scene:
    mix(scene, demonstration=3, comparison=1)
    return scene


def mix(scene: Scene, **weights: int) -> None:
    Project.objects.filter(pk=scene.project.pk).update(mix=weights)


def work(scene: Scene, name: str, count: int, **wanted: Any) -> list[str]:
    """The kinds of the next so many tasks, each submitted."""
    kinds = []
    for _ in range(count):
        assignment = scene.next(name, **wanted)
        assert assignment is not None
        kinds.append(assignment["kind"])
        scene.submit(name, assignment)
    return kinds


@pytest.mark.parametrize("weights", [{"a": 3, "b": 1}, {"a": 5, "b": 3, "c": 2}, {"a": 1, "b": 1, "c": 97}])
def test_of_each_two_kinds_the_weights_hold_to_within_a_task(weights: dict[str, int]):
    passes = dict.fromkeys(weights, 0.0)
    given: Counter[str] = Counter()
    for _ in range(500):
        kind = min(passes, key=lambda kind: passes[kind])
        passes = _after(passes, kind, weights[kind])
        given[kind] += 1
        for one, other in permutations(weights, 2):
            assert given[one] - given[other] * weights[one] / weights[other] <= max(1, weights[one] / weights[other])
    assert max(passes.values()) <= 1 / min(weights.values()), "the numbers stay small"


def test_a_kind_that_had_nothing_does_not_save_up():
    passes = {"a": 0.0, "b": 0.0}
    for _ in range(50):  # b is dry
        passes = _after(passes, "a", 1)
    order = []
    for _ in range(6):
        kind = min(passes, key=lambda kind: passes[kind])
        passes = _after(passes, kind, 1)
        order.append(kind)
    assert order.count("b") == 3, "its share again, not fifty in a row"


def test_a_labeler_on_the_mix_is_given_the_kinds_by_weight(mixed: Scene):
    mixed.publish(tasks=20)
    mixed.publish("comparison", tasks=20)
    kinds = work(mixed, "ada", 12)
    assert Counter(kinds) == {"demonstration": 9, "comparison": 3}
    assert Counter(kinds[:4]) == {"demonstration": 3, "comparison": 1}


def test_each_labeler_has_a_mix_of_their_own(mixed: Scene):
    mixed.publish(tasks=8, overlap=2)
    mixed.publish("comparison", tasks=8, overlap=2)
    assert Counter(work(mixed, "ada", 4)) == Counter(work(mixed, "ben", 4)) == {"demonstration": 3, "comparison": 1}


def test_what_is_loaded_ahead_is_of_the_mix(mixed: Scene):
    mixed.publish(tasks=8)
    mixed.publish("comparison", tasks=8)
    kinds = []
    for _ in range(8):
        current = mixed.next("ada")
        ahead = mixed.next("ada", ahead=True)
        assert current is not None
        assert ahead is not None
        assert ahead["id"] != current["id"]
        kinds.append(current["kind"])
        mixed.submit("ada", current)
    assert Counter(kinds) == {"demonstration": 6, "comparison": 2}


def test_a_dry_kind_gives_its_turn_to_the_others_and_nothing_waits_in_vain(mixed: Scene):
    mixed.publish(tasks=1)
    mixed.publish("comparison", tasks=4)
    assert work(mixed, "ada", 5).count("comparison") == 4
    assert new_to(mixed.world.users["ada"], mixed.project) == []
    assert mixed.next("ada") is None


def test_kinds_outside_the_mix_come_last_but_come(scene: Scene):
    mix(scene, comparison=1)
    scene.publish(tasks=2)
    scene.publish("comparison", tasks=2)
    assert work(scene, "ada", 4) == ["comparison", "comparison", "demonstration", "demonstration"]


def test_a_kind_that_is_asked_for_is_given_and_does_not_count(mixed: Scene):
    mixed.publish(tasks=8)
    mixed.publish("comparison", tasks=8)
    assert work(mixed, "ada", 3, kind="comparison") == ["comparison"] * 3
    assert Membership.objects.get(project=mixed.project, user=mixed.world.users["ada"]).mix_passes == {}
    assert Counter(work(mixed, "ada", 4)) == {"demonstration": 3, "comparison": 1}


def test_returned_work_comes_before_the_mix(mixed: Scene):
    mixed.publish("comparison", tasks=1)
    (kind,) = work(mixed, "ada", 1)
    mixed.publish(tasks=4)
    Assignment.objects.update(state="returned", returned_at="2026-01-01T00:00:00Z")
    assert kind == mixed.next("ada")["kind"] == "comparison"


def test_without_a_mix_the_oldest_batch_comes_first(scene: Scene):
    scene.publish("comparison", tasks=2)
    scene.publish(tasks=2)
    assert work(scene, "ada", 4) == ["comparison", "comparison", "demonstration", "demonstration"]


class TestSetting:
    def change(self, scene: Scene, mix: Any, name: str = "eva") -> Any:
        path = f"{API}/projects/{scene.project.pk}"
        return scene.world.client(name).patch(path, {"mix": mix}, format="json")

    def test_a_researcher_sets_it_and_home_says_that_there_is_one(self, scene: Scene):
        assert scene.world.ada.get(f"{API}/home").json()["projects"][0]["mix"] is False
        answer = self.change(scene, {"demonstration": 2, "comparison": 1, "prompt": 0})
        assert (answer.status_code, answer.json()["mix"]) == (200, {"demonstration": 2, "comparison": 1})
        assert scene.world.ada.get(f"{API}/home").json()["projects"][0]["mix"] is True

    def test_another_change_leaves_it(self, mixed: Scene):
        path = f"{API}/projects/{mixed.project.pk}"
        answer = mixed.world.eva.patch(path, {"k": 5}, format="json")
        assert answer.json()["mix"] == {"demonstration": 3, "comparison": 1}

    def test_nothing_takes_it_away(self, mixed: Scene):
        assert self.change(mixed, {"demonstration": 0}).json()["mix"] == {}

    @pytest.mark.parametrize(
        "mix", [{"poetry": 1}, {"comparison": -1}, {"comparison": 101}, {"comparison": "much"}, [1, 2], None, "x"]
    )
    def test_what_is_no_mix_is_refused_beside_its_field(self, scene: Scene, mix: Any):
        answer = self.change(scene, mix)
        assert answer.status_code == 400, answer.content
        assert any(name.startswith("mix") for name in answer.json()["errors"])

    def test_labelers_do_not_set_it(self, scene: Scene):
        assert self.change(scene, {"comparison": 1}, "ada").status_code == 403

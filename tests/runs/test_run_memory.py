"""What a run will take of memory, over HTTP: from the models' files, before anything starts."""

import pytest
from run_parts import SMALL, comparisons, demonstrations, freeze_prompts

from labeling.runs.models import Run
from training.config import parse_config
from training.memory import PROGRAM, foresee
from training.shapes import read_shape

ESTIMATE = "/api/v1/runs/estimate"


def estimate(world, kind: str, inputs: dict, **settings) -> dict:
    answer = world.gil.post(ESTIMATE, {"kind": kind, "inputs": inputs, "settings": settings}, format="json")
    assert answer.status_code == 200, answer.json()
    return answer.json()


@pytest.fixture
def sft(world, policy) -> dict:
    return {"data": str(demonstrations(world.project).pk), "policy": str(policy.pk)}


def test_it_counts_program_weights_and_what_learning_takes(world, sft, policy_folder):
    answer = estimate(world, "sft", sft)
    needed = foresee("sft", parse_config("sft", "tiny", {}), {"policy": read_shape(policy_folder)})
    certain = sum(needed.certain.values())
    assert certain == 16 * read_shape(policy_folder).parameters
    assert PROGRAM + certain < answer["memory"] < PROGRAM + certain + 100_000_000
    note = next(note for note in answer["notes"] if note.startswith("Of the memory"))
    assert "the program takes 400.0 MB" in note
    assert "Adam's averages" in note


def test_it_rises_with_what_is_answered_at_once(world, policy):
    inputs = {"prompts": str(freeze_prompts(world.project).pk), "policy": str(policy.pk)}
    few, many = (estimate(world, "sample", inputs, **SMALL, prompts_per_step=count)["memory"] for count in (1, 1000))
    assert many > few + 1_000_000


def test_a_reward_model_counts_twice_and_the_policy_too_where_ppo_learns(world, policy, policy_folder, reward_folder):
    inputs = {"prompts": str(freeze_prompts(world.project).pk), "policy": str(policy.pk), "reward": str(reward_folder)}
    shapes = {"policy": read_shape(policy_folder), "reward": read_shape(reward_folder)}
    answer = estimate(world, "ppo", inputs)
    held = 2 * shapes["policy"].parameters + 2 * shapes["reward"].parameters + 1
    note = next(note for note in answer["notes"] if note.startswith("Of the memory"))
    assert f"weights {4 * held / 1000:.1f} kB" in note


def test_of_a_model_that_is_not_made_yet_it_is_not_known(world, sft):
    first = Run.objects.create(name="first", kind="sft", preset="tiny", project=world.project, status="running")
    answer = estimate(world, "sft", sft | {"policy": str(first.pk)})
    assert answer["memory"] is None


def test_a_machine_that_has_less_is_told_of(world, sft, monkeypatch):
    monkeypatch.setattr("labeling.runs.estimate.available_memory", lambda: 123_000_000)
    notes = estimate(world, "sft", sft)["notes"]
    assert any("more memory than the 123.0 MB" in note for note in notes)
    monkeypatch.setattr("labeling.runs.estimate.available_memory", lambda: None)
    assert not any("more memory than" in note for note in estimate(world, "sft", sft)["notes"])


@pytest.mark.parametrize(("epochs", "warned"), [(1, False), (3, True)])
def test_more_than_one_epoch_of_a_reward_model_is_advised_against(world, policy, epochs, warned):
    inputs = {"data": str(comparisons(world.project).pk), "policy": str(policy.pk)}
    notes = estimate(world, "rm", inputs, epochs=epochs)["notes"]
    assert any("overfits after one epoch" in note for note in notes) == warned

"""Worked examples are part of a guideline's version."""

from typing import Any

import pytest

from labeling.collection.models import Assignment
from labeling.projects.models import Guideline
from tests.cast import World
from tests.working import publish_demonstrations

GOOD = {"prompt": "Why is the sky blue?", "answer": "Air scatters blue light more.", "good": True, "reason": "Short."}
BAD = {"prompt": "Why is the sky blue?", "answer": "Sure! Great question!", "good": False, "reason": "Says nothing."}


def publish(world: World, **body: Any):
    address = f"/api/v1/projects/{world.project.pk}/guidelines"
    return world.eva.post(address, {"kind": "demonstration", "text": "Be kind."} | body, format="json")


def test_examples_stand_with_their_version_and_beside_the_task(world: World):
    first = publish(world, examples=[GOOD, BAD])
    assert first.status_code == 201
    assert first.json()["examples"] == [GOOD, BAD]
    publish_demonstrations(world, prompts=2)
    task = world.ada.post(f"/api/v1/projects/{world.project.pk}/tasks/next", {}, format="json").json()
    assert task["guideline"]["examples"] == [GOOD, BAD]

    # The next version has its own; the task keeps the version that it was given with.
    assert publish(world, examples=[GOOD]).json()["version"] == 2
    again = world.ada.get(f"/api/v1/assignments/{task['id']}").json()
    assert again["guideline"]["examples"] == [GOOD, BAD]
    listed = world.ada.get(f"/api/v1/projects/{world.project.pk}/guidelines?kind=demonstration").json()["results"]
    assert [(version["version"], version["examples"]) for version in listed] == [(2, [GOOD]), (1, [GOOD, BAD])]
    assert publish(world, text="Be brief.").json()["examples"] == []


@pytest.mark.parametrize("lacking", ["prompt", "answer", "good", "reason"])
def test_an_example_needs_all_its_parts(world: World, lacking: str):
    example = {name: value for name, value in GOOD.items() if name != lacking}
    refused = publish(world, examples=[example])
    assert refused.status_code == 400
    assert list(refused.json()["errors"]["examples"]["0"]) == [lacking]
    assert publish(world, examples=[GOOD] * 31).status_code == 400
    assert not Guideline.objects.exists()


def test_a_version_that_takes_up_an_answer_keeps_the_examples(world: World):
    publish(world, examples=[GOOD])
    publish_demonstrations(world, prompts=1)
    task = world.ada.post(f"/api/v1/projects/{world.project.pk}/tasks/next", {}, format="json").json()
    message = {"submission_id": "22222222-2222-4222-8222-222222222222", "text": "May it rhyme?"}
    question = world.ada.post(f"/api/v1/assignments/{task['id']}/questions", message, format="json").json()
    taken = world.eva.post(
        f"/api/v1/questions/{question['id']}/promote", {"version": 1, "text": "Rhyme."}, format="json"
    )
    assert (taken.json()["version"], taken.json()["examples"]) == (2, [GOOD])
    assert Assignment.objects.get(pk=task["id"]).guideline.version == 1

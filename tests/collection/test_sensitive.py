"""Sensitive categories: marked by researchers, warned of, and never given to those who opted out of them."""

import re
from typing import Any

import pytest

from labeling.accounts.models import Event
from labeling.collection.cleaning.fields import SENSITIVE, checked_sensitive
from labeling.collection.cleaning.uploads import RefusedError
from labeling.collection.models import Assignment, Prompt, Slot, Task
from labeling.projects.models import Membership
from labeling.projects.sensitive import SensitiveCategory
from tests.collection.conftest import API, Scene
from tests.collection.sets import set_keys

HARM = "self_harm"


def opt_out(scene: Scene, name: str, *categories: str) -> None:
    path = f"{API}/projects/{scene.project.pk}/opt-out"
    answer = scene.world.client(name).put(path, {"categories": categories}, format="json")
    assert answer.status_code == 200, answer.content
    assert answer.json() == {"categories": list(categories)}
    assert scene.world.client(name).get(path).json() == {"categories": list(categories)}


def mark(scene: Scene, prompt: Prompt, *categories: str) -> None:
    answer = scene.world.eva.patch(f"{API}/prompts/{prompt.pk}", {"sensitive": categories}, format="json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["sensitive"] == list(categories)


def test_the_fields_of_files_know_the_same_categories():
    assert list(SENSITIVE) == SensitiveCategory.values


@pytest.mark.parametrize(
    ("given", "categories"),
    [
        (None, []),
        ("", []),
        ("violent_content, self_harm", ["violent_content", "self_harm"]),
        ("self_harm violent_content", ["violent_content", "self_harm"]),
        ('["self_harm"]', ["self_harm"]),
        (["Self_Harm", "self_harm"], ["self_harm"]),
    ],
)
def test_a_row_says_its_categories(given: object, categories: list[str]):
    assert checked_sensitive(given) == categories


@pytest.mark.parametrize("given", ["spiders", ["self_harm", "spiders"], [1], {"self_harm": True}])
def test_a_category_that_does_not_exist_is_refused(given: object):
    with pytest.raises(RefusedError):
        checked_sensitive(given)


@pytest.mark.django_db(transaction=True)
def test_a_task_says_what_to_warn_of_and_home_does_not_show_its_text(scene: Scene):
    prompts = scene.prompts(1)
    scene.publish(prompts=prompts, sensitive=["violent_content", HARM])
    given = scene.next("ada")
    assert given["prompt"]["sensitive"] == ["violent_content", HARM]
    home = scene.world.ada.get(f"{API}/home").json()
    assert home["projects"][0]["in_progress"]["title"] == ""
    scene.submit("ada", given)
    assert scene.world.ada.get(f"{API}/assignments").json()["results"][0]["title"].startswith("Tell tale")


@pytest.mark.django_db(transaction=True)
def test_who_opted_out_is_given_the_others_only_and_opting_in_brings_them_back(scene: Scene):
    hard, easy = scene.prompts(2)
    mark(scene, hard, HARM)
    scene.publish(prompts=[hard, easy], overlap=2)
    opt_out(scene, "ada", HARM)
    given = scene.next("ada")
    assert Assignment.objects.get(pk=given["id"]).task.prompt_id == easy.pk
    scene.submit("ada", given)
    assert scene.next("ada") is None
    assert scene.world.ada.get(f"{API}/home").json()["projects"][0]["waiting"]["demonstration"] == 0
    assert Assignment.objects.get(pk=scene.next("ben")["id"]).task.prompt_id == hard.pk, "others are given it"
    opt_out(scene, "ada")
    assert Assignment.objects.get(pk=scene.next("ada")["id"]).task.prompt_id == hard.pk


@pytest.mark.django_db(transaction=True)
def test_a_prompt_that_is_no_longer_marked_is_news_to_those_who_passed_it(scene: Scene):
    (prompt,) = scene.prompts(1)
    scene.publish(prompts=[prompt], overlap=1, sensitive=[HARM])
    opt_out(scene, "ada", HARM)
    assert scene.next("ada") is None
    mark(scene, prompt)
    assert scene.next("ada")


@pytest.mark.django_db(transaction=True)
def test_what_is_in_hand_goes_to_others_and_does_not_come_back(scene: Scene):
    prompts = scene.prompts(2)
    scene.publish(prompts=prompts, overlap=1, sensitive=[HARM])
    current, ahead = scene.next("ada"), scene.next("ada", ahead=True)
    opt_out(scene, "ada", HARM)
    assert set(Assignment.objects.values_list("state", flat=True)) == {"released"}
    assert scene.next("ada") is None, "not even as their own released work"
    taken = {scene.next("ben")["id"], scene.next("ben", ahead=True)["id"]}
    assert len(taken) == 2
    opt_out(scene, "ada")
    assert scene.next("ada") is None, "both are ben's now"
    assert {current["id"], ahead["id"]}.isdisjoint(taken)


@pytest.mark.django_db(transaction=True)
def test_marking_takes_back_what_is_held_ahead_and_leaves_what_is_open(scene: Scene):
    prompts = scene.prompts(2)
    scene.publish(prompts=prompts, overlap=1)
    opt_out(scene, "ada", HARM)
    current, ahead = scene.next("ada"), scene.next("ada", ahead=True)
    for prompt in prompts:
        mark(scene, prompt, HARM)
    assert Assignment.objects.get(pk=current["id"]).state == "current"
    assert Assignment.objects.get(pk=ahead["id"]).state == "released"
    assert set(Slot.objects.values_list("state", flat=True)) == {"held", "free"}
    scene.submit("ada", current)
    assert scene.next("ada") is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("purpose", "every"), [("gold", "gold_every"), ("constant", "constant_every")])
def test_checks_respect_the_opt_out(scene: Scene, purpose: str, every: str):
    set_keys(scene, scene.publish("comparison", purpose=purpose))
    for prompt in Prompt.objects.all():
        mark(scene, prompt, HARM)
    setattr(scene.project, every, 1)
    scene.project.save()
    scene.publish("comparison", tasks=2, overlap=2)
    opt_out(scene, "ada", HARM)
    assert Assignment.objects.get(pk=scene.next("ada")["id"]).task.purpose == "work"
    assert Assignment.objects.get(pk=scene.next("ben")["id"]).task.purpose == purpose


@pytest.mark.django_db(transaction=True)
def test_calibration_without_what_one_opted_out_of_opens_the_gate(scene: Scene):
    set_keys(scene, scene.publish("comparison", purpose="calibration"))
    for prompt in Prompt.objects.all():
        mark(scene, prompt, HARM)
    scene.project.require_calibration = True
    scene.project.save()
    scene.publish("comparison", tasks=1, overlap=2)
    opt_out(scene, "ada", HARM)
    assert scene.next("ada")["stage"] == "work"
    assert scene.next("ben")["stage"] == "calibration"


@pytest.mark.django_db(transaction=True)
def test_a_sensitive_task_is_given_to_nobody_by_name_and_the_answer_tells_no_opt_out(scene: Scene):
    batch = scene.publish(tasks=1, overlap=1, sensitive=[HARM])
    held = scene.next("ada")
    path = f"{API}/assignments/{held['id']}/reassign"
    holds = f"{API}/tasks/{Task.objects.get(batch=batch).pk}/holds"
    ben = {"to": str(Membership.objects.get(user=scene.world.users["ben"]).pk)}

    def told() -> list[Any]:
        refused = scene.world.eva.post(path, ben, format="json")
        assert refused.status_code == 400
        return [refused.json()["errors"], scene.world.eva.get(holds).json()]

    before = told()
    opt_out(scene, "ben", HARM)
    assert told() == before, "the same, whatever was opted out of"
    assert (before[1]["sensitive"], before[1]["takers"]) == (True, [])
    assert scene.world.eva.post(path, {"to": None}, format="json").json()["holds"] == []
    assert scene.next("ben") is None
    assert scene.next("chi")


@pytest.mark.django_db(transaction=True)
def test_only_oneself_learns_what_one_opted_out_of(scene: Scene):
    opt_out(scene, "ada", HARM)
    opt_out(scene, "ada", HARM)
    (event,) = Event.objects.filter(verb="opt_out.changed")
    assert HARM not in str(event.data)
    members = scene.world.eva.get(f"{API}/projects/{scene.project.pk}/members").content.decode()
    assert not re.search(rf"\b{HARM}\b", members)
    assert Membership.objects.get(user=scene.world.users["ada"]).opted_out == [HARM]


@pytest.mark.django_db(transaction=True)
def test_a_category_that_does_not_exist_changes_nothing(scene: Scene):
    path = f"{API}/projects/{scene.project.pk}/opt-out"
    assert scene.world.ada.put(path, {"categories": ["spiders"]}, format="json").status_code == 400
    assert scene.world.ada.put(path, {}, format="json").status_code == 400
    assert Membership.objects.get(user=scene.world.users["ada"]).opted_out == []

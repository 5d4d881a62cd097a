"""Keys: a researcher's judgment with reasons; and what calibration shows of them."""

import uuid

import pytest
from django.db import DatabaseError, transaction

from labeling.accounts.models import Event
from labeling.collection.models import Assignment, AssignmentState, Task, TaskKey
from tests.collection.conftest import API, Scene
from tests.collection.sets import answer_by_text, change_checks, set_key, set_keys, take


def only_task(batch) -> Task:
    return batch.tasks.get()


def test_a_researcher_answers_with_the_labelers_form_and_marks_the_answer(scene: Scene):
    task = only_task(scene.publish("comparison", purpose="gold"))
    assignment = take(scene, task)
    assert assignment["state"] == "current"
    assert take(scene, task)["id"] == assignment["id"], "asked again, the same"
    sent = scene.post("eva", assignment, "submit", answer_by_text(assignment)).json()
    listed = scene.world.eva.get(f"{API}/projects/{scene.project.pk}/keys?purpose=gold").json()["results"]
    assert [(row["task"], row["key"]) for row in listed] == [(str(task.pk), None)]
    assert [answer["judgment"] for answer in listed[0]["answers"]] == [sent["judgment"]]
    assert set_key(scene, task, sent["judgment"], "The first is true.").status_code == 201
    assert set_key(scene, task, sent["judgment"], "The first is true.").status_code == 201, "again: the same"
    key = TaskKey.objects.get()
    assert (key.version, key.reasons, key.created_by.username) == (1, "The first is true.", "eva")
    assert Event.objects.filter(verb="key.set").count() == 1


def test_what_was_in_hand_is_held_ahead(scene: Scene):
    scene.publish("demonstration", tasks=2)
    work = scene.next("eva")
    task = only_task(scene.publish("comparison", purpose="calibration"))
    take(scene, task)
    assert Assignment.objects.get(pk=work["id"]).state == AssignmentState.AHEAD


def test_an_existing_judgment_of_the_same_outputs_may_be_the_key(scene: Scene):
    prompts = scene.prompts(1, outputs=4)
    scene.publish("comparison", prompts=prompts)
    work = scene.next("eva")
    judged = scene.submit("eva", work)
    task = only_task(scene.publish("comparison", prompts=prompts, purpose="gold"))
    assert set_key(scene, task, judged["judgment"]).status_code == 201


def test_what_may_be_no_key(scene: Scene):
    task = only_task(scene.publish("comparison", purpose="gold"))
    assignment = take(scene, task)
    judgment = scene.submit("eva", assignment)["judgment"]
    scene.publish("comparison")
    labelers = scene.submit("ada", scene.next("ada"))["judgment"]
    for wrong in (labelers, str(uuid.uuid4())):
        refused = set_key(scene, task, wrong)
        assert refused.status_code == 400
        assert "judgment" in refused.json()["errors"]
    assert set_key(scene, task, judgment, "  ").json()["errors"] == {"reasons": ["Empty."]}
    work = Task.objects.get(purpose="work")
    assert set_key(scene, work, labelers).json()["code"] == "not_a_check"
    taken = scene.world.eva.post(f"{API}/tasks/{work.pk}/answer", {}, format="json")
    assert taken.json()["code"] == "not_a_check"
    assert not TaskKey.objects.exists()


def test_two_researchers_do_not_overwrite_each_other(scene: Scene):
    task = only_task(scene.publish("comparison", purpose="gold"))
    judgment = scene.submit("eva", take(scene, task))["judgment"]
    assert set_key(scene, task, judgment, "One.").status_code == 201
    stale = set_key(scene, task, judgment, "Two.", version=0)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_key")
    assert set_key(scene, task, judgment, "Two.", version=1).json()["version"] == 2


@pytest.mark.django_db(transaction=True)
def test_keys_are_append_only(scene: Scene):
    task = only_task(scene.publish("comparison", purpose="gold"))
    set_key(scene, task, scene.submit("eva", take(scene, task))["judgment"])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TaskKey.objects.update(reasons="Other.")


def test_new_members_calibrate_first_and_are_shown_the_key(scene: Scene):
    scene.publish("comparison", tasks=1)
    batch = scene.publish("comparison", tasks=2, purpose="calibration")
    set_keys(scene, batch, prompt_flags={"ambiguous": True})
    change_checks(scene, require_calibration=True)
    first = scene.next("ada")
    assert first["stage"] == "calibration"
    path = f"{API}/assignments/{first['id']}/feedback"
    assert scene.world.ada.get(path).status_code == 404, "no key before the answer"
    body = answer_by_text(first)
    # The first two exchanged, the last two tied: of six pairs one turned round and one tied on one side only.
    one, two, three, four = (tier[0] for tier in body["ranking"])
    body["ranking"] = [[two], [one], [three, four]]
    body["ratings"][0]["flags"] = {"hallucination": True}
    assert scene.post("ada", first, "submit", body).status_code == 200
    shown = scene.world.ada.get(path).json()
    assert (shown["agree"], shown["pairs"], shown["reasons"]) == (4, 6, "Because.")
    assert shown["prompt_flags"] == [{"flag": "ambiguous", "yours": False, "key": True}]
    by_id = {output["candidate"]: output for output in shown["outputs"]}
    assert (by_id[one]["rank"], by_id[one]["key_rank"]) == (2, 1)
    assert by_id[one]["flags"] == [{"flag": "hallucination", "yours": True, "key": False}]
    assert by_id[three]["flags"] == []
    assert scene.world.ben.get(path).status_code == 404, "another's feedback"
    second = scene.next("ada")
    assert second["stage"] == "calibration"
    assert scene.next("ada", ahead=True) is None, "no work before the set is done"
    scene.submit("ada", second)
    assert scene.next("ada")["stage"] == "work"


def test_a_calibration_answer_is_final_and_paid(scene: Scene):
    set_keys(scene, scene.publish("comparison", purpose="calibration"))
    change_checks(scene, require_calibration=True)
    mine = scene.next("ada")
    scene.submit("ada", mine)
    for deed, body in (("submit", answer_by_text(mine)), ("undo", {})):
        refused = scene.post("ada", mine, deed, body)
        assert (refused.status_code, refused.json()["code"]) == (409, "answer_final")
    (line,) = scene.world.ada.get(f"{API}/assignments").json()["results"]
    assert not line["may_correct"]
    assert line["undo_until"] is None
    assert scene.world.ada.get(f"{API}/home").json()["week"]["items"] == 1


def test_home_counts_what_calibration_asks(scene: Scene):
    scene.publish("comparison", tasks=3)
    set_keys(scene, scene.publish("comparison", tasks=2, purpose="calibration"))
    change_checks(scene, require_calibration=True)
    (project,) = scene.world.ada.get(f"{API}/home").json()["projects"]
    assert project["waiting"]["comparison"] == 2
    assert scene.world.eva.get(f"{API}/home").json()["projects"][0]["waiting"]["comparison"] == 3, "researchers work"


def test_an_item_without_a_key_calibrates_nobody(scene: Scene):
    scene.publish("comparison", purpose="calibration")
    scene.publish("comparison")
    change_checks(scene, require_calibration=True)
    assert scene.next("ada")["stage"] == "work"


def test_an_expired_calibration_task_comes_back_with_its_draft(scene: Scene):
    set_keys(scene, scene.publish("demonstration", tasks=2, purpose="calibration"))
    change_checks(scene, require_calibration=True)
    mine = scene.next("ada")
    scene.world.ada.put(
        f"{API}/assignments/{mine['id']}/draft", {"revision": 0, "draft": {"response": "Once"}}, format="json"
    )
    scene.expire(mine)
    theirs = scene.next("ben")
    assert theirs["id"] != mine["id"]
    again = scene.next("ada")
    assert (again["id"], again["draft"]) == (mine["id"], {"response": "Once"})
    scene.expire(mine)
    scene.next("chi")
    scene.submit("ada", mine)


def test_of_gold_there_is_no_feedback(scene: Scene):
    set_keys(scene, scene.publish("comparison", purpose="gold"))
    scene.publish("comparison", tasks=2)
    change_checks(scene, gold_every=1)
    gold = scene.next("ada")
    assert Assignment.objects.get(pk=gold["id"]).task.purpose == "gold"
    scene.submit("ada", gold)
    assert scene.world.ada.get(f"{API}/assignments/{gold['id']}/feedback").status_code == 404

"""GET /projects/ID/prompts, GET and PATCH /prompts/ID, GET /projects/ID/overview."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.accounts.models import Event
from labeling.collection.models import Assignment, Prompt, Slot
from tests.collection.conftest import API, Scene, ids


def queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"{API}{path}").status_code == 200
    return len(captured)


def test_the_list_and_its_filters(scene: Scene):
    first, second = scene.prompts(2, outputs=2)
    Prompt.objects.filter(pk=first.pk).update(
        use_case="chat", consent=False, messages=[{"role": "user", "content": 'She said "Où?"\nthen left'}]
    )
    scene.publish(prompts=[second])
    path = f"/projects/{scene.project.pk}/prompts"
    rows = {row["id"]: row for row in scene.world.eva.get(API + path).json()["results"]}
    assert rows[str(first.pk)]["candidates"] == 2
    assert (rows[str(first.pk)]["tasks"], rows[str(second.pk)]["tasks"]) == (0, 1)
    assert ids(scene.world.eva, f"{path}?use_case=chat") == [str(first.pk)]
    assert ids(scene.world.eva, f"{path}?consent=true") == [str(second.pk)]
    assert ids(scene.world.eva, f'{path}?q="où?"') == [str(first.pk)]
    assert ids(scene.world.eva, f"{path}?source=nowhere") == []
    assert scene.world.eva.get(f"{API}{path}?split=all").status_code == 400


def test_the_list_costs_the_same_for_any_number(scene: Scene):
    path = f"/projects/{scene.project.pk}/prompts"
    scene.prompts(1, outputs=2)
    few = queries(scene.world.eva, path)
    scene.prompts(20, outputs=3)
    assert queries(scene.world.eva, path) == few


def test_one_prompt_tells_researchers_the_models(scene: Scene):
    (prompt,) = scene.prompts(1, outputs=2)
    page = scene.world.eva.get(f"{API}/prompts/{prompt.pk}").json()
    assert [row["model"]["name"] for row in page["candidate_list"]] == ["model-0", "model-1"]


def test_changes_are_recorded(scene: Scene):
    (prompt,) = scene.prompts(1)
    answer = scene.world.eva.patch(
        f"{API}/prompts/{prompt.pk}", {"consent": False, "held_back": True, "use_case": "chat"}, format="json"
    )
    assert answer.status_code == 200
    assert (answer.json()["consent"], answer.json()["held_back"], answer.json()["use_case"]) == (False, True, "chat")
    assert Event.objects.filter(verb="prompt.changed", object_id=str(prompt.pk)).count() == 1
    scene.world.eva.patch(f"{API}/prompts/{prompt.pk}", {"consent": False}, format="json")
    assert Event.objects.filter(verb="prompt.changed").count() == 1, "no change, no event"


def test_withdrawal_ends_the_open_work(scene: Scene):
    (prompt,) = scene.prompts(1)
    scene.publish(prompts=[prompt], overlap=3)
    mine, done = scene.next("ada"), scene.next("ben")
    scene.submit("ben", done)
    answer = scene.world.eva.patch(f"{API}/prompts/{prompt.pk}", {"withdrawn": True}, format="json")
    assert answer.json()["withdrawn"] is True
    assert sorted(Slot.objects.values_list("state", flat=True)) == ["closed", "closed", "done"]
    assert Assignment.objects.get(pk=mine["id"]).state == "released"
    assert scene.next("ada") is None


@pytest.mark.parametrize(("name", "status"), [("", 401), ("ada", 403), ("hal", 403), ("finn", 404)])
def test_who_may(scene: Scene, name: str, status: int):
    (prompt,) = scene.prompts(1)
    client = scene.world.client(name)
    assert client.get(f"{API}/prompts/{prompt.pk}").status_code == status
    assert client.patch(f"{API}/prompts/{prompt.pk}", {"consent": False}, format="json").status_code == status
    assert client.get(f"{API}/projects/{scene.project.pk}/prompts").status_code == status
    assert client.get(f"{API}/projects/{scene.project.pk}/overview").status_code == status
    assert Prompt.objects.get().consent is True


def test_the_overview_counts_everything(scene: Scene):
    first, second = scene.prompts(2)
    Prompt.objects.filter(pk=first.pk).update(consent=False, use_case="chat", personal_data=["email"], split="test")
    scene.publish(prompts=[first, second], overlap=2)
    Prompt.objects.filter(pk=second.pk).update(held_back=True, use_case="chat", language="en", split="train")
    scene.submit("ada", scene.next("ada"))
    scene.next("ada")
    page = scene.world.eva.get(f"{API}/projects/{scene.project.pk}/overview").json()
    assert page["prompts"] == {
        "total": 2,
        "by_split": {"test": 1, "train": 1},
        "by_use_case": {"chat": 2},
        "by_source": {"import": 2},
        "by_language": {"": 1, "en": 1},
        "without_consent": 1,
        "held_back": 1,
        "personal_data": 1,
    }
    assert page["queue"] == {"free_slots": 2, "held_slots": 1, "done_slots": 1, "open_tasks": 2, "held_tasks": 0}
    assert page["batches"] == {"open": 1, "in_review": 0, "accepted": 0, "returned": 0, "withdrawn": 0}
    assert len(page["judgments_last_7_days"]) == 7
    assert page["judgments_last_7_days"][-1]["count"] == 1


def test_the_overview_costs_the_same_for_any_number(scene: Scene):
    path = f"/projects/{scene.project.pk}/overview"
    scene.publish(tasks=1)
    few = queries(scene.world.eva, path)
    scene.publish(tasks=20)
    assert queries(scene.world.eva, path) == few

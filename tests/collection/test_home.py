"""GET /home and GET /assignments."""

from datetime import UTC, datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.collection.models import Assignment
from labeling.projects.models import Guideline, Membership, Project
from tests.collection.conftest import API, Scene


def home(scene: Scene, name: str) -> dict:
    answer = scene.world.client(name).get(f"{API}/home")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_what_waits_and_what_is_in_hand(scene: Scene):
    guideline = Guideline.objects.create(project=scene.project, kind="demonstration", version=1, text="Be kind.")
    scene.publish(tasks=3, overlap=2)
    scene.publish("comparison", tasks=2)
    mine = scene.next("ada")
    (project,) = home(scene, "ada")["projects"]
    assert project["name"] == "Tales"
    assert project["waiting"] == {"demonstration": 2, "comparison": 2, "prompt": 0}
    assert project["in_progress"]["id"] == mine["id"]
    assert project["in_progress"]["title"].startswith("Tell tale")
    assert project["guidelines_to_acknowledge"] == ["demonstration"]
    scene.world.ada.post(f"{API}/guidelines/{guideline.pk}/acknowledge")
    assert home(scene, "ada")["projects"][0]["guidelines_to_acknowledge"] == []
    assert home(scene, "dov")["projects"][0]["waiting"] == {"demonstration": 0, "comparison": 0, "prompt": 0}


def test_the_week(scene: Scene):
    scene.publish(tasks=3)
    for _ in range(2):
        scene.submit("ada", scene.next("ada"), active_seconds=0.001)
    mine = scene.next("ada")
    scene.submit("ada", mine)
    scene.post("ada", mine, "undo")
    week = home(scene, "ada")["week"]
    assert week["items"] == 2
    assert len(week["by_day"]) == 7
    assert week["by_day"][-1]["items"] == 2
    assert week["active_seconds"] > 0


def test_a_project_that_is_paused_or_not_qualified_for_has_nothing(scene: Scene):
    scene.publish()
    Project.objects.filter(pk=scene.project.pk).update(paused=True)
    assert home(scene, "ada")["projects"][0]["waiting"]["demonstration"] == 0
    Project.objects.update(paused=False)
    Membership.objects.filter(user=scene.world.users["ada"]).update(qualified=False)
    assert home(scene, "ada")["projects"][0]["waiting"]["demonstration"] == 0


def test_home_costs_the_same_for_any_number_of_projects(scene: Scene):
    def queries() -> int:
        client = scene.world.ada
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{API}/home")
        return len(captured)

    scene.publish(tasks=2)
    scene.next("ada")
    queries()  # the first makes plans
    few = queries()
    for number in range(4):
        project = Project.objects.create(name=f"Project {number}")
        Membership.objects.create(
            project=project, user=scene.world.users["ada"], pool="training", pseudonym=f"p{number}"
        )
        Guideline.objects.create(project=project, kind="demonstration", version=1, text="x")
    assert queries() == few


def test_own_history(scene: Scene):
    scene.publish(tasks=3)
    mine = scene.next("ada")
    scene.submit("ada", mine)
    scene.next("ada")
    scene.next("ben")
    rows = scene.world.ada.get(f"{API}/assignments").json()["results"]
    assert [row["state"] for row in rows] == ["current", "submitted"]
    submitted = rows[1]
    assert submitted["may_correct"] is True
    assert submitted["undo_until"]
    assert submitted["active_seconds"] > 0
    Assignment.objects.update(submitted_at=datetime(2001, 1, 1, tzinfo=UTC))
    (row,) = scene.world.ada.get(f"{API}/assignments?state=submitted").json()["results"]
    assert row["undo_until"] is None
    assert scene.world.ada.get(f"{API}/assignments?project={scene.world.other_project.pk}").json()["results"] == []
    assert scene.world.ada.get(f"{API}/assignments?labeler=ben").json()["results"][0]["id"] == rows[0]["id"]


def test_history_costs_the_same_for_any_number(scene: Scene):
    def queries() -> int:
        client = scene.world.ada
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{API}/assignments")
        return len(captured)

    scene.publish(tasks=8)
    scene.submit("ada", scene.next("ada"))
    few = queries()
    for _ in range(5):
        scene.submit("ada", scene.next("ada"))
    assert queries() == few

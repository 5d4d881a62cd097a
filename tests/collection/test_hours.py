"""Active time and items by day and week, against values computed by hand; and the files for spreadsheets."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from labeling.collection.models import Assignment, Judgment, TimeSpent
from labeling.collection.services.leases import expire_leases
from labeling.csv_files import defused
from labeling.projects.models import Project
from tests.collection.conftest import API, Scene


class Diary:
    """Judgments at chosen times, as if they had been submitted then."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        scene.publish(tasks=8, overlap=2)

    def take(self, name: str) -> Assignment:
        """A task of this person, out of hand again so that the next can be taken."""
        taken = Assignment.objects.get(pk=self.scene.next(name)["id"])
        taken.state = "submitted"
        taken.save()
        return taken

    def write(self, assignment: Assignment, at: str, seconds: float, *, action: str = "submit", current: bool = True):
        revision = assignment.judgments.count() + 1
        assignment.judgments.filter(current=True).update(current=False)
        Judgment.objects.create(
            assignment=assignment,
            revision=revision,
            action=action,
            current=current,
            pool="training",
            active_seconds=seconds,
            created_at=datetime.fromisoformat(at).replace(tzinfo=UTC),
        )


@pytest.fixture
def diary(scene: Scene) -> Diary:
    return Diary(scene)


def zone(scene: Scene, name: str) -> None:
    Project.objects.filter(pk=scene.project.pk).update(time_zone=name)


def progress(scene: Scene, name: str, since: str, until: str) -> dict[str, Any]:
    query = f"?since={since}&until={until}"
    answer = scene.world.client(name).get(f"{API}/projects/{scene.project.pk}/progress{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def worked(days: list[dict[str, Any]]) -> dict[str, tuple[int, float]]:
    return {day["day"]: (day["items"], day["active_seconds"]) for day in days if day["items"] or day["active_seconds"]}


def table(answer: Any) -> list[list[str]]:
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


def test_days_and_weeks_are_the_projects(diary: Diary, scene: Scene):
    """In New York the clocks went forward on Sunday, March 8, 2026, the last day of week 10."""
    zone(scene, "America/New_York")
    for at, seconds in (
        ("2026-03-08T04:30", 100),  # Saturday, 23:30 EST
        ("2026-03-08T05:00", 20),  # Sunday, 00:00 EST
        ("2026-03-09T03:59", 3),  # Sunday, 23:59 EDT
        ("2026-03-09T04:00", 4000),  # Monday, 00:00 EDT
    ):
        diary.write(diary.take("ada"), at, seconds)
    shown = progress(scene, "ada", "2026-03-07", "2026-03-09")
    assert shown["time_zone"] == "America/New_York"
    assert [day["day"] for day in shown["days"]] == ["2026-03-07", "2026-03-08", "2026-03-09"]
    assert worked(shown["days"]) == {"2026-03-07": (1, 100), "2026-03-08": (2, 23), "2026-03-09": (1, 4000)}
    assert shown["weeks"] == [
        {"week": "2026-W10", "monday": "2026-03-02", "items": 3, "active_seconds": 123},
        {"week": "2026-W11", "monday": "2026-03-09", "items": 1, "active_seconds": 4000},
    ]
    assert (shown["items"], shown["active_seconds"]) == (4, 4123)
    # Both ends are included, and nothing beyond them.
    assert worked(progress(scene, "ada", "2026-03-08", "2026-03-08")["days"]) == {"2026-03-08": (2, 23)}
    assert progress(scene, "ben", "2026-03-07", "2026-03-09")["items"] == 0


def test_the_week_of_new_year_is_one_week(diary: Diary, scene: Scene):
    """2026 has 53 ISO weeks: Friday, January 1, 2027 is of the last."""
    for at in ("2026-12-31T12:00", "2027-01-01T12:00", "2027-01-04T12:00"):
        diary.write(diary.take("ada"), at, 60)
    weeks = progress(scene, "ada", "2026-12-28", "2027-01-04")["weeks"]
    assert [(week["week"], week["items"]) for week in weeks] == [("2026-W53", 2), ("2027-W01", 1)]


def test_a_correction_adds_its_own_time_on_its_own_day(diary: Diary, scene: Scene):
    corrected = diary.take("ada")
    diary.write(corrected, "2026-03-02T10:00", 300)
    diary.write(corrected, "2026-03-05T10:00", 420, action="correct")  # 120 seconds more
    again = diary.take("ada")
    diary.write(again, "2026-03-03T10:00", 50)
    diary.write(again, "2026-03-03T10:01", 0, action="undo", current=False)
    diary.write(again, "2026-03-03T10:05", 80)  # taken back and sent again: 30 more, one item
    gone = diary.take("ada")
    diary.write(gone, "2026-03-04T10:00", 40)
    diary.write(gone, "2026-03-04T10:01", 0, action="undo", current=False)  # the time was spent, the item is none
    days = worked(progress(scene, "ada", "2026-03-02", "2026-03-06")["days"])
    assert days == {
        "2026-03-02": (1, 300),
        "2026-03-03": (1, 80),
        "2026-03-04": (0, 40),
        "2026-03-05": (0, 120),
    }


def test_without_days_the_last_eight_weeks_are_shown(scene: Scene):
    zone(scene, "Pacific/Auckland")
    scene.publish()
    scene.submit("ada", scene.next("ada"))
    shown = scene.world.ada.get(f"{API}/projects/{scene.project.pk}/progress").json()
    assert len(shown["weeks"]) == 8
    assert shown["weeks"][-1]["items"] == 1
    assert shown["days"][-1]["items"] == 1
    assert datetime.fromisoformat(shown["since"]).weekday() == 0


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-03-09&until=2026-03-08",
        "since=2025-01-01&until=2026-03-08",
        "since=yesterday",
        "until=9999-12-31",
        "until=0001-01-01",
        "since=1999-12-31&until=2000-01-02",
    ],
)
def test_days_that_make_no_sense_are_refused(scene: Scene, query: str):
    for path in ("progress", "progress/csv"):
        refused = scene.world.ada.get(f"{API}/projects/{scene.project.pk}/{path}?{query}")
        assert refused.status_code == 400
        assert refused.json()["errors"]


def test_hours_of_each_member(diary: Diary, scene: Scene):
    for name, seconds in (("ada", 60), ("ben", 90), ("ada", 40)):
        diary.write(diary.take(name), "2026-03-02T10:00", seconds)
    path = f"{API}/projects/{scene.project.pk}/hours"
    shown = scene.world.eva.get(f"{path}?since=2026-03-01&until=2026-03-31").json()
    rows = [(row["username"], row["items"], row["active_seconds"]) for row in shown["labelers"]]
    assert rows == [("ada", 2, 100), ("ben", 1, 90), ("chi", 0, 0), ("dov", 0, 0), ("eva", 0, 0)]
    assert (shown["items"], shown["active_seconds"]) == (3, 190)

    with CaptureQueriesContext(connection) as few:
        scene.world.client("eva").get(f"{path}?since=2026-03-01&until=2026-03-31")
    for name in ("chi", "dov", "ben"):
        if name != "dov":
            diary.write(diary.take(name), "2026-03-03T10:00", 5)
    with CaptureQueriesContext(connection) as many:
        scene.world.client("eva").get(f"{path}?since=2026-03-01&until=2026-03-31")
    assert len(many) == len(few)


def test_files_hold_days_and_no_formula(diary: Diary, scene: Scene):
    Project.objects.filter(pk=scene.project.pk).update(name='=HYPERLINK("http://x")')
    scene.world.users["ben"].username = "@ben"
    scene.world.users["ben"].save()
    diary.write(diary.take("ada"), "2026-03-02T10:00", 5400)
    diary.write(diary.take("ben"), "2026-03-03T10:00", 36)
    query = "?since=2026-03-01&until=2026-03-31"
    own = scene.world.ada.get(f"{API}/projects/{scene.project.pk}/progress/csv{query}")
    assert own["Content-Disposition"] == 'attachment; filename="my-hours-2026-03-01-2026-03-31.csv"'
    assert table(own) == [
        ["project", "day (UTC)", "items", "active seconds", "active hours"],
        ['\'=HYPERLINK("http://x")', "2026-03-02", "1", "5400", "1.50"],
    ]
    everybody = scene.world.eva.get(f"{API}/projects/{scene.project.pk}/hours/csv{query}")
    assert table(everybody)[1:] == [
        ["'@ben", "2026-03-03", "1", "36", "0.01"],
        ["ada", "2026-03-02", "1", "5400", "1.50"],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_that_would_run_is_shown(start: str):
    assert defused(f"{start}1+1") == f"'{start}1+1"
    assert defused(f"a{start}") == f"a{start}"
    assert defused(-1) == -1


def own_seconds(scene: Scene, name: str) -> float:
    """Of all days: as the labeler's own page and file, the lead's page and the labeler's home have it, all the same."""
    path = f"{API}/projects/{scene.project.pk}"
    own = scene.world.client(name).get(f"{path}/progress").json()["active_seconds"]
    week = scene.world.client(name).get(f"{API}/home").json()["week"]["active_seconds"]
    (row,) = (row for row in scene.world.eva.get(f"{path}/hours").json()["labelers"] if row["username"] == name)
    in_file = sum(int(row[3]) for row in table(scene.world.client(name).get(f"{path}/progress/csv"))[1:])
    assert own == week == row["active_seconds"]
    assert in_file == round(own)
    return own


def begun(scene: Scene, assignment: dict[str, Any], seconds: int) -> None:
    """As if the task had been opened so long ago."""
    Assignment.objects.filter(pk=assignment["id"]).update(started_at=Now() - timedelta(seconds=seconds))


def draft(scene: Scene, name: str, task: dict[str, Any], seconds: Any, revision: int = 0) -> None:
    body = {"revision": revision, "draft": {"response": f"So {revision}.", "active_seconds": seconds}}
    answer = scene.world.client(name).put(f"{API}/assignments/{task['id']}/draft", body, format="json")
    assert answer.status_code == 200, answer.content


def test_a_task_that_is_read_and_skipped_is_paid_once(scene: Scene):
    scene.publish(tasks=2)
    task = scene.next("ada")
    begun(scene, task, 300)
    for _ in range(2):  # its answer was lost, and it is sent again
        answer = scene.post("ada", task, "skip", {"reason": "unclear", "active_seconds": 120})
        assert answer.status_code == 200
        assert own_seconds(scene, "ada") == 120
    assert scene.world.ada.get(f"{API}/home").json()["week"]["items"] == 0
    assert own_seconds(scene, "ben") == 0


def test_no_more_is_paid_than_the_servers_own_measure(scene: Scene):
    scene.publish(tasks=3)
    task = scene.next("ada")
    begun(scene, task, 60)
    scene.post("ada", task, "skip", {"reason": "unclear", "active_seconds": 5000})
    assert 60 <= own_seconds(scene, "ada") < 120
    refused = scene.post("ada", scene.next("ada"), "skip", {"reason": "unclear", "active_seconds": -1})
    assert refused.status_code == 400


@pytest.mark.parametrize("nonsense", ["120", None, True, -5, 1e300, [1]])
def test_a_draft_with_nonsense_for_time_pays_nothing(scene: Scene, nonsense: Any):
    scene.publish()
    task = scene.next("ada")
    begun(scene, task, 300)
    draft(scene, "ada", task, nonsense)
    assert scene.post("ada", task, "release").status_code == 200
    assert own_seconds(scene, "ada") == 0


def test_time_before_a_hold_ran_out_is_paid_and_what_comes_late_once(scene: Scene):
    """Read with signs of life, then gone; a draft that had no network comes late; skipped at last, sent twice."""
    scene.publish(tasks=2)
    task = scene.next("ada")
    begun(scene, task, 1000)
    for seconds in (60, 100, 90):  # the last one was held up on its way
        answer = scene.post("ada", task, "heartbeat", {"active_seconds": seconds})
        assert answer.status_code == 200, answer.content
    assert own_seconds(scene, "ada") == 0, "nothing has ended yet"
    scene.expire(task)
    expire_leases()
    assert own_seconds(scene, "ada") == 100
    draft(scene, "ada", task, 130)
    assert own_seconds(scene, "ada") == 130
    for _ in range(2):
        scene.post("ada", task, "skip", {"reason": "other", "active_seconds": 150})
    draft(scene, "ada", task, 150, revision=1)
    assert own_seconds(scene, "ada") == 150


def test_released_and_taken_up_again_its_clock_goes_on_and_nothing_counts_twice(scene: Scene):
    scene.publish()
    task = scene.next("ada")
    begun(scene, task, 1000)
    scene.post("ada", task, "release", {"active_seconds": 40})
    again = scene.next("ada")
    assert (again["id"], again["active_seconds"]) == (task["id"], 40), "the page's clock begins there"
    scene.submit("ada", again, active_seconds=100)
    assert own_seconds(scene, "ada") == 100
    scene.post("ada", again, "undo")
    scene.post("ada", again, "skip", {"reason": "unclear", "active_seconds": 110})
    assert own_seconds(scene, "ada") == 110


def test_time_on_a_task_that_a_researcher_takes_away_is_paid(scene: Scene):
    scene.publish()
    task = scene.next("ada")
    begun(scene, task, 1000)
    draft(scene, "ada", task, 70)
    path = f"{API}/assignments/{task['id']}/reassign"
    assert scene.world.eva.post(path, {"to": None}, format="json").status_code == 200
    assert own_seconds(scene, "ada") == 70
    draft(scene, "ada", task, 95, revision=1)  # written before the page knew
    assert own_seconds(scene, "ada") == 95


def test_what_is_noted_adds_to_its_own_day(diary: Diary, scene: Scene):
    task = diary.take("ada")
    for at, seconds in (("2026-03-02T10:00", 60), ("2026-03-03T10:00", 60), ("2026-03-05T10:00", 85)):
        created_at = datetime.fromisoformat(at).replace(tzinfo=UTC)
        TimeSpent.objects.create(assignment=task, active_seconds=seconds, created_at=created_at)
    diary.write(task, "2026-03-04T10:00", 80)
    days = worked(progress(scene, "ada", "2026-03-02", "2026-03-06")["days"])
    assert days == {"2026-03-02": (0, 60), "2026-03-04": (1, 20), "2026-03-05": (0, 5)}
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TimeSpent.objects.all().delete()

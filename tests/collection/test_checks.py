"""Gold and constant items among work: how often, which, and that nothing sets them apart."""

import re
import uuid
from datetime import timedelta

import pytest

from labeling.collection.models import Assignment, Batch, BatchStatus, Slot, Task
from labeling.collection.services.checks import is_due
from labeling.projects.models import Membership
from tests.collection.conftest import API, Scene, answer_to
from tests.collection.sets import change_checks, set_keys


@pytest.mark.parametrize("every", [1, 2, 7, 20])
def test_one_in_each_run_of_n(every: int):
    due = [is_due(number, every, "seed") for number in range(every * 50)]
    assert all(sum(due[run : run + every]) == 1 for run in range(0, len(due), every))
    assert due == [is_due(number, every, "seed") for number in range(every * 50)]


def test_the_place_cannot_be_counted_out():
    places = {number % 10 for number in range(500) if is_due(number, 10, "s")}
    assert len(places) > 5
    assert not any(is_due(number, 0, "s") for number in range(100))


def purposes(scene: Scene, name: str, tasks: int) -> list[str]:
    """The purposes of this many tasks, one done after the other."""
    done = []
    for _ in range(tasks):
        mine = scene.next(name)
        if mine is None:
            break
        done.append(Assignment.objects.get(pk=mine["id"]).task.purpose)
        scene.submit(name, mine)
    return done


def test_gold_at_the_projects_rate(scene: Scene):
    set_keys(scene, scene.publish("demonstration", tasks=3, purpose="gold"))
    scene.publish("demonstration", tasks=12)
    change_checks(scene, gold_every=4)
    given = purposes(scene, "ada", 12)
    assert [given[run : run + 4].count("gold") for run in (0, 4, 8)] == [1, 1, 1]


def test_gold_stops_when_there_is_none_left_and_work_goes_on(scene: Scene):
    set_keys(scene, scene.publish("demonstration", tasks=1, purpose="gold"))
    scene.publish("demonstration", tasks=3)
    change_checks(scene, gold_every=1)
    assert purposes(scene, "ada", 9) == ["gold", "work", "work", "work"]
    assert purposes(scene, "ben", 9) == ["gold", "work", "work", "work"], "everybody gets each gold item once"
    assert Task.objects.filter(purpose="gold").count() == 1
    assert not Slot.objects.filter(task__purpose="gold", reserved_for=None).exists()


def test_no_check_without_work_or_without_a_rate(scene: Scene):
    set_keys(scene, scene.publish("demonstration", purpose="gold"))
    assert scene.next("ada") is None
    change_checks(scene, gold_every=1)
    assert scene.next("ada") is None, "home says that nothing waits, and so does next"
    set_keys(scene, scene.publish("comparison", purpose="gold"))
    scene.publish("demonstration")
    assert scene.next("ada", kind="demonstration")["kind"] == "demonstration"


def test_gold_without_a_key_and_for_researchers_is_never_mixed_in(scene: Scene):
    scene.publish("demonstration", purpose="gold")
    scene.publish("demonstration", tasks=2)
    change_checks(scene, gold_every=1)
    assert purposes(scene, "ada", 9) == ["work", "work"]
    assert purposes(scene, "eva", 9) == ["work", "work"]


def test_a_constant_is_repeated_once_a_period(scene: Scene):
    scene.publish("comparison", purpose="constant")
    scene.publish("comparison", tasks=6)
    change_checks(scene, constant_every=1, constant_days=7)
    assert purposes(scene, "ada", 2) == ["constant", "work"]
    assert purposes(scene, "ben", 1) == ["constant"]
    constant = Task.objects.get(purpose="constant", repeat_of=None)
    assert constant.repeats.count() == 2
    same = lambda task: set(task.task_candidates.values_list("candidate", flat=True))  # noqa: E731
    assert all(same(repeat) == same(constant) for repeat in constant.repeats.all())
    week_ago = Assignment.objects.get(task__repeat_of=constant, labeler__username="ada")
    Assignment.objects.filter(pk=week_ago.pk).update(created_at=week_ago.created_at - timedelta(days=8))
    assert purposes(scene, "ada", 1) == ["constant"]
    assert constant.repeats.count() == 3


def test_checks_stay_open_and_out_of_the_queue(scene: Scene):
    batch = scene.publish("demonstration", tasks=2, purpose="gold")
    assert not Slot.objects.exists()
    set_keys(scene, batch)
    scene.project.undo_seconds = 0
    scene.project.save()
    scene.world.eva.get(f"{API}/batches")
    batch.refresh_from_db()
    assert batch.status == BatchStatus.OPEN


def test_a_check_is_corrected_for_as_long_as_the_work_around_it(scene: Scene):
    set_keys(scene, scene.publish("demonstration", purpose="gold"))
    work = scene.publish("demonstration", tasks=1)
    change_checks(scene, gold_every=1)
    gold = scene.next("ada")
    scene.submit("ada", gold)
    (line,) = scene.world.ada.get(f"{API}/assignments").json()["results"]
    assert line["may_correct"]
    scene.submit("ada", gold)
    Batch.objects.filter(pk=work.pk).update(status=BatchStatus.IN_REVIEW)
    (line,) = scene.world.ada.get(f"{API}/assignments").json()["results"]
    assert not line["may_correct"]
    refused = scene.post("ada", gold, "submit", answer_to(gold))
    assert (refused.status_code, refused.json()["code"]) == (409, "in_review")


def test_nothing_of_a_check_is_returned(scene: Scene):
    set_keys(scene, scene.publish("demonstration", purpose="gold"))
    scene.publish("demonstration")
    change_checks(scene, gold_every=1)
    receipt = scene.submit("ada", scene.next("ada"))
    body = {"decision": "return", "reasons": "No."}
    refused = scene.world.eva.post(f"{API}/judgments/{receipt['judgment']}/verdict", body, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_work")


IDS = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIMES = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.?\d*(Z|\+00:00)")


def all_that_is_said(scene: Scene, name: str) -> list[bytes]:
    """Every answer to this labeler about one task, from next to correction; ids and times by their place only."""
    client = scene.world.client(name)
    answers = [client.post(f"{API}/projects/{scene.project.pk}/tasks/next", {}, format="json")]
    mine = answers[0].json()
    page = f"{API}/assignments/{mine['id']}"
    body = answer_to(mine)
    send = lambda deed, data: client.post(f"{page}/{deed}", data, format="json")  # noqa: E731
    answers += [
        client.get(page),
        client.put(f"{page}/draft", {"revision": 0, "draft": {"note": "x"}}, format="json"),
        send("heartbeat", {}),
        client.get(f"{API}/home"),
        send("submit", body | {"ranking": []}),
        send("submit", body),
        client.get(f"{page}/feedback"),
        client.get(page),
        client.get(f"{API}/home"),
        client.get(f"{API}/assignments"),
        send("undo", {}),
        client.get(page),
        send("submit", answer_to(mine)),
        send("submit", answer_to(mine)),
        client.get(f"{API}/projects"),
        client.get(f"{API}/projects/{scene.project.pk}"),
        client.get(f"{API}/projects/{scene.project.pk}/screening"),
    ]
    return [b"%d " % answer.status_code + without_chance(answer.content) for answer in answers]


def without_chance(said: bytes) -> bytes:
    """Random ids by the order of their first mention, times as "time", outputs without their number, as their order
    is drawn for each assignment."""
    places: dict[bytes, bytes] = {}
    said = IDS.sub(lambda found: places.setdefault(found[0], b"id%d" % len(places)), said)
    return re.sub(rb"output \d", b"output", TIMES.sub(b"time", said))


def give_place(scene: Scene, name: str, purpose: str, *, first: bool) -> None:
    """Let the check of this labeler's first two tasks be the first, or the second: places are drawn by membership."""
    pk = uuid.uuid4()
    while is_due(0, 2, f"{purpose}:{pk}") != first:
        pk = uuid.uuid4()
    membership = Membership.objects.get(project=scene.project, user__username=name)
    Membership.objects.filter(pk=membership.pk).delete()
    membership.pk = pk
    membership.save(force_insert=True)


@pytest.mark.parametrize("purpose", ["gold", "constant"])
def test_a_check_is_byte_for_byte_like_work(scene: Scene, purpose: str):
    """Two labelers with the same past and as much to come: the first task of the one is work, of the other a check on
    the same outputs."""
    prompts = scene.prompts(1, outputs=4)
    check = scene.publish("comparison", prompts=prompts, purpose=purpose)
    if purpose == "gold":
        set_keys(scene, check)
    scene.publish("comparison", prompts=prompts, overlap=4)
    scene.publish("comparison", overlap=4)
    change_checks(scene, **{f"{purpose}_every": 2})
    give_place(scene, "ada", purpose, first=False)
    give_place(scene, "ben", purpose, first=True)
    as_work = all_that_is_said(scene, "ada")
    as_check = all_that_is_said(scene, "ben")
    assert Assignment.objects.get(labeler__username="ada").task.purpose == "work"
    assert Assignment.objects.get(labeler__username="ben").task.purpose == purpose
    assert as_check == as_work


def test_how_much_waits_falls_by_one_whatever_is_given(scene: Scene):
    set_keys(scene, scene.publish("demonstration", tasks=2, purpose="gold"))
    scene.publish("demonstration", tasks=4)
    change_checks(scene, gold_every=2)
    waits = lambda: scene.world.ada.get(f"{API}/home").json()["projects"][0]["waiting"]["demonstration"]  # noqa: E731
    assert waits() == 6
    for left in range(5, -1, -1):
        mine = scene.next("ada")
        assert (waits(), mine["queue_left"]) == (left, left)
        scene.submit("ada", mine)

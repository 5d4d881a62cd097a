"""32 labelers at once on a real PostgreSQL, with skips, double sends, expiries, undos and parallel tabs.

Never more than overlap, no submit lost or doubled, and nobody is told "nothing waits" while something does.
"""

import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from rest_framework.test import APIClient

from labeling.accounts.models import Role, User
from labeling.collection.models import Assignment, Batch, Judgment, Prompt, Slot, Task
from labeling.projects.models import Membership
from tests.cast import World
from tests.collection.conftest import API, Scene, answer_to

CLIENTS = 32
TASKS = 40
OVERLAP = 3

# Slots that this person could be given, found the slow way and without the code under test. A slot's xmin is the
# transaction that wrote its row last: the same before and after means that nobody touched it in between.
BRUTE_FORCE = """
    SELECT slot.id, slot.xmin::text FROM collection_slot slot
    JOIN collection_task task ON task.id = slot.task_id JOIN collection_prompt prompt ON prompt.id = task.prompt_id
    WHERE slot.state = 'free' AND task.status = 'open' AND 'training' = ANY(slot.pools)
      AND prompt.author_id IS DISTINCT FROM %(user)s
      AND NOT EXISTS (SELECT FROM collection_assignment a WHERE a.task_id = task.id AND a.labeler_id = %(user)s
                      AND a.state NOT IN ('expired', 'released'))
"""


def free_for(user: User) -> set[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(BRUTE_FORCE, {"user": user.pk})
        return set(cursor.fetchall())


class Labeler:
    """One client that labels until nothing waits, and now and then does what people and browsers do."""

    def __init__(self, scene: Scene, user: User, seed: int) -> None:
        self.scene = scene
        self.user = user
        self.random = random.Random(seed)
        self.client = APIClient()
        self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        self.kept: dict[str, tuple[str, str]] = {}  # assignment -> the judgment and response that must stand
        self.refused: list[str] = []
        self.done = Counter[str]()

    def work(self) -> None:
        while (assignment := self.next()) is not None:
            deed = self.random.choices(
                [self.submit, self.submit_twice, self.submit_late, self.undo_and_submit, self.skip, self.release],
                weights=[50, 15, 15, 10, 5, 5],
            )[0]
            self.done[deed.__name__] += 1
            deed(assignment)

    def post(self, path: str, body: Any = None) -> Any:
        return self.client.post(f"{API}{path}", body or {}, format="json")

    def next(self) -> dict[str, Any] | None:
        url = f"/projects/{self.scene.project.pk}/tasks/next"
        if self.random.random() < 0.2:  # two tabs, and one ahead
            in_parallel([lambda: self.post(url), lambda: self.post(url, {"ahead": True}), lambda: self.post(url)])
        before = free_for(self.user)
        answer = self.post(url)
        assert answer.status_code in (200, 204), answer.content
        if answer.status_code == 200:
            return answer.json()
        starved_of = before & free_for(self.user)
        assert not starved_of, f"204, but {starved_of} were free all the time"
        return None

    def send(self, assignment: dict[str, Any], body: dict[str, Any]) -> Any:
        answer = self.post(f"/assignments/{assignment['id']}/submit", body)
        if answer.status_code == 200:
            self.kept[assignment["id"]] = (answer.json()["judgment"], body["response"])
        else:
            assert answer.json()["code"] == "no_free_slot", answer.content
            self.refused.append(assignment["id"])
        return answer

    def body(self, assignment: dict[str, Any]) -> dict[str, Any]:
        return answer_to(assignment) | {"response": f"Tale {uuid.uuid4()}."}

    def submit(self, assignment: dict[str, Any]) -> None:
        self.send(assignment, self.body(assignment))

    def submit_twice(self, assignment: dict[str, Any]) -> None:
        """The answer got lost and the page sends again, at the very same time."""
        body = self.body(assignment)
        answers = in_parallel([lambda: self.send(assignment, body)] * 3)
        assert len({(answer.status_code, answer.content) for answer in answers}) == 1

    def submit_late(self, assignment: dict[str, Any]) -> None:
        Assignment.objects.filter(pk=assignment["id"]).update(lease_expires_at=datetime(2001, 1, 1, tzinfo=UTC))
        if self.random.random() < 0.5:
            self.submit(assignment)

    def undo_and_submit(self, assignment: dict[str, Any]) -> None:
        if self.send(assignment, self.body(assignment)).status_code != 200:
            return
        assert self.post(f"/assignments/{assignment['id']}/undo").status_code == 200
        del self.kept[assignment["id"]]
        self.submit(assignment)

    def skip(self, assignment: dict[str, Any]) -> None:
        assert self.post(f"/assignments/{assignment['id']}/skip", {"reason": "unclear"}).status_code in (200, 409)

    def release(self, assignment: dict[str, Any]) -> None:
        assert self.post(f"/assignments/{assignment['id']}/release").status_code in (200, 409)


def in_parallel(deeds: list[Callable[[], Any]]) -> list[Any]:
    """Do all of these at once, each in a thread of its own; raises what the first failing one raised."""
    results: list[Any] = [None] * len(deeds)
    errors: list[BaseException] = []

    def run(place: int, deed: Callable[[], Any]) -> None:
        try:
            results[place] = deed()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=job) for job in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


@pytest.mark.django_db(transaction=True)
def test_32_clients_at_once():
    scene = Scene(World())
    scene.publish(tasks=TASKS, overlap=OVERLAP)
    labelers = []
    for number in range(CLIENTS):
        user = User.objects.create(username=f"client-{number}", role=Role.LABELER, password="!")
        Membership.objects.create(project=scene.project, user=user, pool="training", pseudonym=f"c{number}")
        labelers.append(Labeler(scene, user, seed=number))

    in_parallel([labeler.work for labeler in labelers])
    # What was held by those who stopped early is free by now or runs out; the last ones finish it.
    Assignment.objects.filter(state__in=["current", "ahead"]).update(lease_expires_at=datetime(2001, 1, 1, tzinfo=UTC))
    for labeler in labelers:
        labeler.work()

    for task in Task.objects.prefetch_related("slots", "assignments"):
        states = Counter(slot.state for slot in task.slots.all())
        submitted = [a for a in task.assignments.all() if a.state == "submitted"]
        assert sum(states.values()) == OVERLAP
        assert len(submitted) == len({a.labeler_id for a in submitted}) == states["done"] <= OVERLAP
        assert len({a.slot_id for a in submitted}) == len(submitted)
        assert states["done"] + states["closed"] == OVERLAP, "with 32 labelers every open slot finds its labeler"
        assert (task.status == "held") == bool(states["closed"])

    kept = {assignment: told for labeler in labelers for assignment, told in labeler.kept.items()}
    standing = {
        str(judgment.assignment_id): (str(judgment.pk), judgment.demonstration.response)
        for judgment in Judgment.objects.filter(current=True).select_related("demonstration")
    }
    assert standing == kept, "each answer that was taken stands once, with the text that was sent"
    refused = {pk for labeler in labelers for pk in labeler.refused} - kept.keys()
    for assignment in Assignment.objects.filter(pk__in=refused):
        assert assignment.draft["response"].startswith("Tale "), "a refused answer is kept as the draft"
    assert not Slot.objects.filter(state="held").exists()


@pytest.mark.django_db(transaction=True)
def test_two_imports_and_two_batches_at_once():
    """A text that two uploads bring under two users has one split, and batch numbers are not given out twice."""
    scene = Scene(World())

    def upload(name: str, project: Any, user: str) -> Any:
        rows = "\n".join(f'{{"prompt": "Tale {n} of the fox", "user": "{user} {n}"}}' for n in range(40))
        form = {"file": SimpleUploadedFile("tales.jsonl", rows.encode())}
        return scene.world.client(name).post(f"{API}/projects/{project.pk}/prompts/import", form, format="multipart")

    jobs = [("eva", scene.project, "a"), ("eva", scene.project, "b"), ("finn", scene.world.other_project, "c")]
    answers = in_parallel([lambda job=job: upload(*job) for job in jobs])
    assert sorted(answer.json()["counts"]["accepted"] for answer in answers) == [0, 40, 40]
    assert Prompt.objects.values("text_key", "split").distinct().count() == 40

    body = {"kind": "demonstration", "prompts": {}}
    url = f"{API}/projects/{scene.project.pk}/batches"
    answers = in_parallel([lambda: scene.world.client("eva").post(url, body, format="json")] * 3)
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert sorted(Batch.objects.values_list("number", flat=True)) == [1, 2, 3]

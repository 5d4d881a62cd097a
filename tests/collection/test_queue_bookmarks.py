"""Bookmarks: nothing that comes free behind one is missed, and a long history costs nothing."""

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from labeling.collection.models import Assignment, Bookmark, Slot, SlotState, Task
from labeling.collection.services.skip import skip_assignment
from labeling.projects.models import Membership
from tests.collection.conftest import API, Scene

LONG = 500


def skip_all(scene: Scene, name: str) -> list[dict[str, Any]]:
    """Skip until nothing waits; returns what was skipped."""
    skipped = []
    while assignment := scene.next(name):
        assert scene.post(name, assignment, "skip", {"reason": "unclear"}).status_code == 200
        skipped.append(assignment)
    return skipped


@pytest.mark.django_db(transaction=True)
def test_what_comes_free_behind_the_bookmark_is_found(scene: Scene):
    scene.publish(tasks=3, overlap=1)
    held = scene.next("ben")
    assert len(skip_all(scene, "ada")) == 2
    assert scene.post("ben", held, "release").status_code == 200
    assert scene.next("ada")


@pytest.mark.django_db(transaction=True)
def test_a_slot_freed_by_an_older_transaction_that_ends_later_is_found(scene: Scene):
    """The bookmark must not pass the younger one's slot as long as the older one may still bring another."""
    scene.publish(tasks=3, overlap=1)
    older, younger = scene.next("ben"), scene.next("chi")
    assert len(skip_all(scene, "ada")) == 1
    begun, may_end = threading.Event(), threading.Event()

    def free_slowly() -> None:
        try:
            with transaction.atomic():
                skip_assignment(user=scene.world.users["ben"], assignment_id=older["id"], reason="unclear")
                begun.set()
                may_end.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=free_slowly)
    thread.start()
    assert begun.wait(30)
    assert scene.post("chi", younger, "skip", {"reason": "unclear"}).status_code == 200
    assert len(skip_all(scene, "ada")) == 1, "the younger one's; the older one has not ended"
    may_end.set()
    thread.join()
    assert len(skip_all(scene, "ada")) == 1, "the older one's"


@pytest.mark.django_db(transaction=True)
def test_another_pool_begins_anew(scene: Scene):
    scene.publish(tasks=1, pools=["held_out"])
    scene.publish(tasks=1, pools=["training"])
    assert len(skip_all(scene, "ada")) == 1
    Membership.objects.filter(user=scene.world.users["ada"]).update(pool="held_out")
    assert len(skip_all(scene, "ada")) == 1


@pytest.mark.django_db(transaction=True)
def test_a_free_slot_opened_to_another_pool_is_found(scene: Scene):
    scene.publish(tasks=1, pools=["held_out"])
    assert scene.next("ada") is None
    Slot.objects.update(pools=["held_out", "training"])
    assert scene.next("ada")


@pytest.mark.django_db(transaction=True)
def test_a_bookmark_of_another_cluster_is_void(scene: Scene):
    """A restored copy counts its transactions anew: what is freed there may have a lower id than the bookmark."""
    scene.publish(tasks=2, overlap=1)
    held = scene.next("ben")
    assert len(skip_all(scene, "ada")) == 1
    Bookmark.objects.update(cluster=1, freed_in=2**60)
    assert scene.post("ben", held, "release").status_code == 200
    assert scene.next("ada")
    mark = Bookmark.objects.get(membership__user=scene.world.users["ada"], kind="demonstration")
    assert mark.cluster != 1
    assert mark.freed_in < 2**60


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_failed_leaves_nothing_behind(scene: Scene):
    scene.publish(tasks=1, overlap=1)
    with transaction.atomic():
        assert scene.next("ada")
        transaction.set_rollback(True)  # the process dies here
    assert scene.next("ada")


def pages_read(work: Any) -> int:
    """Pages of tables and indexes that the database touches for all queries of `work`."""
    pages = 0

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal pages
        if sql.lstrip().startswith(("SELECT", "WITH", "(")) and not many:
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
                plan = cursor.fetchone()[0][0]["Plan"]
            pages += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        work()
    return pages


def give_history(scene: Scene, name: str, state: str) -> None:
    """Have this person done or skipped every task of the first batch."""
    scene.publish(tasks=LONG, overlap=3)
    slots = Slot.objects.filter(number=1).select_related("task")
    Assignment.objects.bulk_create(
        Assignment(
            slot=slot, task=slot.task, project=scene.project, labeler=scene.world.users[name], state=state, order_seed=1
        )
        for slot in slots
    )
    if state == "submitted":
        Slot.objects.filter(number=1).update(state=SlotState.DONE)
    scene.publish(tasks=20, overlap=3)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", ["submitted", "skipped"])
def test_a_long_history_costs_no_more_than_none(scene: Scene, state: str):
    give_history(scene, "ada", state)
    scene.next("ben")
    scene.next("chi")
    assignment = scene.next("ada")  # walks over all that she had, once
    assert Task.objects.get(assignments=assignment["id"]).batch.number == 2
    scene.submit("ada", assignment)
    scene.submit("ben", scene.next("ben"))
    fresh = pages_read(lambda: scene.next("ben"))
    long = pages_read(lambda: scene.next("ada"))
    assert long < fresh + 100, f"{long} pages after {LONG} tasks, {fresh} pages after one"


@pytest.mark.django_db(transaction=True)
def test_foreign_pools_and_own_prompts_at_the_head_cost_nothing(scene: Scene):
    own = scene.prompts(LONG)
    for prompt in own:
        prompt.author = scene.world.users["ada"]
    type(own[0]).objects.bulk_update(own, ["author"], batch_size=500)
    scene.publish(prompts=own, overlap=1)
    scene.publish(tasks=LONG, overlap=1, pools=["held_out"])
    scene.publish(tasks=5, overlap=1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    scene.submit("ada", scene.next("ada"))
    assert pages_read(lambda: scene.next("ada")) < 400


@pytest.mark.django_db(transaction=True)
def test_what_waits_is_counted_at_a_price_that_does_not_grow(scene: Scene):
    give_history(scene, "ada", "submitted")
    assert scene.next("ada")
    home = f"{API}/home"
    client = scene.world.ada
    assert client.get(home).json()["projects"][0]["waiting"]["demonstration"] == 19
    assert pages_read(lambda: client.get(home)) < 1000


@pytest.mark.django_db(transaction=True)
def test_what_waits_is_never_said_to_be_nothing_where_something_does(scene: Scene):
    """Without a bookmark, and with all that is counted first being for others."""
    give_history(scene, "ada", "submitted")
    Bookmark.objects.all().delete()
    assert scene.world.ada.get(f"{API}/home").json()["projects"][0]["waiting"]["demonstration"] >= 1

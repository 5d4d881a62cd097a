"""Prepared queries: the same objects as the queryset, on every connection and after every rollback."""

import threading
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.test.utils import CaptureQueriesContext

from labeling.accounts.models import Event
from labeling.prepared import Prepared, insert, update
from labeling.projects.models import Guideline, Membership
from tests.cast import World


def members(user, pool):
    guidelines = Guideline.objects.filter(project=OuterRef("project"))
    return (
        Membership.objects.select_related("project", "user")
        .filter(user=user, pool=pool)
        .annotate(guided=Exists(guidelines))
        .order_by("pk")
    )


def seen(found) -> list[tuple]:
    return [(one, vars(one.project)["name"], vars(one.user)["username"], one.guided) for one in found]


def test_it_finds_what_the_queryset_finds_with_relations_and_annotations(world: World):
    prepared = Prepared(members, user=UUID, pool=str)
    Guideline.objects.create(project=world.project, kind="demonstration", version=1, text="x")
    for name, pool in (("ada", "training"), ("dov", "held_out"), ("hal", "training"), ("ada", "held_out")):
        user = world.users[name]
        expected = seen(members(user, pool))
        with CaptureQueriesContext(connection) as captured:
            assert seen(prepared(user=user.pk, pool=pool)) == expected
        assert len(captured) <= 2, "nothing is loaded beside"
    assert seen(prepared(user=world.users["ada"].pk, pool="training"))
    assert prepared.first(user=uuid4(), pool="training") is None
    assert prepared.first(user=world.users["ada"].pk, pool="' OR true --") is None


def test_a_value_that_the_query_does_not_use_is_refused():
    with pytest.raises(ValueError, match="pool"):
        Prepared(lambda user, pool: Membership.objects.filter(user=user), user=UUID, pool=str)(user=uuid4(), pool="x")


@pytest.mark.django_db(transaction=True)
def test_a_plan_outlives_a_rollback_and_not_its_connection(world: World):
    prepared = Prepared(members, user=UUID, pool=str)
    ada = world.users["ada"].pk
    with transaction.atomic():
        assert prepared(user=ada, pool="training")
        transaction.set_rollback(True)
    assert prepared(user=ada, pool="training")
    connection.close()
    assert prepared(user=ada, pool="training")
    found = []

    def elsewhere() -> None:
        found.extend(prepared(user=ada, pool="training"))
        connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert found == prepared(user=ada, pool="training")


def test_insert_and_update_write_what_save_writes(world: World):
    member = Membership.objects.get(user=world.users["ada"], project=world.project)
    event = Event(actor=world.users["ada"], verb="x", object_type="y", object_id="z", data={"100%s": ["ü", None]})
    insert(event)
    assert vars(Event.objects.get(pk=event.pk)) | {"_state": None} == vars(event) | {"_state": None}
    guideline = Guideline(project=world.project, kind="demonstration", version=7, text="%s", examples=[{"a": 1}])
    insert(guideline)
    assert Guideline.objects.get(pk=guideline.pk).examples == [{"a": 1}]
    events = [Event(verb=f"v{number}", object_type="y", object_id="z", data=[number]) for number in range(9)]
    insert(*events)
    assert [Event.objects.get(pk=event.pk).verb for event in events] == [f"v{number}" for number in range(9)]
    insert()  # of nothing is nothing
    member.given, member.qualified = 3, False
    update(member, "given")
    assert Membership.objects.filter(pk=member.pk, given=3, qualified=True).exists(), "only what was named"
    with pytest.raises(ValueError, match="Not all of these"):
        update(member, "gievn")
    with pytest.raises(ObjectDoesNotExist):
        update(Membership(pk=uuid4(), given=1), "given")

"""PUT /assignments/ID/draft and POST heartbeat: nothing that was typed is lost, and who works keeps the task."""

from datetime import datetime

import pytest

from labeling.collection.models import Assignment, AssignmentState
from tests.collection.conftest import API, Scene


def put(scene: Scene, name: str, assignment: dict, revision: int, draft: object):
    return scene.world.client(name).put(
        f"{API}/assignments/{assignment['id']}/draft", {"revision": revision, "draft": draft}, format="json"
    )


def test_a_draft_is_kept_and_its_revision_counts_up(scene: Scene):
    scene.publish()
    mine = scene.next("ada")
    assert put(scene, "ada", mine, 0, {"response": "Once"}).json() == {"draft_revision": 1}
    assert put(scene, "ada", mine, 1, {"response": "Once upon"}).json() == {"draft_revision": 2}
    again = scene.next("ada")
    assert (again["draft"], again["draft_revision"]) == ({"response": "Once upon"}, 2)


def test_a_stale_draft_is_refused_with_the_servers(scene: Scene):
    scene.publish()
    mine = scene.next("ada")
    put(scene, "ada", mine, 0, {"response": "from one tab"})
    refused = put(scene, "ada", mine, 0, {"response": "from another"})
    assert refused.status_code == 409
    assert refused.json()["code"] == "stale_draft"
    assert refused.json()["draft"] == {"response": "from one tab"}
    assert refused.json()["draft_revision"] == 1


def test_the_same_draft_again_is_no_conflict(scene: Scene):
    scene.publish()
    mine = scene.next("ada")
    put(scene, "ada", mine, 0, {"response": "Once"})
    assert put(scene, "ada", mine, 0, {"response": "Once"}).json() == {"draft_revision": 1}


@pytest.mark.parametrize("state", AssignmentState.values)
def test_a_draft_is_taken_in_every_state(scene: Scene, state: str):
    scene.publish()
    mine = scene.next("ada")
    Assignment.objects.filter(pk=mine["id"]).update(state=state)
    assert put(scene, "ada", mine, 0, {"response": "Once"}).status_code == 200


def test_a_draft_of_more_than_a_megabyte_is_refused(scene: Scene):
    scene.publish()
    mine = scene.next("ada")
    refused = put(scene, "ada", mine, 0, {"response": "x" * 1_000_001})
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
    assert Assignment.objects.get(pk=mine["id"]).draft == {}


def test_what_no_database_can_store_is_stored_as_it_can_be(scene: Scene):
    scene.publish()
    mine = scene.next("ada")
    body = r'{"revision": 0, "draft": {"response": "a\u0000b\ud83dc", "k\u0000": 1}}'
    url = f"{API}/assignments/{mine['id']}/draft"
    assert scene.world.ada.put(url, body, content_type="application/json").status_code == 200
    assert scene.next("ada")["draft"] == {"response": "a\ufffdb\ufffdc", "k\ufffd": 1}


def test_typing_and_heartbeats_renew_the_lease(scene: Scene):
    scene.publish(tasks=2)
    mine, ahead = scene.next("ada"), scene.next("ada", ahead=True)
    for deed in (lambda: put(scene, "ada", mine, 0, {"a": 1}), lambda: scene.post("ada", mine, "heartbeat")):
        scene.expire(mine)
        assert deed().status_code == 200
        assert lease(mine) > datetime.fromisoformat(mine["server_time"])
    scene.expire(ahead)
    answer = scene.post("ada", mine, "heartbeat").json()
    assert lease(ahead) == lease(mine) == datetime.fromisoformat(answer["lease_expires_at"])
    seconds = lease(mine) - datetime.fromisoformat(answer["server_time"])
    assert seconds.total_seconds() == scene.project.lease_seconds


def lease(assignment: dict) -> datetime:
    at = Assignment.objects.get(pk=assignment["id"]).lease_expires_at
    assert at is not None
    return at


def test_a_heartbeat_after_expiry_says_so(scene: Scene):
    scene.publish()
    mine = scene.next("ada")
    scene.expire(mine)
    scene.next("ben")
    refused = scene.post("ada", mine, "heartbeat")
    assert (refused.status_code, refused.json()["code"], refused.json()["state"]) == (409, "not_held", "expired")


@pytest.mark.parametrize("name", ["ben", "eva", "gil", "hal"])
def test_only_the_labeler_may(scene: Scene, name: str):
    scene.publish()
    mine = scene.next("ada")
    assert put(scene, name, mine, 0, {"response": "not yours"}).status_code == 404
    assert scene.post(name, mine, "heartbeat").status_code == 404
    assert scene.world.client(name).get(f"{API}/assignments/{mine['id']}").status_code == 404
    assert Assignment.objects.get(pk=mine["id"]).draft == {}

"""Which model wrote an output, and what a task is for, reaches a labeler by no way."""

import json
import re

from labeling.collection.models import Candidate, Task
from labeling.registry.models import Generation
from tests.collection.conftest import API, Scene, answer_to
from tests.collection.sets import change_checks, set_keys


def labelers_answers(scene: Scene) -> list[bytes]:
    """All that the API says to a labeler about a comparison, from home to undo."""
    client = scene.world.ada
    get = lambda path: client.get(API + path).content  # noqa: E731
    mine = scene.next("ada")
    page = f"/assignments/{mine['id']}"
    said = [json.dumps(mine).encode(), get("/home"), get("/assignments"), get(page), get("/projects")]
    ahead = scene.next("ada", ahead=True)
    said.append(json.dumps(ahead).encode())
    body = answer_to(mine)
    said.append(scene.post("ada", mine, "submit", body | {"ranking": []}).content)
    said.append(scene.post("ada", mine, "submit", body).content)
    said += [get(page), get("/home"), get("/assignments"), scene.post("ada", mine, "undo").content]
    said += [scene.post("ada", mine, "heartbeat").content, get("/projects/" + str(scene.project.pk))]
    said.append(scene.post("ada", mine, "skip", {"reason": "broken"}).content)
    return said


def test_nothing_tells_the_model(scene: Scene):
    set_keys(scene, scene.publish("comparison", tasks=2, purpose="gold"))
    scene.publish("comparison", tasks=2)
    change_checks(scene, gold_every=1)
    secrets = {
        *(f"model-{number}" for number in range(4)),
        "gold",
        *(str(pk) for pk in Candidate.objects.values_list("pk", flat=True)),
        *(str(pk) for pk in Generation.objects.values_list("pk", flat=True)),
        *(str(pk) for pk in Task.objects.values_list("pk", flat=True)),
        *(at.isoformat()[:23] for at in Candidate.objects.values_list("created_at", flat=True)),
    }
    for said in labelers_answers(scene):
        for secret in secrets:
            assert secret.encode() not in said, said
        assert not re.search(rb"model|generation|seed|batch|purpose\":\"(?!training)", said), said


def test_the_order_is_drawn_for_each_assignment_and_stays(scene: Scene):
    scene.publish("comparison", tasks=12, overlap=1)
    orders = set()
    for _ in range(12):
        mine = scene.next("ada")
        orders.add(tuple(candidate["text"] for candidate in mine["candidates"]))
        assert scene.next("ada")["candidates"] == mine["candidates"]
        scene.submit("ada", mine)
    assert len(orders) > 1


def test_two_labelers_have_different_ids_for_the_same_output(scene: Scene):
    scene.publish("comparison", overlap=2)
    first, second = scene.next("ada"), scene.next("ben")
    assert {c["text"] for c in first["candidates"]} == {c["text"] for c in second["candidates"]}
    assert not {c["id"] for c in first["candidates"]} & {c["id"] for c in second["candidates"]}

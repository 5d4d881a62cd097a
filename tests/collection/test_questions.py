"""Questions on an item: asking, answering, and what others may learn of it."""

import json
import uuid
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.accounts.models import Event
from labeling.collection.models import Assignment, Question
from labeling.projects.models import Guideline
from tests.collection.conftest import API, Scene


def message(text: str) -> dict[str, str]:
    return {"submission_id": str(uuid.uuid4()), "text": text}


def ask(scene: Scene, name: str, assignment: dict[str, Any], text: str = "May the fox lie?") -> dict[str, Any]:
    answer = scene.post(name, assignment, "questions", message(text))
    assert answer.status_code == 201, answer.content
    return answer.json()


def send(scene: Scene, name: str, question: dict[str, Any], path: str, body: Any = None, method: str = "post") -> Any:
    client = scene.world.client(name)
    return getattr(client, method)(f"{API}/questions/{question['id']}/{path}", body or {}, format="json")


def thread(scene: Scene, name: str, question: dict[str, Any]) -> dict[str, Any]:
    return scene.world.client(name).get(f"{API}/questions/{question['id']}").json()


def waiting(scene: Scene) -> list[str]:
    answer = scene.world.eva.get(f"{API}/projects/{scene.project.pk}/questions?waiting=true")
    return [line["text"] for line in answer.json()["results"]]


def answers(scene: Scene, name: str, query: str = "") -> list[dict[str, Any]]:
    return scene.world.client(name).get(f"{API}/projects/{scene.project.pk}/answers{query}").json()["results"]


def test_from_the_question_to_the_answer_on_home(scene: Scene):
    scene.publish()
    mine = scene.next("ada")
    question = ask(scene, "ada", mine)
    assert waiting(scene) == ["May the fox lie?"]
    assert scene.world.ada.get(f"{API}/home").json()["answered"] == []

    sent = send(scene, "eva", question, "messages", message("A fable's fox may."))
    assert sent.status_code == 201
    assert waiting(scene) == []
    (answered,) = scene.world.ada.get(f"{API}/home").json()["answered"]
    assert answered["id"] == question["id"]
    assert answered["text"] == "May the fox lie?"
    shown = thread(scene, "ada", question)["messages"]
    assert [(line["by"], line["mine"], line["text"]) for line in shown] == [
        ("asker", True, "May the fox lie?"),
        ("researcher", False, "A fable's fox may."),
    ]
    assert send(scene, "ada", question, "read").status_code == 204
    assert scene.world.ada.get(f"{API}/home").json()["answered"] == []

    # Asking on makes it wait again.
    send(scene, "ada", question, "messages", message("In a news report, too?"))
    assert waiting(scene) == ["May the fox lie?"]
    verbs = Event.objects.filter(object_id=question["id"]).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["question.asked", "question.answered", "question.asked_on"]


def test_asking_leaves_the_task_and_its_draft_alone(scene: Scene):
    scene.publish()
    mine = scene.next("ada")
    draft = {"revision": 0, "draft": {"response": "Once"}}
    scene.world.ada.put(f"{API}/assignments/{mine['id']}/draft", draft, format="json")
    before = Assignment.objects.values().get(pk=mine["id"])
    ask(scene, "ada", mine)
    assert Assignment.objects.values().get(pk=mine["id"]) == before


def test_a_question_that_comes_twice_is_one(scene: Scene):
    scene.publish(tasks=2)
    mine = scene.next("ada")
    body = message("Why?")
    first = scene.post("ada", mine, "questions", body)
    assert scene.post("ada", mine, "questions", body).json()["id"] == first.json()["id"]
    assert Question.objects.count() == 1
    other = scene.post("ada", mine, "questions", body | {"text": "How?"})
    assert (other.status_code, other.json()["code"]) == (409, "submission_differs")
    # The same id under another assignment, or another person's, is something else, too.
    theirs = scene.next("ben")
    assert scene.post("ben", theirs, "questions", body).status_code == 409
    ahead = scene.next("ada", ahead=True)
    assert scene.post("ada", ahead, "questions", body).status_code == 409
    answer = message("Because.")
    for _ in range(2):
        assert send(scene, "eva", first.json(), "messages", answer).status_code == 201
    assert len(thread(scene, "ada", first.json())["messages"]) == 2


def test_a_question_needs_words(scene: Scene):
    scene.publish()
    mine = scene.next("ada")
    for text in ("", "  ", "x" * 5001):
        refused = scene.post("ada", mine, "questions", message(text))
        assert refused.status_code == 400
        assert "text" in refused.json()["errors"]


def test_a_thread_is_for_its_asker_and_the_researchers(scene: Scene):
    scene.publish("comparison", overlap=2)
    mine = scene.next("ada")
    question = ask(scene, "ada", mine, "Is output B a joke?")
    assert scene.next("ben")["prompt"] == mine["prompt"], "ben has the same task"
    for name in ("ben", "chi", "dov", "hal", "finn"):
        assert scene.world.client(name).get(f"{API}/questions/{question['id']}").status_code == 404
        assert send(scene, name, question, "messages", message("Me too")).status_code == 404
    assert answers(scene, "ben") == []
    assert scene.world.ben.get(f"{API}/questions").json()["results"] == []

    # Researchers see the item in the asker's order, so that "output B" means something, and never a model.
    lead = thread(scene, "eva", question)
    assert [c["id"] for c in lead["item"]["candidates"]] == [c["id"] for c in mine["candidates"]]
    assert lead["item"]["messages"] == mine["prompt"]["messages"]
    assert lead["item"]["open_to_others"] is True
    assert lead["pseudonym"] == "person-0"
    own = thread(scene, "ada", question)
    assert own["item"] is None
    assert own["pseudonym"] is None
    for shown in (lead, own):
        text = json.dumps(shown)
        assert "model" not in text
        assert all(f'"{name}"' not in text for name in ("ada", "eva"))


def test_what_is_published_is_the_researchers_words_and_nothing_else(scene: Scene):
    scene.publish("comparison", overlap=2)
    mine = scene.next("ada")
    question = ask(scene, "ada", mine, "Output B names a real person. Is that bad?")
    send(scene, "eva", question, "messages", message("In this one it is, rank it last."))
    words = {"question": "May an output name a real person?", "answer": "A public one, yes."}
    assert send(scene, "eva", question, "publication", words, "put").json()["publication"] == words

    (found,) = answers(scene, "ben")
    assert found.pop("published_at")
    assert found == {"id": question["id"], "kind": "comparison"} | words
    assert scene.world.ben.get(f"{API}/questions/{question['id']}").status_code == 404
    assert len(answers(scene, "dov", "?search=PERSON real")) == 1
    assert answers(scene, "dov", "?search=person fox") == []
    assert answers(scene, "dov", "?search=rank it last") == []
    assert answers(scene, "dov", "?kind=demonstration") == []

    for incomplete in ({"question": "Q"}, {"question": "", "answer": "A"}):
        assert send(scene, "eva", question, "publication", incomplete, "put").status_code == 400
    assert send(scene, "eva", question, "publication", method="delete").status_code == 204
    assert answers(scene, "ben") == []


def test_the_longest_waiting_comes_first(scene: Scene):
    scene.publish(tasks=3)
    names = ("chi", "ada", "ben")
    questions = {name: ask(scene, name, scene.next(name), f"A question of {name}") for name in names}
    assert waiting(scene) == [f"A question of {name}" for name in names]
    send(scene, "eva", questions["ada"], "messages", message("Yes."))
    send(scene, "chi", questions["chi"], "messages", message("It is urgent."))
    assert waiting(scene) == ["A question of chi", "A question of ben"]
    everything = scene.world.eva.get(f"{API}/projects/{scene.project.pk}/questions").json()["results"]
    assert [line["text"] for line in everything] == [f"A question of {name}" for name in reversed(names)]


def test_an_answer_is_taken_up_into_the_next_guideline_version(scene: Scene):
    scene.publish()
    question = ask(scene, "ada", scene.next("ada"))
    promotion = {"version": 0, "text": "Be kind. The fox may lie."}
    taken = send(scene, "eva", question, "promote", promotion)
    assert (taken.status_code, taken.json()["version"], taken.json()["kind"]) == (201, 1, "demonstration")
    assert thread(scene, "ada", question)["guideline_version"] == 1
    again = send(scene, "eva", question, "promote", promotion)
    assert (again.status_code, again.json()["code"]) == (409, "already_promoted")
    assert Guideline.objects.count() == 1


def test_a_promotion_from_an_old_version_is_refused(scene: Scene):
    scene.publish()
    question = ask(scene, "ada", scene.next("ada"))
    Guideline.objects.create(project=scene.project, kind="demonstration", version=1, text="Be kind.")
    stale = send(scene, "eva", question, "promote", {"version": 0, "text": "Lie."})
    assert (stale.status_code, stale.json()["code"]) == (409, "guideline_changed")
    same = send(scene, "eva", question, "promote", {"version": 1, "text": "Be kind."})
    assert same.status_code == 400
    assert Guideline.objects.count() == 1


def test_lists_cost_the_same_for_any_number(scene: Scene):
    addresses = [f"/projects/{scene.project.pk}/questions", f"/projects/{scene.project.pk}/answers", "/questions"]

    def queries(name: str, address: str) -> int:
        client = scene.world.client(name)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(API + address).status_code == 200
        return len(captured)

    scene.publish(tasks=6)
    mine = scene.next("eva")
    words = {"question": "May it?", "answer": "Yes."}
    send(scene, "eva", ask(scene, "eva", mine), "publication", words, "put")
    few = [queries("eva", address) for address in addresses]
    for _ in range(5):
        send(scene, "eva", ask(scene, "eva", mine), "publication", words, "put")
    assert [queries("eva", address) for address in addresses] == few

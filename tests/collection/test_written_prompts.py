"""Writing tasks: what is asked for, what is refused, and what becomes of it when it is accepted."""

import re
import uuid
from collections import Counter
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from labeling.accounts.models import Event
from labeling.collection.models import Batch, Prompt, Slot, Task, WrittenExample, WrittenPrompt
from labeling.collection.selectors.takers import takers_of
from labeling.projects.models import Membership
from tests.collection.conftest import API, Scene

PAIRS = [
    {"query": "apple", "response": "fruit"},
    {"query": "carrot", "response": "vegetable"},
    {"query": "salmon", "response": "fish"},
]


class Desk:
    """Publishing, writing and accepting, all by HTTP."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.world = scene.world
        self.project = scene.project
        scene.project.undo_seconds = 0
        scene.project.save()

    def ask(self, sort: str = "plain", by: str = "eva", **fields: Any) -> Any:
        body = {"sort": sort, **({} if sort == "anonymize" else {"use_cases": {"generation": 1}}), **fields}
        return self.world.client(by).post(f"{API}/projects/{self.project.pk}/writing", body, format="json")

    def batch(self, sort: str = "plain", **fields: Any) -> Batch:
        answer = self.ask(sort, **fields)
        assert answer.status_code == 201, answer.content
        return Batch.objects.get(pk=answer.json()["id"])

    def take(self, name: str) -> dict[str, Any]:
        task = self.scene.next(name, kind="prompt")
        assert task is not None
        return task

    def send(self, name: str, task: dict[str, Any], text: str, **fields: Any) -> Any:
        body = {"submission_id": str(uuid.uuid4()), "active_seconds": 0.001, "prompt_flags": {}, "text": text}
        return self.scene.post(name, task, "submit", body | fields)

    def write(self, name: str, text: str, **fields: Any) -> dict[str, Any]:
        task = self.take(name)
        sent = self.send(name, task, text, **fields)
        assert sent.status_code == 200, sent.content
        return task

    def decide(self, batch: Batch, deed: str = "accept", **body: Any) -> Any:
        return self.world.eva.post(f"{API}/batches/{batch.pk}/{deed}", body, format="json")

    def accept(self, batch: Batch) -> dict[str, Any]:
        answer = self.decide(batch)
        assert answer.status_code == 200, answer.content
        return answer.json()


@pytest.fixture
def desk(scene: Scene) -> Desk:
    return Desk(scene)


def text_of(prompt: Prompt) -> str:
    return prompt.messages[-1]["content"]


def test_a_plain_prompt_from_asking_to_the_project(desk: Desk):
    batch = desk.batch(language="en", about="Something with weather.")
    task = desk.take("ada")
    assert (task["kind"], task["prompt"]) == ("prompt", {"messages": [], "use_case": "generation", "sensitive": []})
    brief = task["brief"]
    assert (brief["sort"], brief["use_case"], brief["language"]) == ("plain", "generation", "en")
    assert (brief["about"], brief["pairs"], brief["source"]) == ("Something with weather.", None, None)
    assert desk.send("ada", task, "  Write a ballad about the north wind. ").status_code == 200
    assert not Prompt.objects.exists(), "nothing enters before it is accepted"
    assert desk.accept(batch)["prompts_made"] == 1
    prompt = Prompt.objects.get()
    assert prompt.messages == [{"role": "user", "content": "Write a ballad about the north wind."}]
    assert (prompt.source, prompt.use_case, prompt.language, prompt.consent) == ("written", "generation", "en", True)
    assert prompt.author == desk.world.users["ada"]
    event = Event.objects.get(verb="prompts.written")
    assert (event.data["accepted"], event.data["duplicates"]) == (1, 0)


def test_all_prompts_of_one_writer_are_on_one_side(desk: Desk):
    batch = desk.batch(use_cases={"chat": 6})
    for number in range(3):
        desk.write("ada", f"Talk to me about the weather of planet {number}.")
        desk.write("ben", f"Let us play chess on board {number}.")
    desk.accept(batch)
    for name in ("ada", "ben"):
        prompts = Prompt.objects.filter(author=desk.world.users[name])
        assert (prompts.count(), prompts.values("split", "user_key").distinct().count()) == (3, 1)


def test_use_cases_take_turns_and_the_writer_chooses_where_it_is_open(desk: Desk):
    desk.batch(use_cases={"chat": 2, "any": 1})
    assert [task.brief.use_case for task in Task.objects.order_by("position")] == ["chat", "", "chat"]
    desk.write("ada", "Hello there, how was your day?")
    task = desk.take("ada")
    refused = desk.send("ada", task, "What is a comet?")
    assert refused.json()["errors"] == {"use_case": ["Say which use case this is."]}
    assert desk.send("ada", task, "What is a comet?", use_case="open_qa").status_code == 200
    assert WrittenPrompt.objects.get(text="What is a comet?").use_case == "open_qa"


@pytest.mark.parametrize(
    ("sent", "field", "word"),
    [
        ({"text": "  "}, "text", "empty"),
        ({"text": "a" * 20_001}, "text", "20,001"),
        ({"text": "Fine.", "use_case": "chat"}, "use_case", "another use case"),
        ({"text": "Fine.", "language": "de"}, "language", "en"),
        ({"text": "Fine.", "pairs": PAIRS}, "pairs", "no pairs"),
        ({"text": "TELL a tale of the fox and the grapes"}, "text", "begins with the same words"),
        ({"text": "Write to ann.lee@example.org for me."}, "text", "ann.lee@example.org"),
    ],
)
def test_what_is_refused_stands_beside_its_field_and_the_draft_is_kept(desk: Desk, sent: dict, field: str, word: str):
    desk.world.eva.post(
        f"{API}/projects/{desk.project.pk}/prompts/import",
        {"file": _file("Tell a tale of the fox and the grapes."), "consent": "true"},
        format="multipart",
    )
    desk.batch(language="en")
    task = desk.take("ada")
    draft = {"revision": task["draft_revision"], "draft": {"text": "so far"}}
    assert desk.world.ada.put(f"{API}/assignments/{task['id']}/draft", draft, format="json").status_code == 200
    refused = desk.send("ada", task, **sent)
    assert refused.status_code == 400
    assert word in str(refused.json()["errors"][field])
    assert desk.world.ada.get(f"{API}/assignments/{task['id']}").json()["draft"] == {"text": "so far"}
    assert not WrittenPrompt.objects.exists()


def _file(text: str) -> Any:
    from tests.working import upload

    return upload([{"prompt": text}])


def test_personal_data_that_is_meant_is_taken_and_masked_on_entering(desk: Desk):
    batch = desk.batch()
    task = desk.take("ada")
    text = "Write a mail to ann.lee@example.org about rain."
    assert set(desk.send("ada", task, text).json()["errors"]) == {"text", "personal_data"}
    assert desk.send("ada", task, text, personal_data_meant=True).status_code == 200
    desk.accept(batch)
    prompt = Prompt.objects.get()
    assert (text_of(prompt), prompt.personal_data) == ("Write a mail to [EMAIL] about rain.", ["email"])


def test_accepting_twice_makes_nothing_twice_and_taking_back_withdraws(desk: Desk):
    batch = desk.batch()
    desk.write("ada", "Write a ballad about the north wind.")
    desk.accept(batch)
    assert desk.decide(batch).status_code == 409
    assert desk.decide(batch, "withdraw-acceptance").json()["prompts_made"] == 0
    assert Prompt.objects.get().withdrawn_at is not None
    assert desk.accept(batch)["prompts_made"] == 1
    assert Prompt.objects.get().withdrawn_at is None
    assert WrittenExample.objects.count() == 1


def test_a_returned_answer_makes_nothing_and_its_correction_one(desk: Desk):
    batch = desk.batch(use_cases={"chat": 2})
    desk.write("ada", "Talk to me about the sea.")
    desk.write("ben", "Let us speak of cats.")
    desk.accept(batch)
    desk.decide(batch, "withdraw-acceptance")
    returned = desk.decide(batch, "return", reasons="Longer, please.")
    assert returned.status_code == 200
    # The one says the same again, which is no duplicate of their own; the other writes something else.
    desk.write("ada", "Talk to me about the sea.")
    desk.write("ben", "Let us speak of the habits of old cats.")
    assert desk.accept(batch)["prompts_made"] == 2
    standing = Prompt.objects.filter(withdrawn_at=None)
    assert sorted(map(text_of, standing)) == ["Let us speak of the habits of old cats.", "Talk to me about the sea."]


def test_a_rejected_answer_makes_nothing(desk: Desk):
    batch = desk.batch()
    desk.write("ada", "Write a ballad about the north wind.")
    judgment = WrittenPrompt.objects.get().judgment_id
    verdict = {"decision": "reject", "reasons": "Not of this kind."}
    assert desk.world.eva.post(f"{API}/judgments/{judgment}/verdict", verdict, format="json").status_code == 201
    desk.write("ben", "Write a ballad about the south wind.")
    desk.accept(batch)
    assert [text_of(prompt) for prompt in Prompt.objects.all()] == ["Write a ballad about the south wind."]


def test_two_writers_of_one_thing_make_one_prompt(desk: Desk):
    batch = desk.batch(use_cases={"generation": 2})
    desk.write("ada", "Write a ballad about the north wind.")
    desk.write("ben", "write a ballad about the north wind")
    assert desk.accept(batch)["prompts_made"] == 1
    assert Prompt.objects.get().author == desk.world.users["ada"]
    assert Event.objects.get(verb="prompts.written").data["duplicates"] == 1


def test_a_writer_never_gets_their_own_prompt(desk: Desk):
    batch = desk.batch()
    desk.write("ada", "Write a ballad about the north wind.")
    desk.accept(batch)
    desk.scene.publish(prompts=list(Prompt.objects.all()), overlap=2)
    assert desk.scene.next("ada") is None
    assert desk.scene.next("ben") is not None


def test_few_shot_refuses_too_few_and_equal_pairs(desk: Desk):
    desk.batch("few_shot", pairs=3)
    task = desk.take("ada")
    assert task["brief"]["pairs"] == 3
    few = desk.send("ada", task, "Say what it is.", pairs=PAIRS[:1]).json()["errors"]["pairs"]
    assert few == {"count": ["Write at least 3 pairs; there are 1."]}
    pairs = [*PAIRS[:2], {"query": "Apple ", "response": "a fruit"}, {"query": "", "response": " "}]
    errors = desk.send("ada", task, "Say what it is.", pairs=pairs).json()["errors"]["pairs"]
    assert errors["2"] == {"query": ["Pair 1 asks the same."]}
    assert set(errors["3"]) == {"query", "response"}
    assert desk.send("ada", task, "Say what it is.", pairs=PAIRS).status_code == 200


def test_k_pairs_are_k_prompts_each_with_the_others_in_context(desk: Desk):
    batch = desk.batch("few_shot")
    task = desk.write("ada", "Say what kind of thing it is.", pairs=PAIRS)
    shown = desk.world.ada.get(f"{API}/assignments/{task['id']}").json()
    assert (shown["submitted"]["text"], shown["submitted"]["pairs"]) == ("Say what kind of thing it is.", PAIRS)
    assert desk.accept(batch)["prompts_made"] == 3
    examples = WrittenExample.objects.order_by("index")
    assert [example.response for example in examples] == ["fruit", "vegetable", "fish"]
    assert examples[1].prompt.messages == [
        {"role": "user", "content": "Say what kind of thing it is.\n\napple"},
        {"role": "assistant", "content": "fruit"},
        {"role": "user", "content": "salmon"},
        {"role": "assistant", "content": "fish"},
        {"role": "user", "content": "carrot"},
    ]
    prompts = [example.prompt for example in examples]
    assert len({prompt.split for prompt in prompts}) == 1
    assert not any(prompt.held_back for prompt in prompts)


def _member(desk: Desk, name: str) -> Membership:
    return Membership.objects.select_related("user").get(project=desk.project, user=desk.world.users[name])


def test_user_based_enters_only_when_another_labeler_has_made_it_anonymous(desk: Desk):
    batch = desk.batch("user_based", about="Answers to guests of a small hotel.", language="en")
    text = "Answer Mrs. Lee (ann.lee@example.org), who wants a late breakfast at my hotel."
    desk.write("ada", text, personal_data_meant=True)
    assert desk.ask("anonymize").json()["code"] == "nothing_to_publish"
    assert desk.accept(batch)["prompts_made"] == 0
    anonymizing = desk.batch("anonymize")
    assert desk.ask("anonymize").json()["code"] == "nothing_to_publish", "each is made anonymous once"
    assert desk.scene.next("ada") is None, "not by who wrote it"
    assert takers_of(Task.objects.get(batch=anonymizing)).why_not(_member(desk, "ada")) == "They wrote this prompt."
    assert takers_of(Task.objects.get(batch=anonymizing)).why_not(_member(desk, "ben")) == ""
    task = desk.take("ben")
    assert (task["brief"]["source"], task["brief"]["suspected"]) == (text, ["ann.lee@example.org"])
    told = desk.world.ben.get(f"{API}/assignments/{task['id']}").content.decode()
    writer = desk.world.users["ada"]
    assert not re.search(r"\bada\b|person-0", told)
    assert str(writer.pk) not in told
    assert str(WrittenPrompt.objects.get().judgment_id) not in told
    refused = desk.send("ben", task, text, personal_data_meant=True)
    assert set(refused.json()["errors"]) == {"text", "personal_data"}, "here it cannot be meant"
    anonymous = "Answer a guest who wants a late breakfast at my hotel."
    assert desk.send("ben", task, anonymous).status_code == 200
    assert desk.accept(anonymizing)["prompts_made"] == 1
    prompt = Prompt.objects.get()
    assert (text_of(prompt), prompt.use_case, prompt.language) == (anonymous, "generation", "en")
    assert (prompt.author, prompt.first_author) == (desk.world.users["ben"], writer)
    desk.scene.publish(prompts=[prompt], overlap=3)
    assert desk.scene.next("ada") is None, "a task on it is for neither"
    assert desk.scene.next("ben") is None
    assert desk.scene.next("chi") is not None


def test_a_source_whose_acceptance_is_taken_back_is_made_anonymous_no_further(desk: Desk):
    batch = desk.batch("user_based")
    desk.write("ada", "Plan my week for me, with time for the garden.")
    desk.accept(batch)
    desk.batch("anonymize")
    task = desk.take("ben")
    desk.decide(batch, "withdraw-acceptance")
    assert desk.send("ben", task, "Plan a week with time for a garden.").status_code == 409
    assert desk.scene.next("chi") is None
    desk.accept(batch)
    assert desk.ask("anonymize").status_code == 201, "it waits again"


def test_what_does_not_fit_is_not_published(desk: Desk):
    assert "use_cases" in desk.ask(use_cases={"poetry": 1}).json()["errors"]
    assert "use_cases" in desk.ask(use_cases={"chat": 0}).json()["errors"]
    assert "use_cases" in desk.ask(lacking=3).json()["errors"], "one of the two"
    assert "use_cases" in desk.ask("anonymize", use_cases={"chat": 1}).json()["errors"]
    assert "overlap" in desk.ask("anonymize", overlap=2).json()["errors"]
    assert "language" in desk.ask(language="not a code").json()["errors"]
    body = {"kind": "prompt", "prompts": {}}
    refused = desk.world.eva.post(f"{API}/projects/{desk.project.pk}/batches", body, format="json")
    assert "kind" in refused.json()["errors"]
    assert not Batch.objects.exists()


def test_what_the_project_lacks_beside_the_paper(desk: Desk):
    rows = [{"prompt": f"Tale number {number}.", "use_case": "generation"} for number in range(50)]
    from tests.working import import_prompts

    import_prompts(desk.world, rows)
    desk.batch(use_cases={"open_qa": 10})
    needs = desk.world.eva.get(f"{API}/projects/{desk.project.pk}/writing", {"count": 40}).json()
    by_case = {need["use_case"]: need for need in needs["use_cases"]}
    assert needs["total"] == 50
    assert (by_case["generation"]["have"], by_case["generation"]["proposed"]) == (50, 0)
    assert (by_case["open_qa"]["asked"], by_case["open_qa"]["paper_percent"]) == (10, 12.4)
    # 100 in all: 11.2 % of brainstorming are lacking whole, of open QA about two.
    assert sum(need["proposed"] for need in by_case.values()) == 40
    assert by_case["brainstorming"]["proposed"] > by_case["extract"]["proposed"] >= 1
    assert by_case["open_qa"]["proposed"] <= 3


def test_a_number_is_divided_by_what_is_lacking(desk: Desk):
    body = {"sort": "plain", "lacking": 100}
    answer = desk.world.eva.post(f"{API}/projects/{desk.project.pk}/writing", body, format="json")
    assert answer.status_code == 201
    asked = Counter(task.brief.use_case for task in Task.objects.all())
    assert (asked["generation"], asked["open_qa"], asked["extract"]) == (46, 12, 2)


def test_hints_say_what_is_rare_and_how_prompts_begin(desk: Desk):
    from tests.working import import_prompts

    rows = [
        {"prompt": f"Write a story about river {number}.", "use_case": "generation", "language": "en"}
        for number in range(4)
    ]
    import_prompts(desk.world, rows)
    desk.batch()
    brief = desk.take("ada")["brief"]
    assert (brief["have"], brief["openings"], brief["languages"]) == (4, ["Write a story"], {"en": 4})
    assert brief["rare_use_cases"] == ["open_qa", "brainstorming", "chat"]


def test_history_and_review_show_what_was_written(desk: Desk):
    batch = desk.batch("few_shot")
    desk.write("ada", "Say what kind of thing it is.", pairs=PAIRS)
    (line,) = desk.world.ada.get(f"{API}/assignments").json()["results"]
    assert (line["kind"], line["title"]) == ("prompt", "Say what kind of thing it is.")
    assert desk.world.ada.get(f"{API}/home").json()["projects"][0]["waiting"]["prompt"] == 0
    desk.accept(batch)
    (item,) = desk.world.eva.get(f"{API}/batches/{batch.pk}/items").json()["results"]
    assert (item["prompt"], item["brief"]["sort"], item["brief"]["pairs"]) == (None, "few_shot", 3)
    written = item["judgments"][0]["written"]
    assert (written["pairs"], len(written["prompts"])) == (PAIRS, 3)


def test_a_question_about_a_writing_task_shows_its_brief(desk: Desk):
    desk.batch(about="Rain.")
    task = desk.take("ada")
    asked = desk.scene.post(
        "ada", task, "questions", {"submission_id": str(uuid.uuid4()), "text": "How long may it be?"}
    )
    assert asked.status_code == 201
    thread = desk.world.eva.get(f"{API}/questions/{asked.json()['id']}").json()
    assert (thread["item"]["messages"], thread["item"]["brief"]["about"]) == ([], "Rain.")


def test_a_correction_and_an_undo_keep_every_revision(desk: Desk):
    desk.project.undo_seconds = 600
    desk.project.save()
    desk.batch()
    task = desk.write("ada", "Write a ballad about the north wind.")
    assert desk.send("ada", task, "Write a ballad about the east wind.").status_code == 200
    assert desk.scene.post("ada", task, "undo").status_code == 200
    revisions = desk.world.ada.get(f"{API}/assignments/{task['id']}/revisions").json()["results"]
    texts = [revision["submitted"] and revision["submitted"]["text"] for revision in revisions]
    assert texts == [None, "Write a ballad about the east wind.", "Write a ballad about the north wind."]


def test_a_task_may_be_withdrawn_and_given_back(desk: Desk):
    desk.batch()
    task = Task.objects.get()
    assert desk.world.eva.post(f"{API}/tasks/{task.pk}/withdraw").status_code == 200
    assert desk.scene.next("ada") is None
    assert desk.world.eva.post(f"{API}/tasks/{task.pk}/reopen").status_code == 200
    assert desk.take("ada")


def test_what_was_written_is_append_only_and_a_task_has_a_prompt_or_a_brief(desk: Desk):
    desk.batch()
    desk.write("ada", "Write a ballad about the north wind.")
    for change in (
        lambda: WrittenPrompt.objects.update(text="Else."),
        lambda: WrittenPrompt.objects.all().delete(),
        lambda: Task.objects.update(kind="demonstration"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Slot.objects.get().state == "done"

"""The review desk: what wants eyes comes first, verdicts go one by one, and nobody overrules anybody unawares."""

import uuid

import pytest

from labeling.collection.models import Assignment, Batch, Judgment
from labeling.projects.models import Rubric
from labeling.review.models import JudgmentRisk, Verdict
from tests.cast import World
from tests.working import answer_of, finish_batch, import_prompts, publish_comparisons, publish_demonstrations


def judge(world: World, judgment: object, decision: str, name: str = "eva", **body: object):
    return world.client(name).post(
        f"/api/v1/judgments/{judgment}/verdict", {"decision": decision, **body}, format="json"
    )


def queue(world: World, batch: Batch, **query: object) -> list[dict]:
    answer = world.eva.get(f"/api/v1/batches/{batch.pk}/review/queue", query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def judgments_of(batch: Batch, name: str) -> list[Judgment]:
    found = Judgment.objects.filter(assignment__task__batch=batch, assignment__labeler__username=name, current=True)
    return list(found.order_by("assignment__task__position"))


def answer_all(world: World, name: str, change=lambda number, body: body) -> None:
    """Have this labeler answer all that is left for them, each answer changed as wanted."""
    client, number = world.client(name), 0
    while (
        shown := client.post(f"/api/v1/projects/{world.project.pk}/tasks/next", {}, format="json")
    ).status_code == 200:
        body = change(number, answer_of(shown.json(), f"An answer of {name} to number {number}."))
        sent = client.post(f"/api/v1/assignments/{shown.json()['id']}/submit", body, format="json")
        assert sent.status_code == 200, sent.content
        number += 1
    world.project.undo_seconds = 0
    world.project.save()


@pytest.fixture
def batch(world: World) -> Batch:
    """Three comparisons by ada and ben; ben ranks the last one the other way round, against his own ratings."""
    batch = publish_comparisons(world, prompts=3)
    finish_batch(world, batch, "ada")
    answer_all(world, "ben", lambda number, body: body | {"ranking": body["ranking"][::-1]} if number == 2 else body)
    return batch


def test_the_riskiest_item_comes_first_and_says_why(world: World, batch: Batch):
    rows = queue(world, batch)
    (riskiest,) = [judgment.assignment.task_id for judgment in judgments_of(batch, "ben")[2:]]
    assert rows[0]["task"] == str(riskiest)
    assert rows[0]["signals"] == ["disagreement", "contradiction"]
    assert [row["awaiting"] for row in rows] == [2, 2, 2]
    assert [row["score"] for row in rows[1:]] == [0, 0]

    item = world.eva.get(f"/api/v1/tasks/{riskiest}/review").json()
    of_ben = next(note for note in item["judgments"] if note["judgment"] == str(judgments_of(batch, "ben")[2].pk))
    assert of_ben["signals"][0] == {"name": "disagreement", "points": 5.0, "values": {"percent": 100, "others": 1}}
    assert of_ben["signals"][1]["values"] == {"pairs": 6, "all_pairs": 6}
    assert "model" in item["item"]["candidates"][0], "researchers see the models"


def test_the_summary_counts_each_signal_and_leads_to_its_queue(world: World, batch: Batch):
    summary = world.eva.get(f"/api/v1/batches/{batch.pk}/review").json()
    counts = {line["name"]: line["judgments"] for line in summary["signals"]}
    assert (counts["disagreement"], counts["contradiction"], counts["copied"]) == (2, 1, 0)
    assert (summary["judgments"], summary["awaiting"], summary["awaiting_items"], summary["unscored"]) == (6, 6, 3, 0)
    assert [row["awaiting"] for row in queue(world, batch, signal="contradiction")] == [1]
    assert queue(world, batch, signal="copied") == []
    ben = next(line["labeler"] for line in summary["labelers"] if line["risk"] > 2)
    assert [row["awaiting"] for row in queue(world, batch, labeler=ben)] == [1, 1, 1]
    assert world.eva.get(f"/api/v1/batches/{batch.pk}/review/queue", {"signal": "pk__in"}).status_code == 400


def test_pages_neither_repeat_nor_skip_while_verdicts_are_given(world: World, batch: Batch):
    url = f"/api/v1/batches/{batch.pk}/review/queue"
    first = world.eva.get(url, {"limit": 1}).json()
    for judgment in Judgment.objects.filter(assignment__task=first["results"][0]["task"], current=True):
        assert judge(world, judgment.pk, "accept").status_code == 201
    seen = [first["results"][0]["task"]]
    after = first["next"]
    while after:
        page = world.eva.get(url, {"limit": 1, "cursor": after}).json()
        seen += [row["task"] for row in page["results"]]
        after = page["next"]
    assert len(seen) == len(set(seen)) == 3
    assert len(queue(world, batch)) == 2, "what is decided has left the queue"
    assert world.eva.get(url, {"cursor": "made up"}).status_code == 400


def test_a_queue_of_the_whole_project_takes_what_waits_longest_among_what_is_equal(world: World, batch: Batch):
    other = publish_comparisons(world, prompts=1, first=20)
    finish_batch(world, other, "ada", "ben")
    url = f"/api/v1/projects/{world.project.pk}/review/queue"
    world.eva.get(url)
    Batch.objects.filter(pk=other.pk).update(in_review_at="2020-01-01T00:00:00Z")
    rows = world.eva.get(url).json()["results"]
    assert [row["batch_name"] for row in rows] == [other.name] + [batch.name] * 3


def test_the_same_verdict_sent_again_is_one(world: World, batch: Batch):
    judgment = judgments_of(batch, "ada")[0].pk
    body = {"submission_id": str(uuid.uuid4()), "seen": None}
    first = judge(world, judgment, "accept", **body)
    again = judge(world, judgment, "accept", **body)
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert Verdict.objects.count() == 1
    other = judge(world, judgments_of(batch, "ada")[1].pk, "accept", **body)
    assert (other.status_code, other.json()["code"]) == (409, "submission_differs")


def test_a_colleagues_verdict_is_never_overruled_unawares(world: World, batch: Batch):
    judgment = judgments_of(batch, "ada")[0].pk
    given = judge(world, judgment, "accept", name="gil", seen=None).json()
    late = judge(world, judgment, "return", reasons="No.", seen=None)
    assert (late.status_code, late.json()["code"]) == (409, "verdict_given")
    assert "gil" in late.json()["detail"]
    assert judge(world, judgment, "return", reasons="No.", seen=given["id"]).status_code == 201, "knowing it, one may"
    assert [verdict.decision for verdict in Verdict.objects.filter(standing=True)] == ["return"]


def test_a_correction_meanwhile_is_told_with_the_new_answer(world: World, batch: Batch):
    judgment, *_ = judgments_of(batch, "ada")
    queue(world, batch)
    assert judge(world, judgments_of(batch, "ben")[2].pk, "return", reasons="Look again.").status_code == 201
    shown = world.ada.get(f"/api/v1/assignments/{judgment.assignment_id}").json()
    body = answer_of(shown, "") | {"submission_id": str(uuid.uuid4()), "active_seconds": 9}
    assert (
        world.ada.post(f"/api/v1/assignments/{judgment.assignment_id}/submit", body, format="json").status_code == 200
    )
    late = judge(world, judgment.pk, "accept", seen=None)
    newer = judgments_of(batch, "ada")[0].pk
    assert (late.status_code, late.json()["code"], late.json()["current"]) == (409, "not_current", str(newer))
    history = world.eva.get(f"/api/v1/judgments/{newer}/history").json()
    assert [line["action"] for line in history["revisions"]] == ["correct", "submit"]
    assert judge(world, newer, "accept", seen=None).status_code == 201


def test_undo_gives_back_what_a_verdict_did(world: World, batch: Batch):
    judgment, other, *_ = judgments_of(batch, "ada")
    queue(world, batch)
    accepted = judge(world, judgment.pk, "accept").json()["id"]
    returned = judge(world, judgment.pk, "return", reasons="Too hasty.").json()["id"]
    early = world.eva.post(f"/api/v1/verdicts/{accepted}/undo")
    assert (early.status_code, early.json()["code"]) == (409, "verdict_given"), "the newer one stands"
    undone = world.eva.post(f"/api/v1/verdicts/{returned}/undo")
    assert undone.json()["decision"] == "withdraw"
    assert world.eva.post(f"/api/v1/verdicts/{returned}/undo").json()["id"] == undone.json()["id"]
    assignment = Assignment.objects.get(pk=judgment.assignment_id)
    assert (assignment.state, assignment.returned_at, assignment.return_reasons) == ("submitted", None, "")
    assert Verdict.objects.get(judgment=judgment, standing=True).pk == uuid.UUID(accepted), (
        "the one before counts again"
    )
    assert world.eva.get(f"/api/v1/batches/{batch.pk}").json()["status"] == "in_review"

    rejected = judge(world, other.pk, "reject", reasons="Copied.").json()["id"]
    assert world.eva.post(f"/api/v1/verdicts/{rejected}/undo").status_code == 200
    assert Assignment.objects.get(pk=other.assignment_id).slot.state == "done"
    assert len(queue(world, batch)) == 3


def test_what_a_labeler_has_begun_stays_returned(world: World, batch: Batch):
    judgment, other, *_ = judgments_of(batch, "ada")
    returned = judge(world, judgment.pk, "return", reasons="Too hasty.").json()["id"]
    rejected = judge(world, other.pk, "reject", reasons="Copied.").json()["id"]
    tasks = f"/api/v1/projects/{world.project.pk}/tasks/next"
    assert world.ada.post(tasks, {}, format="json").json()["id"] == str(judgment.assignment_id)
    assert world.chi.post(tasks, {}, format="json").status_code == 200
    for verdict in (returned, rejected):
        late = world.eva.post(f"/api/v1/verdicts/{verdict}/undo")
        assert (late.status_code, late.json()["code"]) == (409, "begun")
    assert Verdict.objects.filter(standing=True).count() == 2


def test_corrected_work_comes_back_with_its_history(world: World, batch: Batch):
    judgment = judgments_of(batch, "ada")[0]
    queue(world, batch)
    judge(world, judgment.pk, "return", reasons="Too hasty.")
    answer_all(world, "ada")
    rows = queue(world, batch)
    came_back = next(row for row in rows if row["task"] == str(judgment.assignment.task_id))
    assert came_back["signals"] == ["came_back"]
    newer = judgments_of(batch, "ada")[0].pk
    history = world.eva.get(f"/api/v1/judgments/{newer}/history").json()
    assert [(line["decision"], line["reasons"], line["revision"], line["undone"]) for line in history["verdicts"]] == [
        ("return", "Too hasty.", 1, False)
    ]


def test_risks_follow_the_items_answers_and_are_computed_once(world: World, batch: Batch):
    queue(world, batch)
    before = dict(JudgmentRisk.objects.values_list("judgment", "score"))
    assert len(before) == 6
    assert sorted(before.values())[-2:] == [5.0, 9.0]
    odd = judgments_of(batch, "ben")[2]
    judge(world, odd.pk, "reject", reasons="Against your own ratings.")
    queue(world, batch)
    after = dict(JudgmentRisk.objects.values_list("judgment", "score"))
    assert set(before) - set(after) == {odd.pk}
    assert sorted(after.values()) == [0] * 5, "nobody is left to disagree with"


def signals_by_task(world: World, batch: Batch) -> dict[str, list[dict]]:
    queue(world, batch)
    rows = JudgmentRisk.objects.filter(batch=batch).order_by("task__position", "judgment__created_at")
    return {risk.task.prompt.messages[0]["content"]: risk.signals for risk in rows}


def test_what_was_copied_from_the_prompt_or_from_oneself_is_told(world: World):
    asked = ["Write one long sentence about the sea and its many fishes", "Write one about hills", "And one about bees"]
    import_prompts(world, [{"prompt": text, "source": "copied"} for text in asked])
    body = {"kind": "demonstration", "prompts": {"source": "copied"}, "overlap": 1}
    made = world.eva.post(f"/api/v1/projects/{world.project.pk}/batches", body, format="json").json()["id"]
    same = "The hills are green and round and full of sheep in spring."
    wrote = {asked[0]: f"{asked[0]}.", asked[1]: same, asked[2]: same.upper()}
    while (
        shown := world.ada.post(f"/api/v1/projects/{world.project.pk}/tasks/next", {}, format="json")
    ).status_code == 200:
        answer = answer_of(shown.json(), wrote[shown.json()["prompt"]["messages"][0]["content"]])
        url = f"/api/v1/assignments/{shown.json()['id']}/submit"
        assert world.ada.post(url, answer, format="json").status_code == 200
    told = signals_by_task(world, Batch.objects.get(pk=made))
    first = judgments_of(Batch.objects.get(pk=made), "ada")[1]
    assert {
        text: [signal["values"] for signal in signals if signal["name"] == "copied"] for text, signals in told.items()
    } == {
        asked[0]: [{"source": "prompt", "percent": 100}],
        asked[1]: [],
        asked[2]: [{"source": "own", "percent": 100, "judgment": str(first.pk)}],
    }


def test_flags_and_what_notes_give_away_are_told(world: World):
    flag = "hallucination"
    content = {"output_flags": [{"key": flag, "label": "Hallucination"}], "prompt_flags": []}
    Rubric.objects.create(project=world.project, version=1, content=content)
    batch = publish_comparisons(world, prompts=1)

    def change(_: int, body: dict) -> dict:
        body["ratings"][2] |= {"note": "Ask me at ada.lovelace@example.org.", "flags": {flag: True}}
        return body

    answer_all(world, "ada", change)
    (signals,) = signals_by_task(world, batch).values()
    assert {signal["name"]: signal["values"] for signal in signals} == {
        "personal_data": {"kinds": {"email": 1}},
        "flags": {"flags": [flag], "count": 1, "alone": []},
    }


def test_a_long_batch_is_scored_in_parts(world: World, batch: Batch, monkeypatch: pytest.MonkeyPatch):
    from labeling.review.desk import views
    from labeling.review.desk.scoring import score_some

    monkeypatch.setattr(views, "score_some", lambda batch: score_some(batch, chunk=2))
    url = f"/api/v1/batches/{batch.pk}/review"
    assert [world.eva.get(url).json()["unscored"] for _ in range(4)] == [4, 2, 0, 0]


def test_one_sees_who_else_looks_at_an_item(world: World, batch: Batch):
    first, second, *_ = [row["task"] for row in queue(world, batch)]
    assert world.gil.post(f"/api/v1/tasks/{first}/look").json() == {"looking": []}
    assert world.eva.post(f"/api/v1/tasks/{first}/look").json() == {"looking": ["gil"]}
    assert [row["looking"] for row in queue(world, batch)] == [["gil"], [], []]
    assert world.eva.get(f"/api/v1/tasks/{first}/review").json()["looking"] == ["gil"]
    world.gil.post(f"/api/v1/tasks/{second}/look")
    assert [row["looking"] for row in queue(world, batch)] == [[], ["gil"], []]


def test_an_accepted_batch_has_no_queue(world: World):
    batch = publish_demonstrations(world, prompts=2)
    finish_batch(world, batch, "ada", "ben")
    assert len(queue(world, batch)) == 2
    world.eva.post(f"/api/v1/batches/{batch.pk}/accept", {}, format="json")
    assert queue(world, batch) == []
    assert world.eva.get(f"/api/v1/batches/{batch.pk}/review").json()["awaiting"] == 0

"""Freezing: what enters, what stays out and is counted, the hash, and that it is final."""

import hashlib
import json
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.accounts.models import Event
from labeling.collection.models import Batch, Judgment, Prompt
from labeling.datasets.models import Snapshot
from labeling.datasets.reading import Reading
from tests.cast import World
from tests.working import finish_batch, publish_comparisons, publish_demonstrations


def accept(world: World, batch: Batch) -> None:
    answer = world.eva.post(f"/api/v1/batches/{batch.pk}/accept", {}, format="json")
    assert answer.status_code == 200, answer.content


def freeze(world: World, kind: str, name: str = "eva"):
    body = {"project": str(world.project.pk), "kind": kind}
    return world.client(name).post("/api/v1/snapshots", body, format="json")


def records(world: World, snapshot: dict) -> list[dict]:
    answer = world.eva.get(f"/api/v1/snapshots/{snapshot['id']}/download")
    content = b"".join(answer.streaming_content)
    assert hashlib.sha256(content).hexdigest() == snapshot["sha256"]
    assert answer["Content-Disposition"].startswith("attachment")
    return [json.loads(line) for line in content.splitlines()]


def test_only_accepted_work_on_prompts_with_consent_enters(world: World):
    assert freeze(world, "demonstrations").status_code == 400, "there is nothing to freeze yet"
    batch = publish_demonstrations(world, prompts=3)
    silent = Prompt.objects.order_by("pk").first()
    Prompt.objects.filter(pk=silent.pk).update(consent=False)
    finish_batch(world, batch, "ada", "eva")
    assert freeze(world, "demonstrations").status_code == 400, "nothing is accepted yet"
    accept(world, batch)
    snapshot = freeze(world, "demonstrations").json()
    held = records(world, snapshot)
    assert len(held) == 2
    assert snapshot["counts"]["left_out"] == {"labeler not of the training pool": 3, "no consent": 1}
    record = held[0]
    assert set(record) == {
        "id", "prompt", "messages", "response", "labeler", "pool", "split", "use_case", "language", "batch", "task",
        "guideline", "rubric",
    }  # fmt: skip
    assert record["labeler"] == "person-0", "the pseudonym, not the name"
    told = json.dumps([record | {"response": ""} for record in held])
    assert not re.search(r"\bada\b", told), "as a word: an id may well hold these letters"
    assert silent.pk not in {record["prompt"] for record in held}


def test_the_same_content_gives_the_same_snapshot_and_new_content_another(world: World):
    batch = publish_demonstrations(world, prompts=2)
    finish_batch(world, batch, "ada", "ben")
    accept(world, batch)
    first, again = freeze(world, "demonstrations").json(), freeze(world, "demonstrations").json()
    assert first["id"] == again["id"]
    more = publish_demonstrations(world, prompts=1, first=50)
    finish_batch(world, more, "ada", "ben")
    accept(world, more)
    other = freeze(world, "demonstrations").json()
    assert other["sha256"] != first["sha256"]
    assert len(records(world, first)) == 4, "the first one stays as it was"


def test_a_frozen_acceptance_cannot_be_taken_back(world: World):
    batch = publish_demonstrations(world, prompts=1)
    finish_batch(world, batch, "ada", "ben")
    accept(world, batch)
    freeze(world, "demonstrations")
    answer = world.eva.post(f"/api/v1/batches/{batch.pk}/withdraw-acceptance", {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "frozen")


def test_comparisons_carry_candidates_ranks_and_ratings_in_one_order(world: World):
    batch = publish_comparisons(world, prompts=1, k=4)
    finish_batch(world, batch, "ada", "ben")
    accept(world, batch)
    held = records(world, freeze(world, "comparisons").json())
    assert len(held) == 2
    for record in held:
        texts = [candidate["text"] for candidate in record["candidates"]]
        assert texts == sorted(texts), "by creation"
        assert record["ranks"] == [1, 2, 3, 4]
        assert [rating["overall"] for rating in record["ratings"]] == [7, 6, 5, 4]
        assert sorted(record["positions"]) == [0, 1, 2, 3]
        assert {candidate["model"] for candidate in record["candidates"]} == {"model-0", "model-1"}
    assert held[0]["positions"] != [0, 1, 2, 3] or held[1]["positions"] != [0, 1, 2, 3], "shown in shuffled orders"


@pytest.mark.parametrize(
    "kind, publish", [("comparisons", publish_comparisons), ("demonstrations", publish_demonstrations)]
)
def test_it_asks_the_database_no_more_where_there_is_more(
    world: World, monkeypatch: pytest.MonkeyPatch, kind: str, publish: Callable[..., Batch]
):
    def read(prompts: int, first: int) -> tuple[list[str], int]:
        batch = publish(world, prompts=prompts, first=first)
        finish_batch(world, batch, "ada", "ben")
        accept(world, batch)
        with CaptureQueriesContext(connection) as asked:
            lines = list(Reading(world.project, kind).lines())
        return [line.record["id"] for line in lines], len(asked)

    few, asked = read(1, 0)
    many, asked_of_many = read(5, 10)
    assert (len(few), len(many)) == (2, 12)
    assert asked_of_many == asked
    monkeypatch.setattr("labeling.datasets.reading.CHUNK", 5)
    in_chunks = [line.record["id"] for line in Reading(world.project, kind).lines()]
    assert in_chunks == many


def test_one_text_on_two_sides_of_the_split_is_refused(world: World):
    batch = publish_demonstrations(world, prompts=2)
    one, other = Prompt.objects.order_by("pk")
    # No import makes this; a mistake by hand in the database could.
    Prompt.objects.filter(pk=one.pk).update(split="train")
    Prompt.objects.filter(pk=other.pk).update(split="valid", text_key=one.text_key)
    finish_batch(world, batch, "ada", "ben")
    accept(world, batch)
    answer = freeze(world, "demonstrations")
    assert (answer.status_code, answer.json()["code"]) == (409, "split_leak")
    assert not Snapshot.objects.exists()


def test_prompts_are_frozen_labeled_or_not_and_paged(world: World):
    publish_demonstrations(world, prompts=60)
    snapshot = freeze(world, "prompts").json()
    assert snapshot["counts"]["records"] == 60
    page = world.eva.get(f"/api/v1/snapshots/{snapshot['id']}/records").json()
    assert (len(page["results"]), page["next"]) == (50, "51")
    rest = world.eva.get(f"/api/v1/snapshots/{snapshot['id']}/records?cursor=51").json()
    assert (len(rest["results"]), rest["next"]) == (10, None)
    assert set(rest["results"][0]["record"]) == {"id", "messages", "split", "use_case", "language", "source"}


@pytest.mark.parametrize(("name", "status"), [("ada", 403), ("finn", 404), ("gil", 201)])
def test_who_may_freeze(world: World, name: str, status: int):
    publish_demonstrations(world, prompts=1)
    assert freeze(world, "prompts", name).status_code == status


@pytest.mark.django_db(transaction=True)
def test_two_freezes_at_once_end_with_one_snapshot(world: World):
    batch = publish_demonstrations(world, prompts=3)
    finish_batch(world, batch, "ada", "ben")
    accept(world, batch)
    together = threading.Barrier(4)

    def work(_: int) -> dict:
        try:
            together.wait()
            answer = freeze(world, "demonstrations")
            assert answer.status_code in (200, 201), answer.content
            return answer.json()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(work, range(4)))
    assert len({snapshot["id"] for snapshot in made}) == 1
    assert Snapshot.objects.count() == 1
    assert Event.objects.filter(verb="snapshot.frozen").count() == 1
    assert len(records(world, made[0])) == 6


def test_a_few_shot_prompt_is_k_demonstrations_of_its_writer_on_one_side(world: World):
    world.project.undo_seconds = 0
    world.project.save()
    asked = {"sort": "few_shot", "use_cases": {"classification": 2}, "language": "en", "pairs": 2}
    path = f"/api/v1/projects/{world.project.pk}"
    batch = Batch.objects.get(pk=world.eva.post(f"{path}/writing", asked, format="json").json()["id"])
    for name in ("ada", "eva"):
        task = world.client(name).post(f"{path}/tasks/next", {}, format="json").json()
        pairs = [
            {"query": f"A robin, asks {name}", "response": "bird"},
            {"query": f"An oak, asks {name}", "response": "tree"},
        ]
        written = {"text": "Say what it is.", "pairs": pairs, "submission_id": task["id"]}
        sent = world.client(name).post(f"/api/v1/assignments/{task['id']}/submit", written, format="json")
        assert sent.status_code == 200, sent.content
    assert freeze(world, "demonstrations").status_code == 400, "nothing is accepted yet"
    accept(world, batch)
    snapshot = freeze(world, "demonstrations").json()
    robin, oak = records(world, snapshot)
    assert snapshot["counts"]["left_out"] == {"labeler not of the training pool": 2}
    assert robin["messages"] == [
        {"role": "user", "content": "Say what it is.\n\nAn oak, asks ada"},
        {"role": "assistant", "content": "tree"},
        {"role": "user", "content": "A robin, asks ada"},
    ]
    assert [record["response"] for record in (robin, oak)] == ["bird", "tree"]
    assert {record["labeler"] for record in (robin, oak)} == {"person-0"}
    assert robin["split"] == oak["split"]
    assert robin["id"] != oak["id"]
    assert set(robin) == {
        "id", "prompt", "messages", "response", "labeler", "pool", "split", "use_case", "language", "batch", "task",
        "guideline", "rubric",
    }  # fmt: skip
    assert freeze(world, "demonstrations").json()["id"] == snapshot["id"], "the order is fixed"
    assert world.eva.post(f"/api/v1/batches/{batch.pk}/withdraw-acceptance", {}, format="json").status_code == 409


def test_the_default_recipe_writes_what_was_written_before_there_were_recipes(world: World):
    """Byte for byte: the fixed points' fields in canonical JSON, by prompt and then by judgment."""
    batch = publish_comparisons(world, prompts=2)
    finish_batch(world, batch, "ada", "ben")
    accept(world, batch)
    judgments = Judgment.objects.filter(current=True).select_related("assignment__task__prompt")
    lines = []
    for judgment in judgments.order_by("assignment__task__prompt_id", "pk"):
        task, prompt = judgment.assignment.task, judgment.assignment.task.prompt
        ratings = list(judgment.comparison.ratings.order_by("candidate__order").select_related("candidate"))
        record = {
            "id": str(judgment.pk),
            "prompt": str(prompt.pk),
            "messages": prompt.messages,
            "candidates": [
                {
                    "id": str(rating.candidate_id),
                    "text": rating.candidate.text,
                    "model": rating.candidate.generation.model.name,
                }
                for rating in ratings
            ],
            "ranks": [rating.rank for rating in ratings],
            "ratings": [{"overall": one.overall, "flags": one.flags, "note": one.note} for one in ratings],
            "positions": [rating.position for rating in ratings],
            "labeler": world.project.memberships.get(user=judgment.assignment.labeler_id).pseudonym,
            "pool": "training",
            "split": prompt.split,
            "use_case": prompt.use_case,
            "language": prompt.language,
            "batch": str(task.batch_id),
            "task": str(task.pk),
            "guideline": str(judgment.guideline_id or ""),
            "rubric": str(judgment.rubric_id or ""),
        }
        lines.append(json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n")
    content = "".join(lines).encode()
    assert len(lines) == 4
    assert freeze(world, "comparisons").json()["sha256"] == hashlib.sha256(content).hexdigest()

"""POST /projects/ID/batches: prompts become tasks."""

import uuid

import pytest

from labeling.collection.cleaning.texts import digest
from labeling.collection.models import Batch, Candidate, Slot, Task, TaskCandidate
from labeling.collection.services.add_candidates import NewCandidate, add_candidates
from labeling.projects.models import Project
from labeling.registry.models import Generation, ModelVersion
from tests.collection.conftest import API, Scene


def publish(scene: Scene, body: dict, by: str = "eva"):
    return scene.world.client(by).post(f"{API}/projects/{scene.project.pk}/batches", body, format="json")


def ids(prompts: list) -> list[str]:
    return [str(prompt.pk) for prompt in prompts]


def test_demonstrations_by_ids(scene: Scene):
    prompts = scene.prompts(2)
    answer = publish(scene, {"kind": "demonstration", "prompts": ids(prompts), "overlap": 3, "name": "First"})
    assert answer.status_code == 201
    batch = answer.json()
    assert (batch["name"], batch["number"], batch["status"], batch["tasks"]) == ("First", 1, "open", 2)
    assert batch["slots"] == {"free": 6, "held": 0, "done": 0, "closed": 0}
    assert list(Task.objects.order_by("position").values_list("prompt", flat=True)) == [p.pk for p in prompts]
    assert scene.publish().number == 2


def test_overlap_k_and_pools_are_the_projects_unless_said(scene: Scene):
    scene.prompts(1, outputs=6)
    batch = publish(scene, {"kind": "comparison", "prompts": {}}).json()
    assert (batch["overlap"], batch["pools"]) == (2, ["training", "researcher"])
    assert TaskCandidate.objects.count() == 4
    Project.objects.update(purpose="evaluation")
    assert publish(scene, {"kind": "demonstration", "prompts": {}}).json()["pools"] == [
        "training", "held_out", "researcher",
    ]  # fmt: skip


def test_k_outputs_and_in_words_where_there_are_fewer(scene: Scene):
    scene.prompts(1, outputs=9)
    scene.prompts(2, outputs=3)
    answer = publish(scene, {"kind": "comparison", "prompts": {}, "k": 5}).json()
    assert sorted(task.candidates.count() for task in Task.objects.all()) == [3, 3, 5]
    assert answer["notes"] == ["2 tasks have 3 outputs, fewer than the 5 asked for."]


def test_outputs_are_drawn_by_the_lot_of_the_batch(scene: Scene):
    scene.prompts(3, outputs=9)
    body = {"kind": "comparison", "prompts": {}, "k": 4}
    for number in ("1", "2"):
        batch = publish(scene, body).json()["id"]
        for task in Task.objects.filter(batch=batch):
            outputs = task.prompt.candidates.values_list("pk", flat=True)
            by_lot = sorted(outputs, key=lambda output, number=number: digest("draw", number, str(output)))
            assert set(task.candidates.values_list("pk", flat=True)) == set(by_lot[:4])


def test_equal_texts_count_once_and_one_output_is_not_enough(scene: Scene):
    same, enough = scene.prompts(2)
    for text in ("Same.", "Same."):
        add_candidates([NewCandidate(same.pk, text)])
    add_candidates([NewCandidate(enough.pk, text) for text in ("One.", "Two.", "Two.")])
    answer = publish(scene, {"kind": "comparison", "prompts": ids([same, enough])}).json()
    assert [skipped["prompt"] for skipped in answer["skipped"]] == [str(same.pk)]
    assert "two different outputs" in answer["skipped"][0]["reason"]
    assert Task.objects.get().candidates.count() == 2


def test_nothing_to_publish_is_refused_with_the_reasons(scene: Scene):
    prompts = scene.prompts(2)
    refused = publish(scene, {"kind": "comparison", "prompts": ids(prompts)})
    assert (refused.status_code, refused.json()["code"]) == (400, "nothing_to_publish")
    assert [skipped["prompt"] for skipped in refused.json()["skipped"]] == ids(prompts)
    assert not Batch.objects.exists()


def test_held_back_and_withdrawn_prompts_are_left_out(scene: Scene):
    held_back, withdrawn, good = scene.prompts(3)
    patch = scene.world.eva.patch
    patch(f"{API}/prompts/{held_back.pk}", {"held_back": True}, format="json")
    patch(f"{API}/prompts/{withdrawn.pk}", {"withdrawn": True}, format="json")
    answer = publish(scene, {"kind": "demonstration", "prompts": ids([held_back, withdrawn, good])}).json()
    assert {row["prompt"]: row["reason"] for row in answer["skipped"]} == {
        str(held_back.pk): "It is held back.",
        str(withdrawn.pk): "It was withdrawn.",
    }
    assert Task.objects.get().prompt == good


@pytest.fixture
def run(scene: Scene) -> uuid.UUID:
    """Two prompts with outputs by file; the first has two of a run as well."""
    prompts = scene.prompts(2, outputs=2)
    run = uuid.uuid4()
    model = ModelVersion.objects.create(name="ours", kind="policy", path="/somewhere", run_id=uuid.uuid4())
    generation = Generation.objects.create(model=model, run_id=run)
    add_candidates([NewCandidate(prompts[0].pk, f"Ours {n}.", generation, index=n) for n in range(2)])
    return run


def test_outputs_of_a_run_or_by_file_or_any(scene: Scene, run: uuid.UUID):
    texts = {
        name: set(Candidate.objects.filter(pk__in=_published(scene, source)).values_list("text", flat=True))
        for name, source in {"run": {"run": str(run)}, "imported": "imported", "any": "any"}.items()
    }
    by_file = {"Once, output 0 said so.", "Once, output 1 said so."}
    assert texts == {
        "run": {"Ours 0.", "Ours 1."},
        "imported": by_file,
        "any": by_file | {"Ours 0.", "Ours 1."},
    }


def _published(scene: Scene, source: object) -> list:
    answer = publish(scene, {"kind": "comparison", "prompts": {}, "candidates": source})
    assert answer.status_code == 201, answer.content
    return list(TaskCandidate.objects.filter(task__batch=answer.json()["id"]).values_list("candidate", flat=True))


def test_filters(scene: Scene):
    prompts = scene.prompts(4)
    prompts[0].use_case = "chat"
    prompts[0].save()
    scene.publish(prompts=prompts[:2])

    def published(**filters: object) -> set[str]:
        answer = publish(scene, {"kind": "demonstration", "prompts": filters}).json()
        tasks = Task.objects.filter(batch=answer["id"])
        found = {str(pk) for pk in tasks.values_list("prompt", flat=True)}
        Slot.objects.filter(task__in=tasks).delete()
        tasks.delete()
        return found

    assert published(use_case="chat") == {str(prompts[0].pk)}
    assert published(without_tasks=True) == set(ids(prompts[2:]))
    assert published(limit=3) == set(ids(prompts[:3]))
    assert published(split=prompts[3].split) == {str(p.pk) for p in prompts if p.split == prompts[3].split}
    assert published(**{"import": str(prompts[0].came_by_id)}) == set(ids(prompts))
    assert published(source="import") == set(ids(prompts))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "haiku"}, "kind"),
        ({"prompts": "all"}, "prompts"),
        ({"prompts": []}, "prompts"),
        ({"prompts": {"author__password__startswith": "x"}}, "prompts"),
        ({"prompts": [str(uuid.uuid4())]}, "prompts"),
        ({"overlap": 0}, "overlap"),
        ({"k": 1}, "k"),
        ({"k": 10}, "k"),
        ({"pools": ["everyone"]}, "pools"),
        ({"candidates": "mine"}, "candidates"),
        ({"purpose": "secret"}, "purpose"),
    ],
)
def test_wrong_fields_are_refused(scene: Scene, changes: dict, field: str):
    scene.prompts(1)
    refused = publish(scene, {"kind": "demonstration", "prompts": {}} | changes)
    assert refused.status_code == 400
    assert field in refused.json()["errors"]
    assert not Batch.objects.exists()


def test_another_projects_prompts_are_refused(scene: Scene):
    foreign = scene.prompts(1, project=scene.world.other_project)
    assert publish(scene, {"kind": "demonstration", "prompts": ids(foreign)}).status_code == 400
    assert not Batch.objects.exists()


def test_who_may(scene: Scene):
    body = {"kind": "demonstration", "prompts": ids(scene.prompts(1))}
    for name, status in {"": 401, "ada": 403, "hal": 403, "finn": 404}.items():
        assert publish(scene, body, by=name).status_code == status, name
    assert not Batch.objects.exists()
    assert publish(scene, body, by="gil").status_code == 201

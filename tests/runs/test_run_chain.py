"""POST /runs/chain: from accepted batches to new candidates by one button, with the real trainers."""

import threading

import pytest
from run_parts import demonstrations

from labeling.collection.models import Candidate
from labeling.datasets.models import Snapshot
from labeling.runs.models import Run, RunStatus
from labeling.runs.worker.supervise import supervise
from tests.cast import World
from tests.working import finish_batch, publish_comparisons, publish_demonstrations

CHAIN = "/api/v1/runs/chain"
SMALL = {"threads": 1, "sample_prompts": 1, "sample_tokens": 4}
SETTINGS = {
    "sft": SMALL | {"epochs": 1},
    "rm": SMALL,
    "ppo": SMALL | {"episodes": 8, "rollout_batch": 4, "minibatches": 2, "max_response_tokens": 6},
    "sample": {"threads": 1, "max_response_tokens": 6, "limit_prompts": 3},
}


def accepted_work(world: World) -> None:
    for batch in (publish_demonstrations(world, prompts=6), publish_comparisons(world, prompts=6)):
        finish_batch(world, batch, "ada", "ben")
        answer = world.eva.post(f"/api/v1/batches/{batch.pk}/accept", {}, format="json")
        assert answer.status_code == 200, answer.content


def body(world: World, policy, **more) -> dict:
    return {"project": str(world.project.pk), "base": str(policy.pk), "settings": SETTINGS} | more


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_chain_goes_from_accepted_work_to_new_candidates(world, policy, sent):
    accepted_work(world)
    answer = world.gil.post(CHAIN, body(world, policy, seed=3), format="json")
    assert answer.status_code == 201, answer.data
    launched = answer.json()
    assert [(run["kind"], run["status"]) for run in launched["runs"]] == [
        ("sft", "queued"), ("rm", "waiting"), ("ppo", "waiting"), ("sample", "waiting"),
    ]  # fmt: skip
    assert len(world.eva.get(f"/api/v1/runs?chain={launched['chain']}").json()["results"]) == 4
    done = []
    while len(done) < len(sent):  # each run that ends sends the message of the next
        run_id = sent[len(done)]
        supervise(run_id, worker="test", stopping=threading.Event())
        run = Run.objects.get(pk=run_id)
        assert run.status == RunStatus.DONE, (run.kind, run.error)
        done.append(run.kind)
    assert done == ["sft", "rm", "ppo", "sample"]
    assert Candidate.objects.filter(generation__run_id=run_id).count() == 3 * 4

    last = Candidate.objects.filter(generation__run_id=run_id).last()
    lineage = world.eva.get(f"/api/v1/candidates/{last.pk}/lineage").json()
    assert lineage["judgments"] == 2 * 6 * 2, "every judgment of two labelers on two batches of six"
    assert lineage["labelers"] == 2
    assert lineage["first_judgment"]["id"]
    names = {node["type"]: [n for n in lineage["nodes"] if n["type"] == node["type"]] for node in lineage["nodes"]}
    assert {kind: len(nodes) for kind, nodes in names.items()} == {
        "candidate": 1, "model": 4 + 2, "run": 4, "snapshot": 3, "batch": 2, "project": 1,
    }, "base, SFT, RM, PPO, and the two models whose outputs were compared"  # fmt: skip
    ends = {edge["from"] for edge in lineage["edges"]} | {edge["to"] for edge in lineage["edges"]}
    assert ends <= {node["id"] for node in lineage["nodes"]}
    model = world.eva.get("/api/v1/models?kind=reward").json()["results"][0]
    assert {parent["role"] for parent in model["parents"]} == {"policy"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"settings": {"ppo": {"beta": -1}}}, "settings.ppo.beta"),
        ({"settings": {"rm": {"no_such": 1}}}, "settings.rm.no_such"),
        ({"settings": {"ppo": {"ptx_gamma": 1.0}}}, "inputs.pretrain"),
        ({"base": "00000000-0000-4000-8000-000000000000"}, "base"),
    ],
)
def test_a_chain_that_cannot_be_planned_freezes_and_launches_nothing(world, policy, sent, change, field):
    accepted_work(world)
    answer = world.gil.post(CHAIN, body(world, policy) | change, format="json")
    assert answer.status_code == 400
    assert field in answer.json()["errors"], answer.json()
    assert not Run.objects.exists()
    assert not Snapshot.objects.exists()


def test_without_accepted_work_nothing_is_launched(world, policy, sent):
    answer = world.gil.post(CHAIN, body(world, policy), format="json")
    assert answer.status_code == 400
    assert "Accept a demonstration batch" in answer.json()["detail"]
    assert not Run.objects.exists()


def test_another_projects_lineage_is_named_by_kind_alone(world, policy):
    from labeling.registry.models import ModelVersion
    from labeling.runs.models import RunInput

    snapshot = demonstrations(world.other_project)
    run = Run.objects.create(name="secret", kind="sft", preset="tiny", project=world.other_project, status="done")
    RunInput.objects.create(run=run, name="data", snapshot=snapshot)
    model = ModelVersion.objects.create(name="mine", kind="policy", path="/x", run_id=run.pk, project=world.project)
    nodes = {node["id"]: node for node in world.eva.get(f"/api/v1/models/{model.pk}/lineage").json()["nodes"]}
    assert (nodes[str(run.pk)]["label"], nodes[str(run.pk)]["data"]) == ("run of another project", {})
    assert nodes[str(snapshot.pk)]["label"] == "snapshot of another project"
    assert nodes[str(model.pk)]["label"] == "mine"

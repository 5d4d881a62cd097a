"""POST /runs: everything is checked before there is a row."""

import json
from pathlib import Path

import pytest
from run_parts import SMALL, comparisons, demonstrations, freeze_prompts

from labeling.runs.models import Run, RunStatus

RUNS = "/api/v1/runs"


@pytest.fixture
def body(world, policy) -> dict:
    snapshot = freeze_prompts(world.project)
    return {"kind": "sample", "inputs": {"prompts": str(snapshot.pk), "policy": str(policy.pk)}, "settings": SMALL}


def test_a_run_is_queued_with_its_directory(world, body, sent, django_capture_on_commit_callbacks, settings):
    with django_capture_on_commit_callbacks(execute=True):
        answer = world.gil.post(RUNS, body, format="json")
    assert answer.status_code == 201, answer.data
    run = answer.json()
    assert run["status"] == "queued"
    assert run["project"] == str(world.project.pk), "the project is that of its snapshot"
    assert {entry["name"] for entry in run["inputs"]} == {"prompts", "policy"}
    assert run["settings"] == SMALL
    assert sent == [run["id"]]
    folder = settings.RUNS_DIR / run["id"]
    config = json.loads((folder / "config.json").read_text())
    assert config["kind"] == "sample"
    assert config["settings"]["max_response_tokens"] == 8
    assert config["settings"]["temperature"] == 1.0, "every setting is spelled out"
    assert config["versions"]["torch"]
    for name, entry in config["inputs"].items():
        assert (folder / entry["path"]).exists(), name
        assert len(entry["sha256"]) == 64


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"settings": {"no_such": 1}}, "settings.no_such"),
        ({"settings": {"top_p": 7}}, "settings.top_p"),
        ({"settings": {"max_response_tokens": "many"}}, "settings.max_response_tokens"),
        ({"kind": "cook"}, "kind"),
        ({"preset": "huge"}, "preset"),
        ({"seed": -1}, "seed"),
        ({"inputs": {}}, "inputs.prompts"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field(world, body, change, field):
    answer = world.gil.post(RUNS, body | change, format="json")
    assert answer.status_code == 400
    assert field in answer.json()["errors"], answer.json()
    assert not Run.objects.exists()


def test_inputs_of_the_wrong_kind_are_refused_in_words(world, body, policy):
    other = demonstrations(world.project)
    for name, value, words in (
        ("prompts", str(other.pk), "snapshot of demonstrations"),
        ("prompts", str(policy.pk), "not a model"),
        ("policy", str(other.pk), "model"),
        ("reward", str(policy.pk), "reward model is wanted"),
        ("policy", "00000000-0000-4000-8000-000000000000", "no snapshot, model or run"),
        ("extra", "x", "no input"),
    ):
        inputs = body["inputs"] | {name: value}
        answer = world.gil.post(RUNS, body | {"inputs": inputs}, format="json")
        assert answer.status_code == 400, (name, value)
        assert words in answer.json()["errors"][f"inputs.{name}"][0], answer.json()
    assert not Run.objects.exists()


def test_a_path_outside_the_roots_is_refused_even_through_a_link(world, body, tmp_path, settings):
    secret = tmp_path / "corpus.txt"
    secret.write_text("Once upon a time.\n")
    link = settings.DATA_DIR / "inside.txt"
    link.unlink(missing_ok=True)
    link.symlink_to(secret)
    for path in (secret, link, Path("/etc/passwd"), "../../etc/passwd"):
        answer = world.gil.post(RUNS, {"kind": "pretrain", "inputs": {"data": str(path)}}, format="json")
        assert answer.status_code == 400, path
        assert "inputs.data" in answer.json()["errors"]
    assert not Run.objects.exists()


def test_a_split_without_records_to_learn_from_is_refused(world, policy):
    snapshot = demonstrations(world.project)
    snapshot.counts = {"records": 4, "by_split": {"valid": 4}}
    snapshot.save()
    body = {"kind": "sft", "inputs": {"data": str(snapshot.pk), "policy": str(policy.pk)}}
    answer = world.gil.post(RUNS, body, format="json")
    assert answer.status_code == 400
    assert "nothing to learn from" in answer.json()["errors"]["inputs.data"][0]


def test_a_model_named_by_its_path_is_registered(world, body, policy_folder, sent):
    from labeling.registry.models import ModelVersion

    ModelVersion.objects.all().delete()
    inputs = body["inputs"] | {"policy": str(policy_folder)}
    answer = world.gil.post(RUNS, body | {"inputs": inputs}, format="json")
    assert answer.status_code == 201, answer.data
    model = ModelVersion.objects.get()
    entry = next(entry for entry in answer.json()["inputs"] if entry["name"] == "policy")
    assert entry["model"] == str(model.pk)


def test_the_output_of_an_unfinished_run_is_waited_for(world, body, policy, sent):
    first = Run.objects.create(name="first", kind="sft", preset="tiny", project=world.project, status="running")
    inputs = body["inputs"] | {"policy": str(first.pk)}
    answer = world.gil.post(RUNS, body | {"inputs": inputs}, format="json")
    assert answer.status_code == 201, answer.data
    assert answer.json()["status"] == "waiting"
    Run.objects.filter(pk=first.pk).update(status=RunStatus.FAILED)
    refused = world.gil.post(RUNS, body | {"inputs": inputs}, format="json")
    assert refused.status_code == 400
    assert "Resume it first" in refused.json()["errors"]["inputs.policy"][0]


def test_only_admins_launch_and_a_refusal_makes_nothing(world, body):
    for name in ("ada", "dov", "eva", "finn", "hal"):
        assert world.client(name).post(RUNS, body, format="json").status_code == 403
        assert world.client(name).post(f"{RUNS}/estimate", body, format="json").status_code == 403
        assert world.client(name).post(f"{RUNS}/chain", {}, format="json").status_code == 403
    assert world.client("").post(RUNS, body, format="json").status_code == 401
    assert not Run.objects.exists()


def test_a_turn_that_names_a_group_needs_records_that_carry_one(world, policy):
    bare = {"data": str(comparisons(world.project).pk), "policy": str(policy.pk)}
    body = {"kind": "rm", "inputs": bare, "settings": {"group_turn": "As {group} like it."}}
    refused = world.gil.post(RUNS, body, format="json")
    assert refused.status_code == 400
    assert "group_by" in refused.json()["errors"]["settings.group_turn"][0]
    assert not Run.objects.exists()
    told_apart = comparisons(world.project, 11)
    type(told_apart).objects.filter(pk=told_apart.pk).update(recipe={"group_by": "pool"})
    body["inputs"]["data"] = str(told_apart.pk)
    assert world.gil.post(f"{RUNS}/estimate", body, format="json").status_code == 200
    plain = body | {"settings": {}}
    notes = world.gil.post(f"{RUNS}/estimate", plain, format="json").json()["notes"]
    assert any("group labels, which this run does not read" in note for note in notes)


def test_an_estimate_makes_nothing(world, body):
    answer = world.gil.post(f"{RUNS}/estimate", body, format="json")
    assert answer.status_code == 200, answer.data
    estimate = answer.json()
    assert estimate["rows"] == 6 * 4, "six prompts, four outputs each"
    assert estimate["steps"] == 1
    assert estimate["seconds"] is None
    assert any("not known" in note for note in estimate["notes"])
    assert not Run.objects.exists()


def test_a_broker_that_is_down_makes_the_run_wait(
    world, body, settings, monkeypatch, django_capture_on_commit_callbacks
):
    from kombu.exceptions import OperationalError

    from labeling.celery import app

    def refuse(*_, **__):
        raise OperationalError("gone")

    monkeypatch.setattr(app, "send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        answer = world.gil.post(RUNS, body, format="json")
    assert answer.status_code == 201
    assert Run.objects.get().status == RunStatus.QUEUED

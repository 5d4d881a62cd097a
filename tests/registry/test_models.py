"""Models: what may be registered, who sees which, what changes."""

import json
import struct

import pytest

from labeling.accounts.models import Event
from labeling.registry.models import ModelParent, ModelVersion
from training.records import sha256_tree

MODELS = "/api/v1/models"


def write_model(folder, **config):
    """A folder as save_pretrained leaves it, with weights of 6 numbers; loading it is not this app's work."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"model_type": "llama"} | config))
    header = json.dumps({"w": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__": {}}).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(24))
    (folder / "README.md").write_text("# A card\n")
    return folder


@pytest.fixture
def folder(settings, tmp_path):
    settings.MODEL_ROOTS = [tmp_path / "root"]
    return write_model(tmp_path / "root" / "model")


def register(world, folder, kind="policy", name="gil"):
    body = {"name": "base", "path": str(folder), "kind": kind}
    return world.client(name).post(MODELS, body, format="json")


def test_a_model_is_registered_with_its_hash_card_and_size(world, folder):
    answer = register(world, folder)
    assert answer.status_code == 201, answer.data
    model = answer.json()
    assert model["sha256"] == sha256_tree(folder)
    assert model["parameters"] == 6
    assert model["card"] == "# A card\n"
    assert model["status"] == "candidate"
    assert Event.objects.filter(verb="model.registered", object_id=model["id"]).exists()
    assert register(world, folder).json()["id"] == model["id"], "the same files are taken once"


def test_pickles_and_python_are_refused(world, folder):
    for name in ("pytorch_model.bin", "modeling_x.py", "sub/optimizer.pt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x")
        answer = register(world, folder)
        assert (answer.status_code, answer.json()["code"]) == (400, "holds_code"), name
        assert name in answer.json()["detail"]
        (folder / name).unlink()
    (folder / "config.json").write_text(json.dumps({"auto_map": {"AutoModel": "x.Y"}}))
    assert register(world, folder).json()["code"] == "holds_code"
    assert not ModelVersion.objects.exists()


def test_a_folder_that_is_no_model_is_refused(world, folder):
    weights = folder / "model.safetensors"
    weights.write_bytes(b"\xff" * 16)
    assert "damaged" in register(world, folder).json()["detail"]
    weights.unlink()
    assert "safetensors" in register(world, folder).json()["detail"]
    (folder / "config.json").unlink()
    assert "config.json" in register(world, folder).json()["detail"]
    assert register(world, folder / "nowhere").json()["code"] == "no_such_path"


def test_paths_outside_the_roots_are_refused_also_through_links(world, folder, tmp_path):
    outside = write_model(tmp_path / "outside")
    assert register(world, outside).json()["code"] == "outside_roots"
    link = folder.parent / "link"
    link.symlink_to(outside)
    assert register(world, link).json()["code"] == "outside_roots"
    (folder / "extra.json").symlink_to(outside / "config.json")
    assert register(world, folder).json()["code"] == "outside_roots", "a file inside leads out"


def test_the_kind_must_be_what_the_folder_holds(world, folder):
    assert "kind" in register(world, folder, kind="reward").json()["errors"]
    write_model(folder, reward_bias=0.5)
    assert "kind" in register(world, folder, kind="policy").json()["errors"]
    assert register(world, folder, kind="reward").json()["kind"] == "reward"


def test_who_may_register_change_and_see(world, folder):
    for name in ("ada", "eva", "finn"):
        assert register(world, folder, name=name).status_code == 403
    base = ModelVersion.objects.create(name="base", kind="policy", path="/x")
    mine = ModelVersion.objects.create(name="mine", kind="policy", path="/y", project=world.project)
    ModelParent.objects.create(child=mine, parent=base, role="policy")
    assert [m["name"] for m in world.eva.get(MODELS).json()["results"]] == ["mine", "base"]
    assert [m["name"] for m in world.finn.get(MODELS).json()["results"]] == ["base"]
    assert world.finn.get(f"{MODELS}/{mine.pk}").status_code == 404
    assert world.finn.get(f"{MODELS}/{mine.pk}/lineage").status_code == 404
    assert world.ada.get(MODELS).status_code == 403
    found = world.eva.get(f"{MODELS}/{mine.pk}").json()
    assert found["parents"] == [{"id": str(base.pk), "name": "base", "role": "policy"}]
    assert world.eva.patch(f"{MODELS}/{mine.pk}", {"status": "promoted"}, format="json").status_code == 403
    changed = world.gil.patch(f"{MODELS}/{mine.pk}", {"status": "promoted", "name": "best"}, format="json")
    assert (changed.json()["status"], changed.json()["name"]) == ("promoted", "best")
    assert [m["name"] for m in world.gil.get(f"{MODELS}?status=promoted").json()["results"]] == ["best"]
    assert world.gil.patch(f"{MODELS}/{mine.pk}", {"status": "adored"}, format="json").status_code == 400

"""The demo loads once, and leaves something to do for each of its accounts."""

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from labeling.accounts.models import User
from labeling.demo.load import PROJECT, load_demo
from labeling.demo.screening import PROJECT as SCREENED
from labeling.projects.models import Project
from tests.working import answer_of


@pytest.fixture
def own_data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.mark.django_db
def test_each_account_finds_something_to_do(own_data_dir):
    passwords = load_demo()
    assert load_demo() == passwords, "a second start changes nothing and prints the same"
    assert Project.objects.filter(name=PROJECT).count() == 1
    clients = {}
    for name, password in passwords.items():
        clients[name] = APIClient()
        sent = {"username": name, "password": password}
        assert clients[name].post("/api/v1/session", sent, format="json").status_code == 200
    project = Project.objects.get(name=PROJECT)
    for kind in ("demonstration", "comparison", "prompt"):
        task = clients["labeler"].post(f"/api/v1/projects/{project.pk}/tasks/next", {"kind": kind}, format="json")
        assert task.status_code == 200
        assert len(task.json()["candidates"]) == (4 if kind == "comparison" else 0)
        assert clients["labeler"].post(f"/api/v1/assignments/{task.json()['id']}/release").status_code == 200
    waiting = clients["researcher"].get("/api/v1/batches?status=in_review").json()["results"]
    assert {batch["kind"] for batch in waiting} == {"demonstration", "comparison"}
    report = clients["researcher"].get(f"/api/v1/projects/{project.pk}/agreement").json()
    assert report["labelers"] == 3
    assert 0.7 < report["pairwise"]["low"] < report["pairwise"]["value"] < report["pairwise"]["high"] < 1
    for kind in ("demonstrations", "comparisons", "prompts"):
        body = {"project": str(project.pk), "kind": kind}
        frozen = clients["admin"].post("/api/v1/snapshots", body, format="json")
        assert frozen.status_code == 201, frozen.json()
        assert frozen.json()["counts"]["records"] > 50
    assert project.batches.count() == 9
    imports = clients["researcher"].get(f"/api/v1/projects/{project.pk}/imports").json()["results"]
    assert [row["what"] for row in imports] == ["prompts", "comparisons", "prompts"]
    assert [row["counts"]["accepted"] > 40 for row in imports] == [False, True, True]
    (sad,) = project.prompts.exclude(sensitive=[])
    assert sad.sensitive == ["violent_content"]


@pytest.mark.django_db
def test_the_labeler_can_take_a_whole_screening_test(own_data_dir):
    passwords = load_demo()
    assert load_demo() == passwords
    project = Project.objects.get(name=SCREENED)
    labeler, researcher = APIClient(), APIClient()
    for client, name in ((labeler, "labeler"), (researcher, "researcher")):
        client.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
    url = f"/api/v1/projects/{project.pk}"
    parts = labeler.get(f"{url}/screening").json()["parts"]
    assert [(part["part"], part["total"]) for part in parts] == [
        ("flagging", 1), ("ranking", 1), ("demonstrations", 1),
    ]  # fmt: skip
    for _ in range(3):
        task = labeler.post(f"{url}/tasks/next", {}, format="json").json()
        assert task["stage"] == "screening"
        sent = labeler.post(f"/api/v1/assignments/{task['id']}/submit", answer_of(task, "A kind word."), format="json")
        assert sent.status_code == 200, sent.content
    assert labeler.post(f"{url}/screening/topics", {"topics": "Quarrels."}, format="json").status_code == 200
    (written,) = researcher.get(f"{url}/screening/demonstrations").json()["results"]
    rating = f"/api/v1/judgments/{written['judgment']}/screening-rating"
    assert researcher.post(rating, {"value": 6}, format="json").status_code == 200
    (result,) = researcher.get(f"{url}/screenings").json()["results"]
    assert (result["scores"]["flagging"]["n"], result["scores"]["ranking"]["n"]) == (3, 3)
    decision = {"qualified": True, "reason": "Careful."}
    assert researcher.post(f"/api/v1/screenings/{result['id']}/decision", decision, format="json").status_code == 200
    assert labeler.post(f"{url}/tasks/next", {}, format="json").json()["stage"] == "work"


@pytest.mark.django_db
def test_only_the_embedded_database_gets_it(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/else")
    with pytest.raises(CommandError, match="embedded database"):
        call_command("load_demo")
    assert not Project.objects.exists()

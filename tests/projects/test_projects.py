"""Projects, members, guidelines and rubrics."""

import pytest

from labeling.projects.models import Guideline, Membership, Project
from tests.cast import World


def test_a_researcher_makes_a_project_and_leads_it(world: World):
    answer = world.eva.post("/api/v1/projects", {"name": "New", "purpose": "evaluation", "k": 5}, format="json")
    assert answer.status_code == 201, answer.json()
    assert (answer.json()["k"], answer.json()["my_pool"]) == (5, "researcher")
    project = answer.json()["id"]
    guidelines = world.eva.get(f"/api/v1/projects/{project}/guidelines").json()["results"]
    assert {(guideline["kind"], guideline["version"]) for guideline in guidelines} == {
        ("demonstration", 1),
        ("comparison", 1),
        ("prompt", 1),
    }
    rubric = world.eva.get(f"/api/v1/projects/{project}/rubrics").json()["results"][0]
    assert len(rubric["content"]["output_flags"]) == 11


@pytest.mark.parametrize(
    "fields",
    [{"k": 1}, {"k": 10}, {"overlap": 0}, {"purpose": "fun"}, {"time_zone": "Mars/Base"}, {"name": "Tales"}],
)
def test_bad_settings_are_refused_in_words(world: World, fields: dict):
    answer = world.eva.post("/api/v1/projects", {"name": "New", "purpose": "training"} | fields, format="json")
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == set(fields)
    assert not Project.objects.filter(name="New").exists()


def test_everyone_sees_their_own_projects_and_admins_all(world: World):
    def names(name: str) -> set[str]:
        return {project["name"] for project in world.client(name).get("/api/v1/projects").json()["results"]}

    assert names("ada") == {"Tales"}
    assert names("hal") == {"Elsewhere"}
    assert names("gil") == {"Tales", "Elsewhere"}


def test_a_project_can_be_changed_but_not_its_purpose(world: World):
    url = f"/api/v1/projects/{world.project.pk}"
    assert world.eva.patch(url, {"overlap": 3, "paused": True}, format="json").json()["overlap"] == 3
    assert world.eva.patch(url, {"purpose": "evaluation"}, format="json").status_code == 400
    world.project.refresh_from_db()
    assert (world.project.overlap, world.project.paused, world.project.purpose) == (3, True, "training")


def test_members_come_and_go_until_they_have_work(world: World):
    url = f"/api/v1/projects/{world.project.pk}/members"
    added = world.eva.post(url, {"username": "HAL", "pool": "training"}, format="json")
    assert added.status_code == 201
    assert world.eva.post(url, {"username": "hal", "pool": "training"}, format="json").status_code == 409
    assert world.eva.post(url, {"username": "nobody", "pool": "training"}, format="json").status_code == 400
    assert world.eva.post(url, {"username": "finn", "pool": "training"}, format="json").status_code == 400
    member = added.json()["id"]
    assert world.finn.patch(f"/api/v1/members/{member}", {"pool": "held_out"}, format="json").status_code == 404
    assert (
        world.eva.patch(f"/api/v1/members/{member}", {"qualified": False}, format="json").json()["qualified"] is False
    )
    assert world.eva.delete(f"/api/v1/members/{member}").status_code == 204
    assert not Membership.objects.filter(pk=member).exists()


def test_guidelines_are_versions_and_acknowledged_one_by_one(world: World):
    url = f"/api/v1/projects/{world.project.pk}/guidelines"
    for text in ("Be kind.", "Be kind and true."):
        assert world.eva.post(url, {"kind": "comparison", "text": text}, format="json").status_code == 201
    newest = world.ada.get(url + "?kind=comparison").json()["results"][0]
    assert (newest["version"], newest["text"], newest["acknowledged"]) == (2, "Be kind and true.", False)
    for _ in range(2):
        assert world.ada.post(f"/api/v1/guidelines/{newest['id']}/acknowledge").status_code == 204
    assert world.ada.get(url).json()["results"][0]["acknowledged"] is True
    assert world.ben.get(url).json()["results"][0]["acknowledged"] is False
    assert Guideline.objects.get(version=1, project=world.project).text == "Be kind."


@pytest.mark.parametrize(
    "content",
    [
        {"output_flags": []},
        {"output_flags": [{"key": "a b", "label": "x"}], "prompt_flags": []},
        {"output_flags": [{"key": "a", "label": "x"}, {"key": "a", "label": "y"}], "prompt_flags": []},
        {"output_flags": [{"key": "a", "label": ""}], "prompt_flags": []},
    ],
)
def test_a_malformed_rubric_is_refused(world: World, content: dict):
    answer = world.eva.post(f"/api/v1/projects/{world.project.pk}/rubrics", {"content": content}, format="json")
    assert answer.status_code == 400
    assert not world.project.rubrics.exists()

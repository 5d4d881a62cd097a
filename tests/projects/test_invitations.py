"""The only ways in: a single-use link made by an admin, or the command line."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from rest_framework.test import APIClient

from labeling.accounts.models import Invitation, User
from labeling.projects.models import Membership
from tests.cast import PASSWORD, World


def invite(world: World, **fields: object) -> str:
    answer = world.gil.post("/api/v1/invitations", {"role": "labeler"} | fields, format="json")
    assert answer.status_code == 201, answer.json()
    return answer.json()["token"]


def accept(token: str, username: str = "kit", password: str = PASSWORD):
    client = APIClient()
    return client, client.post(
        "/api/v1/invitations/accept", {"token": token, "username": username, "password": password}, format="json"
    )


def test_an_invited_person_joins_with_a_place_in_the_project(world: World):
    token = invite(world, project=str(world.project.pk), pool="held_out")
    shown = APIClient().post("/api/v1/invitations/lookup", {"token": token}, format="json").json()
    assert (shown["role"], shown["username"]) == ("labeler", None)
    client, answer = accept(token)
    assert answer.status_code == 201
    assert client.get("/api/v1/session").json()["username"] == "kit"
    member = Membership.objects.get(user__username="kit")
    assert (member.project, member.pool, member.qualified) == (world.project, "held_out", True)
    assert "kit" not in member.pseudonym


def test_a_link_works_once(world: World):
    token = invite(world)
    accept(token)
    _, again = accept(token, username="lou")
    assert again.status_code == 404
    assert not User.objects.filter(username="lou").exists()


def test_a_refused_try_does_not_use_the_link_up(world: World):
    token = invite(world)
    for username, password in (("ada", PASSWORD), ("kit", "short"), ("", PASSWORD), ("<b>", PASSWORD)):
        _, answer = accept(token, username, password)
        assert answer.status_code == 400
        assert answer.json()["errors"]
    assert accept(token)[1].status_code == 201


def test_revoked_and_old_links_do_nothing(world: World):
    token = invite(world)
    made = Invitation.objects.latest("created_at")
    assert world.gil.delete(f"/api/v1/invitations/{made.pk}").status_code == 204
    assert accept(token)[1].status_code == 404
    old = invite(world)
    Invitation.objects.filter(used_at=None).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert accept(old)[1].status_code == 404


def test_a_reset_link_sets_the_password_of_its_account_only(world: World):
    ada = world.ada
    token = world.gil.post(f"/api/v1/users/{world.users['ada'].pk}/reset").json()["token"]
    _, answer = accept(token, username="ben", password="a brand new phrase")
    assert answer.json()["username"] == "ada"
    assert ada.get("/api/v1/session").status_code == 401, "sessions from before the reset end"
    signed_in = APIClient().post(
        "/api/v1/session", {"username": "ada", "password": "a brand new phrase"}, format="json"
    )
    assert signed_in.status_code == 200
    assert accept(token)[1].status_code == 404


def test_the_pool_fits_the_role(world: World):
    body = {"role": "labeler", "project": str(world.project.pk), "pool": "researcher"}
    answer = world.gil.post("/api/v1/invitations", body, format="json")
    assert answer.status_code == 400
    assert not Invitation.objects.exists()


def test_the_command_makes_a_qualified_member(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CONCORD_PASSWORD", PASSWORD)
    call_command("create_user", "kit", "--role", "labeler", "--project", "Tales", "--pool", "held_out")
    member = Membership.objects.get(user__username="kit")
    assert (member.pool, member.qualified) == ("held_out", True)

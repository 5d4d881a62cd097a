"""API tokens: told once, kept as a hash, ended by their owner or with the account."""

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from labeling.accounts.models import Token
from tests.cast import World


def with_token(secret: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def test_a_token_speaks_for_its_owner_until_revoked(world: World):
    made = world.ada.post("/api/v1/tokens", {"name": "laptop"}, format="json")
    assert made.status_code == 201
    secret = made.json()["token"]
    assert not Token.objects.filter(token_hash=secret).exists(), "only the hash is kept"
    assert with_token(secret).get("/api/v1/session").json()["username"] == "ada"
    listed = world.ada.get("/api/v1/tokens").json()["results"]
    assert [token["name"] for token in listed] == ["laptop"]
    assert "token" not in listed[0]

    assert world.ben.delete(f"/api/v1/tokens/{made.json()['id']}").status_code == 404
    assert with_token(secret).get("/api/v1/session").status_code == 200
    assert world.ada.delete(f"/api/v1/tokens/{made.json()['id']}").status_code == 204
    assert with_token(secret).get("/api/v1/session").status_code == 401


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "Bearer a b"])
def test_a_bad_token_is_refused_also_beside_a_session(world: World, header: str):
    answer = world.ada.get("/api/v1/session", HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"


def test_the_command_prints_a_token_that_works(world: World, capsys):
    call_command("create_token", "ada")
    assert with_token(capsys.readouterr().out.strip()).get("/api/v1/session").json()["username"] == "ada"
    with pytest.raises(CommandError, match="no active user 'nobody'"):
        call_command("create_token", "nobody")

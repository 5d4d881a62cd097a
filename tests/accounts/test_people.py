"""Roles, deactivation and the audit log."""

import pytest
from django.db import DatabaseError, transaction
from rest_framework.test import APIClient

from labeling.accounts.models import Event, User
from labeling.accounts.services import create_token
from tests.cast import World


def change(client: APIClient, user: User, **fields: object):
    return client.patch(f"/api/v1/users/{user.pk}", fields, format="json")


def test_deactivation_ends_sessions_and_tokens_at_once(world: World):
    ada = world.ada
    _, secret = create_token(actor=None, user=world.users["ada"], name="laptop")
    by_token = APIClient()
    by_token.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert ada.get("/api/v1/session").status_code == by_token.get("/api/v1/session").status_code == 200

    assert change(world.gil, world.users["ada"], is_active=False).json()["is_active"] is False
    assert ada.get("/api/v1/session").status_code == by_token.get("/api/v1/session").status_code == 401

    change(world.gil, world.users["ada"], is_active=True)
    assert by_token.get("/api/v1/session").status_code == 401, "tokens stay revoked"


def test_a_demotion_counts_from_the_next_request(world: World):
    eva = world.eva
    assert eva.get(f"/api/v1/projects/{world.project.pk}/members").status_code == 200
    change(world.gil, world.users["eva"], role="labeler")
    assert eva.get(f"/api/v1/projects/{world.project.pk}/members").status_code == 403


def test_the_last_admin_can_neither_leave_nor_be_demoted(world: World):
    for fields in ({"role": "labeler"}, {"is_active": False}):
        answer = change(world.gil, world.users["gil"], **fields)
        assert answer.status_code == 409
        assert "last active admin" in answer.json()["detail"]
    change(world.gil, world.users["eva"], role="admin")
    assert change(world.gil, world.users["gil"], role="researcher").status_code == 200


def test_each_deed_stands_in_the_log_and_stays(world: World):
    change(world.gil, world.users["ada"], role="researcher")
    log = world.gil.get(f"/api/v1/events?object_id={world.users['ada'].pk}").json()["results"]
    assert [(event["actor"], event["verb"], event["data"]) for event in log] == [
        ("gil", "user.role_changed", {"before": "labeler", "after": "researcher"})
    ]
    event = Event.objects.get(verb="user.role_changed")
    for spoil in (lambda: event.delete(), lambda: Event.objects.filter(pk=event.pk).update(verb="nothing")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            spoil()

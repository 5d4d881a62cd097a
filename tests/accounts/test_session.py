"""Signing in and out, over HTTP as a browser does it."""

import pytest
from rest_framework.test import APIClient

from labeling.accounts.services import create_user

pytestmark = pytest.mark.django_db
GOOD = {"username": "ada", "password": "correct horse battery"}


@pytest.fixture
def ada(db):
    return create_user(actor=None, role="labeler", **GOOD)


def test_signing_in_opens_a_session_and_signing_out_ends_it(ada):
    client = APIClient(enforce_csrf_checks=True)
    signed_in = client.post("/api/v1/session", GOOD, format="json")
    assert signed_in.status_code == 200
    assert signed_in.json() | {"id": 0, "created_at": 0} == {
        "id": 0,
        "username": "ada",
        "role": "labeler",
        "is_active": True,
        "created_at": 0,
    }
    assert client.get("/api/v1/session").json()["username"] == "ada"

    refused = client.delete("/api/v1/session")
    assert refused.status_code == 403, "a session without the CSRF token must not be able to write"
    token = client.cookies["csrftoken"].value
    assert client.delete("/api/v1/session", HTTP_X_CSRFTOKEN=token).status_code == 204
    assert client.get("/api/v1/session").status_code == 401


@pytest.mark.parametrize("name", ["ADA", "Ada"])
def test_names_do_not_depend_on_case(ada, name):
    assert APIClient().post("/api/v1/session", GOOD | {"username": name}, format="json").status_code == 200


@pytest.mark.parametrize("wrong", [{"password": "wrong horse battery"}, {"username": "nobody"}])
def test_wrong_credentials_are_one_error_that_does_not_say_which(ada, wrong):
    answer = APIClient().post("/api/v1/session", GOOD | wrong, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_credentials")
    assert answer["Content-Type"] == "application/problem+json"


def test_login_is_throttled_after_ten_wrong_passwords(ada):
    client = APIClient()
    for _ in range(9):
        assert client.post("/api/v1/session", GOOD | {"password": "x"}, format="json").status_code == 400
    assert client.post("/api/v1/session", GOOD | {"password": "x"}, format="json").status_code == 429
    assert client.post("/api/v1/session", GOOD, format="json").status_code == 429, "also for the right one"


def test_a_cross_site_form_cannot_sign_anyone_in(ada):
    """Login CSRF: a form can send these types but not JSON, and only JSON is read."""
    for content_type in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"):
        answer = APIClient().post("/api/v1/session", "username=ada", content_type=content_type)
        assert answer.status_code == 415


def test_changing_the_password_keeps_this_session_and_ends_others(ada):
    here, there = APIClient(), APIClient()
    for client in (here, there):
        client.post("/api/v1/session", GOOD, format="json")
    change = {"current_password": GOOD["password"], "new_password": "another long phrase"}
    assert here.post("/api/v1/session/password", change | {"current_password": "no"}, format="json").status_code == 400
    assert here.post("/api/v1/session/password", change | {"new_password": "short"}, format="json").status_code == 400
    assert here.post("/api/v1/session/password", change, format="json").status_code == 204
    assert here.get("/api/v1/session").status_code == 200
    assert there.get("/api/v1/session").status_code == 401

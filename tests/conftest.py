"""The named cast for every test. PostgreSQL and Redis are started by services.py."""

import pytest

pytest_plugins = ["tests.cast"]


@pytest.fixture(scope="session", autouse=True)
def fast_passwords() -> None:
    """Password hashing is slow on purpose; tests need it to be right, not slow."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def answers_as_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow machine figures would be dear, and shown as they were before; what that is has tests of its own."""
    from labeling.review.counts import answers

    monkeypatch.setattr(answers, "DEAR_SECONDS", float("inf"))

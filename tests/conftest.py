"""The named cast for every test. PostgreSQL and Redis are started by services.py."""

import pytest

pytest_plugins = ["tests.cast"]


@pytest.fixture(scope="session", autouse=True)
def fast_passwords() -> None:
    """Password hashing is slow on purpose; tests need it to be right, not slow."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

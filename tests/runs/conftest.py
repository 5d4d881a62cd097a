"""A random model and workers for the tests of runs."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("CONCORD_DEVICE", "cpu")

import pytest
from run_parts import Workers, save_random_model


@pytest.fixture(scope="session")
def policy_folder() -> Path:
    from django.conf import settings

    return save_random_model(settings.DATA_DIR / "models" / "random")


@pytest.fixture(scope="session")
def reward_folder() -> Path:
    from django.conf import settings

    return save_random_model(settings.DATA_DIR / "models" / "random-reward", reward=True)


@pytest.fixture
def policy(db: None, policy_folder: Path) -> Any:
    from labeling.registry.services import register_model

    return register_model(actor=None, name="random", path=str(policy_folder), kind="policy")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The messages that would wake a worker, as ids of runs; none is sent."""
    from labeling.celery import app

    messages: list[str] = []
    monkeypatch.setattr(app, "send_task", lambda name, args, **_: messages.append(args[0]))
    return messages


@pytest.fixture
def workers(transactional_db: None, tmp_path: Path) -> Iterator[Workers]:
    from labeling.celery import app

    app.control.purge()  # messages of runs of earlier tests
    crew = Workers(tmp_path)
    yield crew
    crew.stop()

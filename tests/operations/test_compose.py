"""docker-compose.yml, as far as it goes without an engine: its form, its secrets, and each service's own command."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis
import yaml
from jsonschema import Draft202012Validator

from labeling.embedded.places import redis_server, socket_dir
from labeling.embedded.redis import Redis
from tests.operations.conftest import PATIENCE_SECONDS, ROOT, free_port, make_folder, remove, wait_until

TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]
SECRETS = {"POSTGRES_PASSWORD", "CONCORD_SECRET_KEY"}


def test_it_is_valid_by_the_compose_specification():
    schema = json.loads((files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json").read_text())
    assert [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(COMPOSE)] == []


def test_its_services_are_the_five_and_each_has_a_health_check():
    assert set(SERVICES) == {"db", "broker", "web", "worker", "gpu-worker"}
    assert [name for name, service in SERVICES.items() if not service.get("healthcheck", {}).get("test")] == []


def test_secrets_are_required_and_have_no_default():
    used = re.findall(r"\$\{(\w+)(:[?-])?", TEXT)
    assert {name for name, how in used if how == ":?"} == SECRETS
    assert [name for name, how in used if name in SECRETS and how != ":?"] == []


def test_web_and_workers_have_the_same_settings_and_no_root():
    ours = [SERVICES[name] for name in ("web", "worker", "gpu-worker")]
    assert all(service["environment"] == ours[0]["environment"] for service in ours)
    assert all(service["cap_drop"] == ["ALL"] and "user" not in service for service in ours)
    users = re.findall(r"^USER (\w+)$", (ROOT / "docker" / "Dockerfile").read_text(), re.MULTILINE)
    assert users == ["concord"]


def test_what_the_image_copies_is_there():
    sources = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "docker" / "Dockerfile").read_text(), re.MULTILINE)
    assert [name for line in sources for name in line.split() if not (ROOT / name).exists()] == []


@pytest.fixture
def settings_of_compose() -> Iterator[dict[str, str]]:
    """The services' environment as compose makes it, with a database and a broker of this test in place of its own."""
    folder = make_folder()
    broker = Redis(folder, durable=False)
    broker.start()
    name = f"compose_{uuid.uuid4().hex[:8]}"
    session_url = os.environ["DATABASE_URL"]
    connection = psycopg2.connect(session_url)
    connection.autocommit = True
    connection.cursor().execute(f"CREATE DATABASE {name}")
    given = {"POSTGRES_PASSWORD": "unused", "CONCORD_SECRET_KEY": uuid.uuid4().hex * 2}

    def fill(match: re.Match[str]) -> str:
        return given.get(match[1]) or match[2]

    filled = {
        key: re.sub(r"\$\{(\w+):[?-]([^}]*)\}", fill, value) for key, value in SERVICES["web"]["environment"].items()
    }
    kept = {key: os.environ[key] for key in ("LANG", "HOME") if key in os.environ}
    yield (
        kept
        | filled
        | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DATABASE_URL": urlsplit(session_url)._replace(path=f"/{name}").geturl(),
            "REDIS_URL": f"unix://{socket_dir(folder) / 'redis.sock'}",
            "CONCORD_DATA": str(folder),
            "HOSTNAME": os.uname().nodename,
        }
    )
    broker.stop()
    connection.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
    connection.close()
    remove(folder)


@contextmanager
def running(command: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen]:
    """A service's command, run as the engine runs it, and stopped as the engine stops it: a clean end is asserted."""
    process = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        yield process
        assert process.poll() is None
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_the_web_command_migrates_and_serves(settings_of_compose):
    port = free_port()
    command = [part.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for part in SERVICES["web"]["command"]]
    assert command != SERVICES["web"]["command"]

    def serves() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/schema", timeout=20) as answer:
                return json.load(answer)["info"]["title"] == "Concord"
        except (urllib.error.URLError, OSError):
            return False

    with running(command, settings_of_compose):
        assert wait_until(serves)


def test_the_worker_command_listens_and_passes_its_health_check(settings_of_compose):
    assert SERVICES["gpu-worker"]["command"] == SERVICES["worker"]["command"]  # so that one start shows both
    assert SERVICES["gpu-worker"]["healthcheck"] == SERVICES["worker"]["healthcheck"]
    kind, check = SERVICES["worker"]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    check = check.replace("$$", "$")  # compose's own escape
    client = redis.Redis.from_url(settings_of_compose["REDIS_URL"])

    def well() -> bool:
        done = subprocess.run(["sh", "-c", check], cwd=ROOT, env=settings_of_compose, capture_output=True, check=False)
        return done.returncode == 0

    assert not well()
    with running(SERVICES["worker"]["command"], settings_of_compose):
        assert wait_until(lambda: bool(client.exists("_kombu.binding.celery.pidbox")))
        assert wait_until(well)


def test_the_broker_command_keeps_messages():
    folder = make_folder()
    address = folder / "redis.sock"
    command = [str(redis_server()), *SERVICES["broker"]["command"][1:], "--port", "0", "--unixsocket", str(address)]
    try:
        with running([*command, "--dir", str(folder)], dict(os.environ)):
            assert wait_until(address.exists)
            client = redis.Redis(unix_socket_path=str(address), decode_responses=True)
            assert wait_until(lambda: client.config_get("appendonly") == {"appendonly": "yes"})
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    finally:
        remove(folder)

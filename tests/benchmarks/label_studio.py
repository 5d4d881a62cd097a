"""Concord beside Label Studio: pairs to compare, with the same clients, machine, PostgreSQL and gunicorn.

    python -m venv X && X/bin/pip install "label-studio<2" psycopg2-binary gunicorn
    LABEL_STUDIO=X python -m tests.benchmarks.label_studio                   5,000 tasks, 16 annotators, 30 s each
    LABEL_STUDIO=X TASKS=5000 CLIENTS=16 SECONDS=30 python -m tests.benchmarks.label_studio

Each annotator asks for the next task and submits an answer, over and over, over HTTP with a token and a connection
that is kept. Times are as the annotators see them, with clients and server on one machine; CPU is the server's
(gunicorn and PostgreSQL) per request. gunicorn before Label Studio is ours: alone it is served by Django's own server.
"""

import contextlib
import http.client
import json
import os
import subprocess
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg2

from tests.benchmarks.own_site import OwnSite, cpu_of_tree
from tests.operations.conftest import free_port, wait_until

TASKS = int(os.environ.get("TASKS", "5000"))
CLIENTS = int(os.environ.get("CLIENTS", "16"))
SECONDS = float(os.environ.get("SECONDS", "30"))

PEOPLE = """
import json, sys
from organizations.models import Organization
from projects.models import Project
from rest_framework.authtoken.models import Token
from tasks.models import Task
from users.models import User
first, *rest = [User.objects.create_user(f"a{{n}}@example.org", "a password of nobody") for n in range({clients})]
organization = Organization.create_organization(created_by=first, title="Benchmark")
organization.jwt.legacy_api_tokens_enabled = True
organization.jwt.save()
for user in rest:
    organization.add_user(user)
for user in (first, *rest):
    user.active_organization = organization
    user.save()
config = '''<View><Text name="prompt" value="$prompt"/><Pairwise name="pair" toName="a,b"/>
<Text name="a" value="$a"/><Text name="b" value="$b"/></View>'''
project = Project.objects.create(title="Pairs", label_config=config, created_by=first, organization=organization)
Task.objects.bulk_create(
    [Task(project=project, data={{"prompt": f"Tell tale {{n}}", "a": "Output 0", "b": "Output 1"}}, inner_id=n + 1)
     for n in range({tasks})], batch_size=1000)
project.update_tasks_states(maximum_annotations_changed=False, overlap_cohort_percentage_changed=False,
                            tasks_number_changed=True)
tokens = [Token.objects.get_or_create(user=user)[0].key for user in (first, *rest)]
print("PEOPLE", json.dumps([project.pk, tokens]))
"""


class LabelStudio:
    """Label Studio on a PostgreSQL of ours. Use as a context."""

    def __init__(self, home: Path, database: str) -> None:
        self.python = home / "bin" / "python"
        self.folder = next(home.glob("lib/python*/site-packages/label_studio"))
        self.port = free_port()
        to = urlsplit(database)
        self.database = database
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "core.settings.label_studio",
            "DJANGO_DB": "default",
            "POSTGRE_USER": str(to.username),
            "POSTGRE_PASSWORD": unquote(str(to.password)),
            "POSTGRE_HOST": unquote(str(to.hostname)),
            "POSTGRE_NAME": "label_studio",
            "LABEL_STUDIO_BASE_DATA_DIR": f"/tmp/label-studio-{self.port}",
            "LABEL_STUDIO_LATEST_VERSION_CHECK": "false",
            # Indexes for its search need extensions that the embedded PostgreSQL lacks; inserts are faster without.
            "SKIP_TRIGRAM_EXTENSION": "full",
            "SKIP_BTREE_GIN_EXTENSION": "full",
            "SENTRY_DSN": "",
            "FRONTEND_SENTRY_DSN": "",
            "COLLECT_ANALYTICS": "false",
        }

    def __enter__(self) -> "LabelStudio":
        with contextlib.closing(psycopg2.connect(self.database)) as connection:
            connection.autocommit = True
            connection.cursor().execute("CREATE DATABASE label_studio")
        self._manage("migrate", "--verbosity", "0")
        said = self._manage("shell", "-c", PEOPLE.format(clients=CLIENTS, tasks=TASKS))
        self.project, self.tokens = json.loads(said.rpartition("PEOPLE ")[2].splitlines()[0])
        self.web = subprocess.Popen(
            [
                self.python, "-m", "gunicorn", "core.wsgi:application", "--bind", f"127.0.0.1:{self.port}",
                "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--keep-alive", "75",
                "--no-control-socket", "--timeout", "120",
            ],
            cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        asked = Annotator(self.port, f"Token {self.tokens[0]}")
        assert wait_until(lambda: asked.answers(f"/api/projects/{self.project}"))
        return self

    def __exit__(self, *error: object) -> None:
        self.web.terminate()
        self.web.wait()

    def _manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [self.python, "manage.py", *arguments],
            cwd=self.folder, env=self.environment, check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return done.stdout


class Annotator:
    """One annotator's connection."""

    def __init__(self, port: int, authorization: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Authorization": authorization, "Content-Type": "application/json"}

    def answers(self, path: str) -> bool:
        try:
            return self.send("GET", path)[0] == 200
        except (OSError, http.client.HTTPException):
            self.connection.close()
            return False

    def send(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        self.connection.request(method, path, None if body is None else json.dumps(body), self.headers)
        answer = self.connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content else None


def their_turn(annotator: Annotator, project: int) -> Callable[[], tuple[float, float]]:
    """Next and submit in Label Studio; the seconds of each."""

    def turn() -> tuple[float, float]:
        began = time.perf_counter()
        status, task = annotator.send("GET", f"/api/projects/{project}/next")
        got = time.perf_counter()
        assert status == 200, (status, task)
        answer = {"from_name": "pair", "to_name": "pair", "type": "pairwise", "value": {"selected": "left"}}
        body = {"result": [answer], "lead_time": 1.0}
        status, said = annotator.send("POST", f"/api/tasks/{task['id']}/annotations/?project={project}", body)
        assert status == 201, (status, said)
        return got - began, time.perf_counter() - got

    return turn


def our_turn(annotator: Annotator, project: str) -> Callable[[], tuple[float, float]]:
    """Next and submit in Concord; the seconds of each."""

    def turn() -> tuple[float, float]:
        began = time.perf_counter()
        status, page = annotator.send("POST", f"/api/v1/projects/{project}/tasks/next", {})
        got = time.perf_counter()
        assert status == 200, (status, page)
        first, second = [candidate["id"] for candidate in page["candidates"]]
        body = {
            "submission_id": str(uuid.uuid4()),
            "active_seconds": 1.0,
            "ratings": [{"candidate": first, "overall": 6}, {"candidate": second, "overall": 3}],
            "ranking": [[first], [second]],
        }
        status, said = annotator.send("POST", f"/api/v1/assignments/{page['id']}/submit", body)
        assert status == 200, (status, said)
        return got - began, time.perf_counter() - got

    return turn


def measure(name: str, turns: list[Callable[[], tuple[float, float]]], cpu: Callable[[], float]) -> dict[str, float]:
    """All annotators at once for SECONDS; prints a line for each kind of request and returns what is compared."""
    took: list[tuple[float, float]] = []
    until = time.monotonic() + SECONDS

    def work(turn: Callable[[], tuple[float, float]]) -> None:
        while time.monotonic() < until:
            took.append(turn())

    workers = [threading.Thread(target=work, args=[turn]) for turn in turns]
    cpu_before, began = cpu(), time.monotonic()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    rate = len(took) / (time.monotonic() - began)
    each = 1000 * (cpu() - cpu_before) / (2 * len(took))
    found = {"annotations/s": rate, "CPU ms": each}
    for what, times in zip(("next", "submit"), zip(*took, strict=True), strict=True):
        cuts = quantiles(times, n=20, method="inclusive")
        found |= {f"{what} p50": 1000 * cuts[9], f"{what} p95": 1000 * cuts[18]}
    print(name, "  ".join(f"{what} {value:.1f}" for what, value in found.items()), flush=True)
    return found


if __name__ == "__main__":
    with OwnSite(labelers=CLIENTS, overlap=1) as site:
        with LabelStudio(Path(os.environ["LABEL_STUDIO"]), site.database) as other:
            theirs = measure(
                "Label Studio",
                [their_turn(Annotator(other.port, f"Token {token}"), other.project) for token in other.tokens],
                lambda: cpu_of_tree(other.web.pid) + site.postgres_cpu(),
            )
        site.add_comparisons(TASKS, outputs=2, words=3)
        ours = measure(
            "Concord     ",
            [our_turn(Annotator(site.port, f"Bearer {token}"), site.project) for token in site.tokens],
            site.cpu_seconds,
        )
    print(f"\n{'':14}Label Studio   Concord     ratio")
    for what in theirs:
        ratio = ours[what] / theirs[what] if what == "annotations/s" else theirs[what] / ours[what]
        print(f"{what:14}{theirs[what]:12.1f}{ours[what]:10.1f}{ratio:9.1f}x")
    print("load average", *os.getloadavg())

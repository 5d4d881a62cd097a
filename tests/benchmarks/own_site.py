"""A site of its own for a benchmark: an embedded PostgreSQL with fsync, gunicorn as `make run` starts it, and clients.

Tasks are made by SQL, because a million through the importer would take longer than the measurement. All that is
measured goes over HTTP: tokens, constraints, triggers and events included.
"""

import contextlib
import hashlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2

from labeling.embedded.places import connection_urls, socket_dir
from labeling.embedded.postgres import Postgres
from tests.operations.conftest import ROOT, free_port, wait_until

TICKS = os.sysconf("SC_CLK_TCK")

PROJECT = """
    INSERT INTO projects_project (id, name, purpose, k, overlap, time_zone, lease_seconds, undo_seconds,
        show_agreement, require_acknowledgement, paused, created_at)
    SELECT %(project)s, 'Load', 'training', 4, %(overlap)s, 'UTC', 900, 60, false, false, false, now()
"""

# `tasks` more tasks in one batch: prompts, tasks, and their slots, every task's first before any task's second.
TASKS = """
    WITH batch AS (
        INSERT INTO collection_batch (id, project_id, name, number, kind, status, overlap, pools, imported, created_at)
        SELECT gen_random_uuid(), %(project)s, 'Batch ' || number, number, 'demonstration', 'open', %(overlap)s,
               '{training}', false, now()
        FROM (SELECT coalesce(max(number), 0) + 1 AS number FROM collection_batch) last RETURNING id, number
    ), prompt AS (
        INSERT INTO collection_prompt (id, project_id, messages, text_key, prefix_key, source, user_key, split,
            use_case, language, consent, personal_data, held_back, created_at)
        SELECT id, %(project)s, jsonb_build_array(jsonb_build_object('role', 'user', 'content', 'Tell tale ' || id)),
               id, id, 'benchmark', '', 'train', '', '', true, '[]', false, now()
        FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, %(tasks)s)) made RETURNING id
    ), task AS (
        INSERT INTO collection_task (id, batch_id, prompt_id, kind, purpose, status, position, overlap, created_at)
        SELECT gen_random_uuid(), batch.id, prompt.id, 'demonstration', 'work', 'open',
               row_number() OVER (), %(overlap)s, now()
        FROM batch, prompt RETURNING id, position
    )
    INSERT INTO collection_slot (task_id, number, state, project_id, kind, pools, batch_number, position)
    SELECT task.id, turn, 'free', %(project)s, 'demonstration', '{training}', batch.number, task.position
    FROM batch, task, generate_series(1, %(overlap)s) turn ORDER BY turn, task.position
"""

# All tasks become comparisons of so many outputs; prompts and outputs of so many words, in paragraphs of 80.
COMPARISONS = """
    WITH text AS (
        SELECT string_agg(substr(md5(n::text), 1, 2 + n %% 7)
                          || CASE n %% 80 WHEN 0 THEN E'.\n\n' ELSE ' ' END, '') AS long
        FROM generate_series(1, %(words)s) n
    ), prompt AS (
        UPDATE collection_prompt SET messages = jsonb_build_array(
            jsonb_build_object('role', 'user', 'content', 'Tell tale ' || id || ' of ' || long)) FROM text
    ), output AS (
        INSERT INTO collection_candidate (id, prompt_id, text, text_key, index, "order", created_at)
        SELECT gen_random_uuid(), id, n || ' ' || long, n::text, n, n, now()
        FROM text, collection_prompt, generate_series(1, %(outputs)s) n RETURNING id, prompt_id
    ), task AS (
        UPDATE collection_task SET kind = 'comparison' RETURNING id, prompt_id
    ), slot AS (
        UPDATE collection_slot SET kind = 'comparison'
    ), batch AS (
        UPDATE collection_batch SET kind = 'comparison'
    )
    INSERT INTO collection_taskcandidate (task_id, candidate_id)
    SELECT task.id, output.id FROM task JOIN output USING (prompt_id)
"""


class OwnSite:
    """Use as a context. `project` is an empty project; `tokens` are those of its labelers."""

    def __init__(self, *, labelers: int, overlap: int, lease_seconds: int = 900, fsync: bool = True) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="concord-benchmark-", dir="/tmp"))
        self.folder.chmod(0o711)
        self.postgres = Postgres(self.folder, fsync=fsync)
        self.project = str(uuid.uuid4())
        self.overlap = overlap
        self.lease_seconds = lease_seconds
        self.users = [str(uuid.uuid4()) for _ in range(labelers)]
        self.tokens = [f"token-{user}" for user in self.users]
        self.port = free_port()
        self.web: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "OwnSite":
        try:
            self._come_up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _come_up(self) -> None:
        self._postgres_process = self.postgres.start()
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        self.environment = kept | {"CONCORD_DATA": str(self.folder)}
        self.database = connection_urls(self.folder)[0]
        migrate = [sys.executable, "-W", "ignore", "manage.py", "migrate", "--no-input", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, env=self.environment, check=True)
        self._make_people()
        self.start_web()

    def __exit__(self, *error: object) -> None:
        self.kill_web()
        self.postgres.stop()
        shutil.rmtree(self.postgres.folder, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(socket_dir(self.folder), ignore_errors=True)

    def sql(self, sql: str, **values: Any) -> list[tuple]:
        """Run one statement in a transaction of its own."""
        with contextlib.closing(psycopg2.connect(self.database)) as connection, connection, connection.cursor() as do:
            do.execute(sql, values)
            return do.fetchall() if do.description else []

    def _make_people(self) -> None:
        self._set_defaults()
        self.sql(PROJECT, project=self.project, overlap=self.overlap)
        self.sql("UPDATE projects_project SET lease_seconds = %(s)s", s=self.lease_seconds)
        for number, (user, token) in enumerate(zip(self.users, self.tokens, strict=True)):
            self.sql(
                "INSERT INTO accounts_user (id, password, username, role, is_active, imported, created_at)"
                " VALUES (%(id)s, '!', %(name)s, 'labeler', true, false, now())",
                id=user, name=f"labeler-{number}",
            )  # fmt: skip
            self.sql(
                "INSERT INTO accounts_token (id, user_id, name, token_hash, created_at)"
                " VALUES (gen_random_uuid(), %(user)s, 'benchmark', %(hash)s, now())",
                user=user, hash=hashlib.sha256(token.encode()).hexdigest(),
            )  # fmt: skip
            self.sql(
                "INSERT INTO projects_membership (id, project_id, user_id, pool, qualified, pseudonym)"
                " VALUES (gen_random_uuid(), %(project)s, %(user)s, 'training', true, %(name)s)",
                project=self.project, user=user, name=f"p{number}",
            )  # fmt: skip

    def _set_defaults(self) -> None:
        """Columns that the SQL here does not name get an empty value: Django fills them in its own code only."""
        empty = {
            "boolean": "false", "jsonb": "'{}'", "ARRAY": "'{}'", "timestamp with time zone": "now()",
            "character varying": "''", "text": "''", "integer": "0", "smallint": "0", "bigint": "0",
            "double precision": "0",
        }  # fmt: skip
        missing = self.sql(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
            " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
            " AND data_type = ANY(%(types)s)",
            types=list(empty),
        )
        for table, column, kind in missing:
            self.sql(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET DEFAULT {empty[kind]}')

    def add_tasks(self, tasks: int) -> None:
        """Another batch of so many tasks."""
        self.sql(TASKS, project=self.project, tasks=tasks, overlap=self.overlap)
        with contextlib.closing(psycopg2.connect(self.database)) as connection:
            connection.autocommit = True
            connection.cursor().execute("VACUUM ANALYZE")

    def add_comparisons(self, tasks: int, *, outputs: int, words: int) -> None:
        """So many tasks, and all that there are made comparisons."""
        self.add_tasks(tasks)
        self.sql(COMPARISONS, outputs=outputs, words=words)
        self.sql("UPDATE collection_slot SET freed_in = NULL")  # as published, not as freed by this
        self.sql("ANALYZE")

    def start_web(self) -> None:
        self.web = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", "labeling.wsgi", "--bind", f"127.0.0.1:{self.port}",
                "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--keep-alive", "75",
                "--no-control-socket",
            ],
            cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        assert wait_until(lambda: Client(self.port, "").answers())

    def kill_web(self) -> None:
        """kill -9 of the master and its workers."""
        if self.web is not None:
            os.killpg(self.web.pid, signal.SIGKILL)
            self.web.wait()
            self.web = None

    def kill_a_worker(self) -> None:
        """kill -9 of one gunicorn worker; its master starts another."""
        assert self.web is not None
        workers = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children").read_text().split()
        if workers:
            os.kill(int(workers[0]), signal.SIGKILL)

    def cpu_seconds(self) -> float:
        """CPU so far of gunicorn, PostgreSQL and all that they started."""
        assert self.web is not None
        return cpu_of_tree(self.web.pid) + self.postgres_cpu()

    def postgres_cpu(self) -> float:
        return cpu_of_tree(self._postgres_process.pid)


def cpu_of_tree(top: int) -> float:
    """CPU seconds so far of a process and all that it started."""
    return sum(_cpu(pid) for pid in _tree(top))


def _tree(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield from _tree(int(child))


def _cpu(pid: int) -> float:
    """Of this process and of its children that ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return sum(int(ticks) for ticks in fields[11:15]) / TICKS


class Client:
    """One labeler's browser: a connection that is kept, and made again when it broke."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._connection: http.client.HTTPConnection | None = None

    def answers(self) -> bool:
        try:
            return self.send("GET", "/session") < (500, None)
        except (OSError, http.client.HTTPException):
            return False

    def send(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and parsed body; raises OSError or HTTPException where the site went away."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            self._connection.request(method, f"/api/v1{path}", json.dumps(body or {}), self.headers)
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            raise
        return answer.status, json.loads(content) if content else None

    def insist(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send until an answer comes, as a page does whose site went away."""
        deadline = time.monotonic() + 120
        while True:
            try:
                return self.send(method, path, body)
            except (OSError, http.client.HTTPException):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

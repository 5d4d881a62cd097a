"""The embedded PostgreSQL and Redis: kept data, clean ends, and what happens when something is killed."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
import redis

from labeling.embedded import connection_urls
from tests.operations.conftest import PATIENCE_SECONDS, ROOT, environment, wait_until

READY = "Ctrl-C stops them."


def query(data_dir: Path, statement: str) -> list[tuple]:
    connection = psycopg2.connect(connection_urls(data_dir)[0])
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def broker(data_dir: Path) -> redis.Redis:
    return redis.Redis.from_url(connection_urls(data_dir)[1], decode_responses=True)


def answers(data_dir: Path) -> tuple[bool, bool]:
    """Whether PostgreSQL and Redis answer."""
    try:
        database = query(data_dir, "SELECT 1") == [(1,)]
    except psycopg2.OperationalError:
        database = False
    try:
        return database, bool(broker(data_dir).ping())
    except redis.RedisError:
        return database, False


def leave_something(data_dir: Path) -> None:
    query(data_dir, "CREATE TABLE kept (word text)")
    query(data_dir, "INSERT INTO kept VALUES ('heron')")
    broker(data_dir).lpush("queue", "message")


def assert_it_is_still_there(data_dir: Path) -> None:
    assert query(data_dir, "SELECT word FROM kept") == [("heron",)]
    assert broker(data_dir).lrange("queue", 0, -1) == ["message"]


def postmaster(data_dir: Path) -> int:
    first_line = "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)"
    return int(query(data_dir, first_line)[0][0])


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_second_start_keeps_rows_and_messages(start, data_dir, signal_number):
    first = start().until_it_says(READY)
    leave_something(data_dir)
    assert first.end(signal_number) == 0
    assert answers(data_dir) == (False, False)
    start().until_it_says(READY)
    assert_it_is_still_there(data_dir)


def test_a_killed_supervisor_leaves_nothing_running(start, data_dir):
    first = start().until_it_says(READY)
    leave_something(data_dir)
    first.end(signal.SIGKILL)
    assert wait_until(lambda: answers(data_dir) == (False, False))


def test_a_start_right_after_everything_was_killed_finds_its_data(start, data_dir):
    first = start().until_it_says(READY)
    leave_something(data_dir)
    server = postmaster(data_dir)
    first.end(signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):  # it may have ended already, as it should
        os.kill(server, signal.SIGKILL)
    start().until_it_says(READY)
    assert_it_is_still_there(data_dir)


def test_a_second_concord_on_the_folder_is_refused_and_disturbs_nothing(start, data_dir):
    first = start().until_it_says(READY)
    second = start()
    assert second.process.wait(PATIENCE_SECONDS) == 1
    assert f"Concord is running already on {data_dir}." in second.said()
    assert "Traceback" not in second.said()
    assert first.process.poll() is None
    assert answers(data_dir) == (True, True)


def test_a_database_that_dies_is_named_and_takes_redis_with_it(start, data_dir):
    concord = start().until_it_says(READY)
    os.kill(postmaster(data_dir), signal.SIGKILL)
    assert concord.process.wait(PATIENCE_SECONDS) == 1
    assert "postgres stopped by itself" in concord.said()
    assert str(data_dir / "logs" / "postgres.log") in concord.said()
    assert answers(data_dir) == (False, False)


def test_the_database_is_durable_and_neither_service_listens_on_a_port(start, data_dir):
    start().until_it_says(READY)
    names = ("fsync", "synchronous_commit", "full_page_writes", "listen_addresses", "server_encoding")
    assert [query(data_dir, f"SHOW {name}")[0][0] for name in names] == ["on", "on", "on", "", "UTF8"]
    assert broker(data_dir).config_get("port") == {"port": "0"}
    assert broker(data_dir).config_get("appendonly") == {"appendonly": "yes"}


def test_the_database_wants_its_password(start, data_dir):
    start().until_it_says(READY)
    url = connection_urls(data_dir)[0]
    password = (data_dir / "postgres_password").read_text().strip()
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(url.replace(password, "a-guess"))
    assert (data_dir / "postgres_password").stat().st_mode & 0o777 == 0o600


def test_another_shell_finds_the_services_whatever_its_tmpdir(start, data_dir, tmp_path):
    start().until_it_says(READY)
    command = "from labeling.embedded import connection_urls; import pathlib, psycopg2, sys; \
psycopg2.connect(connection_urls(pathlib.Path(sys.argv[1]))[0]); print('found')"
    done = subprocess.run(
        [sys.executable, "-c", command, str(data_dir)],
        cwd=ROOT,
        env=environment(data_dir, TMPDIR=str(tmp_path), XDG_RUNTIME_DIR=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "found\n", done.stderr


def test_manage_py_says_that_the_services_do_not_run(data_dir):
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--check"],
        cwd=ROOT,
        env=environment(data_dir),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "`make run` or `make services` starts it" in done.stderr
    assert "Traceback" not in done.stderr

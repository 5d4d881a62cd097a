"""The embedded PostgreSQL: made once, started, stopped. One server a data folder; sockets only, with a password."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg2

from labeling.embedded.parent import end_with_parent
from labeling.embedded.places import (
    DATABASE,
    ROLE,
    Owner,
    ServiceError,
    database_dir,
    database_owner,
    database_password,
    last_lines,
    make_private_dir,
    make_socket_dir,
    postgres_bin,
    socket_dir,
)

START_SECONDS = 60
STOP_SECONDS = 60


class Postgres:
    """PostgreSQL on a Unix socket. `fsync` off is for tests, whose data nobody misses."""

    name = "postgres"

    def __init__(self, data_dir: Path, *, fsync: bool = True) -> None:
        self._data_dir = data_dir
        self._fsync = fsync
        self._owner: Owner = database_owner()
        self._sockets = socket_dir(data_dir) / "pg"
        self.folder = data_dir / "postgres"  # for root perhaps elsewhere, which start() finds out
        self._process: subprocess.Popen[bytes] | None = None
        self.log = data_dir / "logs" / "postgres.log"

    def start(self) -> subprocess.Popen[bytes]:
        """Start, making the cluster and the database where there are none. Returns when queries are answered."""
        make_socket_dir(self._data_dir)
        make_private_dir(self._sockets, self._owner)
        self.folder = database_dir(self._data_dir, self._owner)
        self._bin = postgres_bin(self._owner)
        password = database_password(self._data_dir)
        if not (self.folder / "PG_VERSION").exists():
            self._make_cluster(password)
        self._wait_for_the_last_server()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._sockets),
            "unix_socket_permissions": "0700",
            "fsync": "on" if self._fsync else "off",
            "synchronous_commit": "on" if self._fsync else "off",
            "full_page_writes": "on" if self._fsync else "off",
            "max_connections": "200",
            "shared_buffers": "256MB",
            "timezone": "UTC",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self._process = self._run_as_owner([self._bin / "postgres", "-D", self.folder, *options], log=log)
        self._wait_until_ready(password)
        self._make_database(password)
        return self._process

    def stop(self) -> None:
        """Fast shutdown: sessions end, everything committed is kept."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(STOP_SECONDS)
        self._process = None

    def _run_as_owner(self, command: list[str | Path], *, log: object) -> subprocess.Popen[bytes]:
        # A session of its own, so that Ctrl-C in the terminal reaches the supervisor only.
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=log,  # type: ignore[call-overload]
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
            preexec_fn=end_with_parent(signal.SIGINT),
            user=self._owner.uid,
            group=self._owner.gid,
            extra_groups=None if self._owner.is_self else [],
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "TZ": "UTC"},
        )

    def _make_cluster(self, password: str) -> None:
        """initdb into a folder beside, renamed when it is whole: a start that was killed leaves nothing half-made."""
        draft = self.folder.with_name(f"{self.folder.name}.draft")
        if draft.exists():
            subprocess.run(["rm", "-rf", "--", str(draft)], check=True)
        make_private_dir(draft, self._owner)
        with tempfile.NamedTemporaryFile("w", dir=socket_dir(self._data_dir), suffix=".pw") as file:
            file.write(password)
            file.flush()
            if self._owner.uid is not None and self._owner.gid is not None:
                os.chown(file.name, self._owner.uid, self._owner.gid)
            with tempfile.TemporaryFile() as output:
                process = self._run_as_owner(
                    [
                        self._bin / "initdb", "-D", draft, "-U", ROLE, "--pwfile", file.name,
                        "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
                    ],
                    log=output,
                )  # fmt: skip
                code = process.wait()
                output.seek(0)
                said = output.read().decode(errors="replace")
        if code != 0:
            raise ServiceError(_explain(said, f"PostgreSQL could not make its folder {self.folder}"))
        draft.rename(self.folder)

    def _wait_for_the_last_server(self) -> None:
        """Let a server whose Concord was killed come to its end; a dead one's stale lock PostgreSQL removes itself.

        Whoever starts a server holds the data folder's lock, so one that still runs here has lost its parent. It was
        sent SIGINT when that died; this sends it once more, for systems where nothing was sent.
        """
        deadline = time.monotonic() + STOP_SECONDS
        asked = False
        while (pid := self._last_server()) is not None:
            if time.monotonic() > deadline:
                raise ServiceError(
                    f"A PostgreSQL that an earlier Concord left behind does not end (process {pid}). "
                    f"Stop it (kill {pid}) and start again."
                )
            if not asked:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGINT)
                asked = True
            time.sleep(0.1)

    def _last_server(self) -> int | None:
        """The process in postmaster.pid, if it lives (or is dead but not yet reaped) and is this folder's server."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, 0)
        except (FileNotFoundError, ValueError, IndexError, ProcessLookupError, PermissionError):
            return None
        process = Path(f"/proc/{pid}")
        try:
            ours = os.fsencode(self.folder) in (process / "cmdline").read_bytes()
            unreaped = b") Z " in (process / "stat").read_bytes()
        except OSError:
            return None if Path("/proc/self").exists() else pid
        return pid if ours or unreaped else None

    def _psql(self, database: str, statement: str, password: str) -> subprocess.CompletedProcess[str]:
        try:
            connection = psycopg2.connect(
                host=str(self._sockets), dbname=database, user=ROLE, password=password, connect_timeout=3
            )
        except psycopg2.OperationalError as error:
            return subprocess.CompletedProcess([], 1, "", str(error))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return subprocess.CompletedProcess([], 0, str(cursor.fetchone() if cursor.description else ""), "")
        finally:
            connection.close()

    def _wait_until_ready(self, password: str) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        answer = None
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                said = last_lines(self.log)
                raise ServiceError(_explain(said, f"PostgreSQL stopped while starting; its log is {self.log}"))
            answer = self._psql("postgres", "SELECT 1", password)
            if answer.returncode == 0:
                return
            time.sleep(0.05)
        self.stop()
        raise ServiceError(f"PostgreSQL did not answer within {START_SECONDS} s: {answer and answer.stderr}")

    def _make_database(self, password: str) -> None:
        if self._psql(DATABASE, "SELECT 1", password).returncode != 0:
            self._psql("postgres", f"CREATE DATABASE {DATABASE}", password)


def _explain(said: str, what: str) -> str:
    if "No space left on device" in said:
        return f"{what}: the disk is full. Free some space, or set CONCORD_DATA to a folder on another disk."
    return f"{what}:\n{said.strip()[-1500:]}"

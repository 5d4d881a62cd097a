"""`make run`: services, migrations, demo, web and worker under one parent, which stops all of them again.

Where DATABASE_URL or REDIS_URL is set, that service is used and none is started in its place.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from labeling.embedded.health import site_answers
from labeling.embedded.lock import lock_data_dir
from labeling.embedded.parent import end_with_parent
from labeling.embedded.places import ServiceError, connection_urls, last_lines, make_data_dir
from labeling.embedded.postgres import Postgres
from labeling.embedded.redis import Redis

ROOT = Path(__file__).resolve().parents[2]
MINIMUM_FREE_BYTES = 1_000_000_000
HEALTH_SECONDS = 180
# Longer than clients keep an idle connection: one that is closed just as a request comes loses that request.
KEEP_ALIVE_SECONDS = 75
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOP_SECONDS = {"web": 15, "worker": 60}


class StopError(Exception):
    """Ctrl-C, SIGTERM, or the terminal was closed."""


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path


@dataclass
class Supervisor:
    """Starts things in order and stops them in the reverse order."""

    data_dir: Path
    port: int = 8000
    _lock: IO[str] | None = None
    _services: list[Postgres | Redis] = field(default_factory=list)
    _children: list[Child] = field(default_factory=list)

    def start_services(self) -> None:
        """Start PostgreSQL and Redis where the environment names none, and name ours to every child."""
        self._check_disk()
        self._lock = lock_data_dir(self.data_dir)
        if not os.environ.get("DATABASE_URL"):
            os.environ.pop("DATABASE_URL", None)
            self._start_service(Postgres(self.data_dir))
        if not os.environ.get("REDIS_URL"):
            os.environ.pop("REDIS_URL", None)
            self._start_service(Redis(self.data_dir))

    def _start_service(self, service: Postgres | Redis) -> None:
        self._services.append(service)
        self._children.append(Child(service.name, service.start(), service.log))

    def _check_disk(self) -> None:
        make_data_dir(self.data_dir)
        free = shutil.disk_usage(self.data_dir).free
        if free < MINIMUM_FREE_BYTES:
            raise ServiceError(
                f"The disk of {self.data_dir} has only {free // 1_000_000} MB left. Free at least 1 GB, or set "
                "CONCORD_DATA to a folder on another disk."
            )

    def check_port(self) -> None:
        """Refuse a port that is taken before anything is started."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as error:
                raise ServiceError(
                    f"Port {self.port} cannot be used ({error.strerror}). Stop what uses it, or start with another: "
                    f"PORT={self.port + 1} make run"
                ) from error

    def manage(self, *arguments: str) -> str:
        """Run a manage.py command to its end; return what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ServiceError(
                f"manage.py {' '.join(arguments)} failed:\n{(done.stderr or done.stdout).strip()[-3000:]}"
            )
        return done.stdout

    def start_web(self) -> None:
        self._start(
            "web",
            [
                "-m", "gunicorn", "labeling.wsgi", "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread",
                "--workers", "2", "--threads", "8", "--timeout", "120", "--keep-alive", str(KEEP_ALIVE_SECONDS),
                "--no-control-socket",
            ],
        )  # fmt: skip

    def start_worker(self) -> None:
        self._start("worker", ["-m", "celery", "-A", "labeling", "worker", "--concurrency", "1", "--loglevel", "INFO"])

    def _start(self, name: str, arguments: list[str]) -> None:
        log = self.data_dir / "logs" / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent(signal.SIGTERM),
            )
        self._children.append(Child(name, process, log))

    def wait_until_healthy(self) -> None:
        """Return once the site answers, or say what did not come up."""
        deadline = time.monotonic() + HEALTH_SECONDS
        while time.monotonic() < deadline:
            self.check_children()
            if site_answers(self.port):
                return
            time.sleep(0.2)
        raise ServiceError(f"The site did not answer within {HEALTH_SECONDS} s. Its log: {self.data_dir}/logs/web.log")

    def check_children(self) -> None:
        for child in self._children:
            if child.process.poll() is not None:
                raise ServiceError(
                    f"{child.name} stopped by itself (exit {child.process.returncode}), so all of Concord was stopped. "
                    f"Its log is {child.log} and ends with:\n{last_lines(child.log)}"
                )

    def watch(self) -> None:
        """Wait until asked to stop, or until a child dies."""
        while True:
            self.check_children()
            time.sleep(0.5)

    def stop(self) -> None:
        """Stop web and worker first, then what they stand on."""
        ours = [child for child in self._children if child.name in STOP_SECONDS]
        for child in ours:
            if child.process.poll() is None:
                child.process.terminate()
        for child in ours:
            try:
                child.process.wait(STOP_SECONDS[child.name])
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.process.pid, signal.SIGKILL)
                child.process.wait()
        for service in reversed(self._services):
            service.stop()
        self._children.clear()
        self._services.clear()
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _raise_stop(signal_number: int, frame: object) -> None:
    raise StopError


def _stop_quietly(supervisor: Supervisor) -> None:
    """Stop to the end, however often Ctrl-C is pressed meanwhile."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    supervisor.stop()


def main(command: str) -> int:
    """`run` brings up everything, `services` PostgreSQL and Redis alone. Returns the exit status."""
    data_dir = Path(os.environ.get("CONCORD_DATA") or ".concord").resolve()
    os.environ["CONCORD_DATA"] = str(data_dir)
    port = os.environ.get("PORT") or "8000"
    if not port.isdigit() or not 0 < int(port) < 65536:
        print(f"PORT must be a number from 1 to 65535, not '{port}'.", file=sys.stderr)
        return 2
    supervisor = Supervisor(data_dir, int(port))
    for number in STOP_SIGNALS:
        signal.signal(number, _raise_stop)
    try:
        _bring_up(supervisor, everything=command == "run")
        supervisor.watch()
    except StopError:
        print("\nStopping...", flush=True)
        _stop_quietly(supervisor)
        print("Stopped. All data is kept in", data_dir, flush=True)
        return 0
    except ServiceError as error:
        _stop_quietly(supervisor)
        print(f"\n{error}", file=sys.stderr)
        return 1
    except OSError as error:
        _stop_quietly(supervisor)
        print(f"\n{error}. Check that {data_dir} can be written and that its disk is not full.", file=sys.stderr)
        return 1
    finally:
        _stop_quietly(supervisor)
    return 0


def _bring_up(supervisor: Supervisor, *, everything: bool) -> None:
    embedded = not os.environ.get("DATABASE_URL")
    if everything:
        supervisor.check_port()
    supervisor.start_services()
    if not everything:
        database, broker = connection_urls(supervisor.data_dir)
        print(f"DATABASE_URL={database}\nREDIS_URL={broker}\nCtrl-C stops them.", flush=True)
        return
    print("Preparing the database...", flush=True)
    supervisor.manage("migrate", "--no-input")
    supervisor.start_web()
    supervisor.start_worker()
    # Beside the start of web and worker, which take as long.
    accounts = supervisor.manage("load_demo") if embedded else ""
    supervisor.wait_until_healthy()
    print(
        f"\nConcord is ready: http://127.0.0.1:{supervisor.port}\n{accounts}\nCtrl-C stops it; all data is kept.",
        flush=True,
    )

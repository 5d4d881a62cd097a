"""The embedded Redis: a Unix socket and no port, an append-only file, so that queued messages survive a restart."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

import redis

from labeling.embedded.parent import end_with_parent
from labeling.embedded.places import Owner, ServiceError, last_lines, make_private_dir, make_socket_dir, redis_server

START_SECONDS = 30


class Redis:
    name = "redis"

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self._data_dir = data_dir
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self.log = data_dir / "logs" / "redis.log"

    def start(self) -> subprocess.Popen[bytes]:
        """Start; returns when it answers."""
        folder = self._data_dir / "redis"
        make_private_dir(folder, Owner())
        socket = make_socket_dir(self._data_dir) / "redis.sock"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        client = redis.Redis(unix_socket_path=str(socket))
        self._end_the_last_server(socket, client)
        options = {
            "port": "0",
            "unixsocket": str(socket),
            "unixsocketperm": "700",
            "dir": str(folder),
            "appendonly": "yes" if self._durable else "no",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(redis_server()), *(part for name, value in options.items() for part in (f"--{name}", value))],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent(signal.SIGTERM),
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                said = last_lines(self.log)
                raise ServiceError(f"Redis stopped while starting; its log is {self.log}:\n{said}")
            if _answers(client):
                return self._process
            time.sleep(0.05)
        self.stop()
        raise ServiceError(f"Redis did not answer within {START_SECONDS} s; its log is {self.log}.")

    def _end_the_last_server(self, socket: Path, client: redis.Redis) -> None:
        """End one whose Concord was killed: the data folder's lock is ours, so one that still answers has no parent."""
        deadline = time.monotonic() + START_SECONDS
        while socket.exists() and _answers(client):
            if time.monotonic() > deadline:
                raise ServiceError(f"A Redis that an earlier Concord left behind on {socket} does not end. Stop it.")
            with contextlib.suppress(redis.exceptions.RedisError):
                client.shutdown()
            time.sleep(0.1)

    def stop(self) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.exceptions.RedisError:
        return False

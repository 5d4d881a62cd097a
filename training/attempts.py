"""Starts of one run: their numbers, the lock that keeps two apart, and the end of one whose supervisor is gone."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ORPHAN_GRACE_SECONDS = 30.0
LOOK_SECONDS = 0.5


class StopRequested(Exception):  # noqa: N818 - a request, not an error
    """Raised where a stop was asked for; what is being done is dropped as if it had never begun."""


class FencedError(Exception):
    """A newer attempt has taken the run over; this one must write nothing more."""


def read_attempt(folder: Path) -> int:
    try:
        return int((folder / "attempt").read_text().strip() or 0)
    except (FileNotFoundError, ValueError):
        return 0


def take_attempt(folder: Path, *, supervised: bool) -> int:
    """This start's number: written by the supervisor, or counted up here where there is none."""
    number = read_attempt(folder)
    if supervised and number > 0:
        return number
    beside = folder / "attempt.tmp"
    beside.write_text(f"{number + 1}\n")
    beside.replace(folder / "attempt")
    return number + 1


class HeldError(Exception):
    """Another process holds the run; `who` says which, as far as it said so itself."""

    def __init__(self, who: str) -> None:
        self.who = who
        super().__init__(who)


@contextlib.contextmanager
def locked(folder: Path, log: Callable[[str], None], given_up: Callable[[], bool], *, wait: bool) -> Iterator[None]:
    """Holds RUN_DIR/lock, in which this process says who it is.

    With `wait`, waits for whoever holds it, looking twice a second whether to give up (StopRequested); else raises
    HeldError at once. A supervised attempt waits, for the one before may still be ending; a person is told.
    """
    with (folder / "lock").open("a+") as handle:
        waiting = False
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if error.errno not in (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES):
                    raise
            if not wait:
                handle.seek(0)
                raise HeldError(handle.read(1000).strip() or "another process")
            if not waiting:
                log("Another process holds this run; waiting for it to end.")
                waiting = True
            if given_up():
                raise StopRequested
            time.sleep(LOOK_SECONDS)
        handle.truncate(0)
        handle.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        handle.flush()
        yield


@contextlib.contextmanager
def stopping_anywhere(stop_requested: Callable[[], bool]) -> Iterator[None]:
    """Raises StopRequested wherever the body is, twice a second while a stop is asked for.

    For long work that leaves nothing half done, such as reading data. Only in the main thread. Where the exception
    falls into code that swallows it, the next look raises it again.
    """

    def look(*_: object) -> None:
        if stop_requested():
            raise StopRequested

    previous = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, LOOK_SECONDS, LOOK_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def watch_supervisor(request_stop: Callable[[], None]) -> None:
    """Ends this process when its standard input closes: the supervisor is gone, and another will take over.

    First kindly, by a checkpoint; after a grace period for good, for the next attempt waits for the lock.
    """

    def watch() -> None:
        with contextlib.suppress(OSError, ValueError):
            while os.read(0, 4096):
                pass
        request_stop()
        time.sleep(ORPHAN_GRACE_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="supervisor-watch").start()

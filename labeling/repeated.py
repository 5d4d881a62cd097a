"""What a worker does every so often beside its tasks: these may be held by a run for days."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from celery.signals import worker_ready, worker_shutdown
from django.db import close_old_connections, connection

logger = logging.getLogger(__name__)
PATIENCE_SECONDS = 5.0


class Repeated:
    """A thread that takes one step after the other while there is one to take, and looks again after a while."""

    def __init__(self, name: str, step: Callable[[], bool], *, seconds: float) -> None:
        """`step` does one thing and says whether there may be another at once; `seconds` is how long to wait else."""
        self.name = name
        self._step = step
        self._seconds = seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name=name)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End after the step that is being taken, which gets a few seconds."""
        self._over.set()
        self._thread.join(timeout=PATIENCE_SECONDS)

    def tick(self) -> None:
        """All steps that there are to take now."""
        while not self._over.is_set() and self._step():
            pass

    def _run(self) -> None:
        try:
            while not self._over.wait(self._seconds):
                try:
                    self.tick()
                except Exception:
                    logger.exception("%s: a step failed", self.name)
                close_old_connections()  # a broken one too, so that the next round has a new one
        finally:
            connection.close()


def repeat_in_workers(name: str, step: Callable[[], bool], *, seconds: float) -> None:
    """Have each worker that loads this do so (see Repeated) from when it is ready until it ends."""
    threads: list[Repeated] = []

    def start(**_: Any) -> None:
        threads.append(Repeated(name, step, seconds=seconds))
        threads[-1].start()

    def stop(**_: Any) -> None:
        while threads:
            threads.pop().stop()

    worker_ready.connect(start, weak=False)  # nothing else holds them
    worker_shutdown.connect(stop, weak=False)

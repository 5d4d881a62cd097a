"""What starts and ends with each worker."""

from typing import Any

from celery.signals import worker_ready, worker_shutdown

from labeling.repeated import Repeated
from labeling.review.items.catch_up import catch_up_some
from labeling.review.renew import renew_one

LOOK_SECONDS = 2.0

_threads: list[Repeated] = []


@worker_ready.connect
def start_threads(**_: Any) -> None:
    for name, step in (("answers", renew_one), ("items", catch_up_some)):
        thread = Repeated(name, step, seconds=LOOK_SECONDS)
        _threads.append(thread)
        thread.start()


@worker_shutdown.connect
def stop_threads(**_: Any) -> None:
    while _threads:
        _threads.pop().stop()

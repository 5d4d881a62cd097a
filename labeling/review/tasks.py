"""What starts and ends with each worker."""

from typing import Any

from celery.signals import worker_ready, worker_shutdown

from labeling.repeated import Repeated
from labeling.review.renew import renew_one

LOOK_SECONDS = 2.0

_renewers: list[Repeated] = []


@worker_ready.connect
def start_renewer(**_: Any) -> None:
    renewer = Repeated("renewer", renew_one, seconds=LOOK_SECONDS)
    _renewers.append(renewer)
    renewer.start()


@worker_shutdown.connect
def stop_renewer(**_: Any) -> None:
    while _renewers:
        _renewers.pop().stop()

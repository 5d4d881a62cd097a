"""What starts and ends with each worker."""

from typing import Any

from celery.signals import worker_ready, worker_shutdown

from labeling.datasets.freezer import freeze_one
from labeling.repeated import Repeated

LOOK_SECONDS = 1.0

_freezers: list[Repeated] = []


@worker_ready.connect
def start_freezer(**_: Any) -> None:
    freezer = Repeated("freezer", freeze_one, seconds=LOOK_SECONDS)
    _freezers.append(freezer)
    freezer.start()


@worker_shutdown.connect
def stop_freezer(**_: Any) -> None:
    while _freezers:
        _freezers.pop().stop()

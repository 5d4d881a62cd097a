"""What the broker's messages start."""

import threading
from typing import Any
from uuid import UUID

from celery import Task
from celery.signals import worker_ready, worker_shutdown, worker_shutting_down

from labeling.celery import app
from labeling.runs.wake import TASK
from labeling.runs.worker.monitor import Monitor, worker_name
from labeling.runs.worker.supervise import supervise

# Set when this worker is told to end: its trainers write a checkpoint, and their runs go back to the queue. The worker
# runs its tasks in threads (settings.CELERY), so that the event reaches them.
stopping = threading.Event()
_monitors: list[Monitor] = []


@app.task(name=TASK, bind=True)
def execute_run(self: Task, run_id: str) -> None:
    """See a queued run through. A run that is not queued, or gone, is left alone."""
    supervise(UUID(run_id), worker=worker_name(self.request.hostname), stopping=stopping)


@worker_ready.connect
def start_monitor(sender: Any = None, **_: Any) -> None:
    queues = [queue.name for queue in sender.task_consumer.queues]
    monitor = Monitor(worker_name(sender.hostname), queues)
    _monitors.append(monitor)
    monitor.start()


@worker_shutting_down.connect
def pass_on_stop(**_: Any) -> None:
    stopping.set()


@worker_shutdown.connect
def stop_monitor(**_: Any) -> None:
    while _monitors:
        _monitors.pop().stop()

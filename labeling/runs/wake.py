"""Waking a worker. The message carries an id only, and may be lost: the monitors send it again."""

import logging

from django.db import transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from labeling.celery import app
from labeling.runs.models import Run

logger = logging.getLogger(__name__)
TASK = "labeling.runs.execute_run"


def wake(run: Run) -> None:
    """Send a worker to the run once the transaction, if there is one, is committed."""
    run_id = str(run.pk)
    transaction.on_commit(lambda: _send(run_id))


def _send(run_id: str) -> None:
    """A broker that is down makes the run wait, and its launch no error: the row says that it is queued."""
    Run.objects.filter(pk=run_id).update(woken_at=Now())
    try:
        app.send_task(TASK, args=[run_id], retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("run %s is queued, but the broker took no message: %s", run_id, error)

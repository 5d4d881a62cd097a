"""launch_run KIND [--project P] [--input name=ID_OR_PATH ...] [--set key=value ...] [--wait]"""

import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from labeling.errors import DomainError
from labeling.projects.lookup import find_project
from labeling.runs.health import living_workers
from labeling.runs.models import FINISHED, Run, RunKind, RunStatus
from labeling.runs.services.launch import launch_run
from labeling.runs.worker.monitor import Monitor, worker_name
from labeling.runs.worker.supervise import supervise
from training.config import PRESETS

LOOK_SECONDS = 1.0


class Command(BaseCommand):
    help = (
        "Launches a run and prints its id. With --wait it stays until the run has ended, and fails where the run did: "
        "a worker runs it if one lives; without a worker this command runs it itself."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=RunKind.values)
        parser.add_argument("--project", default="", help="Its id or name; by default that of the inputs")
        parser.add_argument("--name", default="")
        parser.add_argument("--preset", choices=PRESETS, default="tiny")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--input", action="append", default=[], metavar="NAME=ID_OR_PATH")
        parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="changes")
        parser.add_argument("--wait", action="store_true", help="Stay until the run has ended")

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            run = launch_run(
                actor=None,
                kind=given["kind"],
                project=find_project(given["project"]) if given["project"] else None,
                name=given["name"],
                preset=given["preset"],
                seed=given["seed"],
                settings=_pairs(given["changes"], "--set"),
                inputs=_pairs(given["input"], "--input"),
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(str(run.pk))
        self.stdout.flush()
        if given["wait"]:
            self._wait(run)

    def _wait(self, run: Run) -> None:
        """See the run to its end, through a worker or in this process."""
        stopping = threading.Event()
        try:
            while run.status not in FINISHED:
                if run.status == RunStatus.QUEUED and not living_workers().exists():
                    self._run_here(run, stopping)
                elif run.status == RunStatus.WAITING and not living_workers().exists():
                    raise CommandError(
                        "No worker is running, and this run waits for the output of another. Start a worker "
                        "(`make run` does), or run the other one first: manage.py launch_run ... --wait"
                    )
                else:
                    time.sleep(LOOK_SECONDS)
                run.refresh_from_db()
        except KeyboardInterrupt:
            raise CommandError("Interrupted. The run stays in its place; cancel it in the browser.") from None
        if run.status != RunStatus.DONE:
            error = run.error or {"title": f"The run is {run.status}", "detail": "Resume it in the browser."}
            raise CommandError(f"{error['title']}: {error['detail']}")
        self.stderr.write(f"Done after {run.step} steps.")

    def _run_here(self, run: Run, stopping: threading.Event) -> None:
        """Supervise the run in this process, with a monitor, so that the site sees it as a worker."""
        self.stderr.write("No worker is running, so this command runs it itself.")
        name = worker_name("launch_run")
        monitor = Monitor(name, [])
        monitor.start()

        def work() -> None:
            try:
                supervise(run.pk, worker=name, stopping=stopping)
            finally:
                connection.close()

        supervisor = threading.Thread(target=work, name="supervisor")
        supervisor.start()
        try:
            supervisor.join()
        except KeyboardInterrupt:
            self.stderr.write("Stopping; the run writes a checkpoint and goes back to the queue.")
            stopping.set()
            supervisor.join()
            raise
        finally:
            monitor.stop()


def _pairs(items: list[str], option: str) -> dict[str, str]:
    """NAME=VALUE arguments by name. CommandError where one is not of that form, or comes twice."""
    pairs: dict[str, str] = {}
    for item in items:
        name, separator, value = item.partition("=")
        if not separator or not name or name in pairs:
            raise CommandError(f"{option} {item}: give NAME=VALUE, each name once.")
        pairs[name] = value
    return pairs

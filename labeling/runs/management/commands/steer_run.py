"""steer_run cancel|halt|resume RUN [--why TEXT] [--although-halted]"""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from labeling.errors import DomainError
from labeling.runs.models import Run
from labeling.runs.services.control import cancel_run, halt_run, resume_run


class Command(BaseCommand):
    help = "Cancels, halts or resumes a run, as its page does, and prints its new status."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("deed", choices=["cancel", "halt", "resume"])
        parser.add_argument("run", type=UUID)
        parser.add_argument("--why", default="", help="With halt: what is wrong")
        parser.add_argument("--although-halted", action="store_true", help="With resume: go on with a halted run")

    def handle(self, *args: Any, **given: Any) -> None:
        run = Run.objects.filter(pk=given["run"]).first()
        if run is None:
            raise CommandError(f"There is no run {given['run']}.")
        if given["deed"] == "halt" and not given["why"].strip():
            raise CommandError("Say what is wrong: --why TEXT")
        try:
            if given["deed"] == "cancel":
                run = cancel_run(actor=None, run=run)
            elif given["deed"] == "halt":
                run = halt_run(actor=None, run=run, why=given["why"].strip()[:500])
            else:
                run = resume_run(actor=None, run=run, although_halted=given["although_halted"])
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(run.status)

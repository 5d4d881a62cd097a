import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from labeling.demo.load import load_demo

WHAT_FOR = {
    "labeler": "writes demonstrations, rates and ranks outputs",
    "researcher": "reviews batches, watches agreement",
    "admin": "invites people, freezes snapshots, launches runs",
}


class Command(BaseCommand):
    help = "Load the demo project and its three accounts, where they are not there yet, and print the accounts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--into-my-database", action="store_true", help="also where DATABASE_URL is set")

    def handle(self, *args: Any, **options: Any) -> None:
        if os.environ.get("DATABASE_URL") and not options["into_my_database"]:
            raise CommandError(
                "The demo and its accounts are for the embedded database. To load them into the one at DATABASE_URL "
                "all the same, add --into-my-database."
            )
        accounts = load_demo()
        if not accounts:
            self.stdout.write(
                "The demo is loaded; its passwords are no longer beside the data. An admin can reset them."
            )
        for name, password in accounts.items():
            self.stdout.write(f"  {name:<11} {password}   {WHAT_FOR[name]}")

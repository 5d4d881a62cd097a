from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from labeling.accounts.models import User
from labeling.accounts.services import create_token


class Command(BaseCommand):
    help = "Make an API token for a user and print it, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the user's name")
        parser.add_argument("--label", default="command line", help="what the token is for")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username__iexact=options["name"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user '{options['name']}'.")
        _, secret = create_token(actor=None, user=user, name=options["label"])
        self.stdout.write(secret)

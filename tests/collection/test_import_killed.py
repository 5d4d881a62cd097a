"""An import whose process is killed in the middle leaves nothing behind, and is simply done again."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from labeling.accounts.models import Event
from labeling.collection.models import Prompt, PromptImport
from tests.cast import World

ROOT = Path(__file__).resolve().parents[2]
ROWS = 200
WAITS_FOR_EVENTS = "SELECT count(*) FROM pg_locks WHERE relation = 'accounts_event'::regclass AND NOT granted"


def database_url() -> str:
    from urllib.parse import quote

    at = connection.settings_dict
    port = f":{at['PORT']}" if at["PORT"] else ""
    return f"postgres://{at['USER']}:{quote(at['PASSWORD'], safe='')}@{quote(at['HOST'], safe='')}{port}/{at['NAME']}"


def wait_until_it_waits(importing: subprocess.Popen) -> None:
    """Until the import, all its rows written, waits to write its Event: the last thing that it does."""
    end = time.monotonic() + 120
    while True:
        with connection.cursor() as cursor:
            cursor.execute(WAITS_FOR_EVENTS)
            if cursor.fetchone()[0]:
                return
        assert importing.poll() is None, "the import ended before it wrote its Event"
        assert time.monotonic() < end, "the import never came to its Event"
        time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_leaves_nothing_and_can_be_done_again(world: World, tmp_path: Path):
    file = tmp_path / "prompts.jsonl"
    file.write_text("".join(json.dumps({"prompt": f"{number}. Tell of the fox."}) + "\n" for number in range(ROWS)))
    command = [sys.executable, "manage.py", "import_prompts", str(world.project.pk), str(file), "--consent"]
    events = Event.objects.count()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE accounts_event IN EXCLUSIVE MODE")
        importing = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": database_url()})
        wait_until_it_waits(importing)
        importing.kill()
        importing.wait()
    assert (Prompt.objects.count(), PromptImport.objects.count(), Event.objects.count()) == (0, 0, events)
    call_command("import_prompts", str(world.project.pk), str(file), consent=True)
    assert Prompt.objects.count() == ROWS

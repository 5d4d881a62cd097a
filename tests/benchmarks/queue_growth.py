"""What next, draft and submit cost as the queue grows, and for a labeler who did or skipped the first 20,000 tasks.

    python -m tests.benchmarks.queue_growth                  10,000, 100,000 and 1,000,000 tasks, 64 clients
    SIZES=10000,100000 CLIENTS=64 SECONDS=20 HISTORY=20000 python -m tests.benchmarks.queue_growth

Prints a table: times as the clients saw them, all clients at once on the server's own machine, and server CPU
(gunicorn and PostgreSQL) per request; then, one labeler alone, next without and with a long history; last, how
PostgreSQL finds the next task at the largest size.
"""

import os
import subprocess
import sys
import threading
import time
import uuid
from collections import defaultdict
from statistics import quantiles

from tests.benchmarks.own_site import ROOT, Client, OwnSite

TIMES = 20

# The first tasks that are free, as had by this labeler.
HAD = """
    INSERT INTO collection_assignment (id, slot_id, task_id, project_id, labeler_id, state, order_seed, draft,
        draft_revision, skip_reason, skip_note, return_reasons, created_at, updated_at)
    SELECT gen_random_uuid(), slot.id, slot.task_id, slot.project_id, %(user)s, %(state)s, 1, '{}', 0, '', '', '',
           now(), now()
    FROM collection_slot slot WHERE slot.project_id = %(project)s AND slot.state = 'free'
      AND NOT EXISTS (SELECT FROM collection_assignment a WHERE a.task_id = slot.task_id AND a.labeler_id = %(user)s)
    ORDER BY slot.batch_number, slot.number, slot.position LIMIT %(history)s
"""
DONE = """
    UPDATE collection_slot SET state = 'done'
    WHERE id IN (SELECT slot_id FROM collection_assignment WHERE labeler_id = %(user)s AND state = 'submitted')
"""


def milliseconds(seconds: list[float]) -> str:
    """p50 and p95."""
    cuts = quantiles(seconds, n=20, method="inclusive")
    return f"{1000 * cuts[9]:7.1f} {1000 * cuts[18]:7.1f}"


# The query behind `next`, explained where a labeler's bookmark stands in the middle of the queue.
EXPLAIN = """
from django.db import connection
from labeling.collection.models import Bookmark
from labeling.collection.selectors import queue_rows

def explained(sql, values):
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) " + sql, values)
        print("\\n".join(line for line, in cursor.fetchall()))
    return []

queue_rows.prepared_rows = explained
mark = Bookmark.objects.select_related("membership").order_by("-position")[0]
queue_rows.read_queue([mark], limit=16)
"""


class Worker(threading.Thread):
    """next, draft, submit, over and over; keeps how long each took."""

    def __init__(self, site: OwnSite, token: str, until: float) -> None:
        super().__init__()
        self.site, self.until = site, until
        self.client = Client(site.port, token)
        self.took: dict[str, list[float]] = defaultdict(list)

    def timed(self, what: str, method: str, path: str, body: object = None) -> tuple[int, dict]:
        began = time.perf_counter()
        status, answer = self.client.send(method, path, body)
        self.took[what].append(time.perf_counter() - began)
        assert status == 200, (status, answer)
        return status, answer

    def run(self) -> None:
        while time.monotonic() < self.until:
            _, page = self.timed("next", "POST", f"/projects/{self.site.project}/tasks/next")
            path = f"/assignments/{page['id']}"
            draft = {"revision": page["draft_revision"], "draft": {"response": "Once upon a time"}}
            self.timed("draft", "PUT", f"{path}/draft", draft)
            self.timed("submit", "POST", f"{path}/submit", {"submission_id": str(uuid.uuid4()), "response": "A tale"})


def measure(site: OwnSite, size: int, clients: int, seconds: float) -> None:
    """One row for each kind of request."""
    until = time.monotonic() + seconds
    cpu, began = site.cpu_seconds(), time.monotonic()
    workers = [Worker(site, token, until) for token in site.tokens[:clients]]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took: dict[str, list[float]] = defaultdict(list)
    for worker in workers:
        for what, times in worker.took.items():
            took[what] += times
    requests = sum(len(times) for times in took.values())
    each = 1000 * (site.cpu_seconds() - cpu) / requests
    rate = requests / (time.monotonic() - began)
    for what in ("next", "draft", "submit"):
        print(f"{size:>9,} {clients:>4} {what:8} {milliseconds(took[what])}   {rate:7.1f} {each:7.1f}", flush=True)


def long_history(site: OwnSite, size: int, history: int) -> None:
    """next for one labeler alone: with no history, and after `history` done or skipped tasks."""
    for number, state in enumerate(("", "submitted", "skipped")):
        user, token = site.users[-1 - number], site.tokens[-1 - number]
        if state:
            site.sql(HAD, project=site.project, user=user, state=state, history=history)
            site.sql(DONE, user=user)
            site.sql("ANALYZE collection_assignment")
        worker = Worker(site, token, 0)
        for _ in range(TIMES):
            _, page = worker.timed("next", "POST", f"/projects/{site.project}/tasks/next")
            worker.client.send("POST", f"/assignments/{page['id']}/skip", {"reason": "unclear"})
        first, *rest = worker.took["next"]
        name = f"next after {history:,} {state}" if state else "next, no history"
        print(f"{size:>9,}    1 {name:28} {milliseconds(rest)}   the first {1000 * first:.0f} ms", flush=True)


def explain(site: OwnSite) -> None:
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", EXPLAIN]
    subprocess.run(command, cwd=ROOT, env=site.environment, check=True)


if __name__ == "__main__":
    sizes = [int(size) for size in os.environ.get("SIZES", "10000,100000,1000000").split(",")]
    clients = int(os.environ.get("CLIENTS", "64"))
    history = int(os.environ.get("HISTORY", "20000"))
    with OwnSite(labelers=clients + 3 * len(sizes), overlap=1) as site:
        print("    tasks   by request      p50 ms  p95 ms   all/s   CPU ms each", flush=True)
        made = 0
        for size in sizes:
            site.add_tasks(size - made)
            made = size
            measure(site, size, clients, float(os.environ.get("SECONDS", "30")))
            long_history(site, size, min(history, size // 4))
            del site.users[-3:], site.tokens[-3:]
        print("load average", *os.getloadavg(), flush=True)
        explain(site)

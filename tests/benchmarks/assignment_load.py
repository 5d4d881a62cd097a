"""Is work handed out right under load? 64 clients over HTTP, with skips, expiries and crashes of clients and site.

    python -m tests.benchmarks.assignment_load                        100,000 tasks, overlap 3, 64 clients
    TASKS=2000 CLIENTS=16 SECONDS=60 python -m tests.benchmarks.assignment_load

Prints a table and exits 1 when an invariant breaks: never more than overlap, no submit lost or doubled, nobody
twice on a task, and no 204 while a brute-force query finds a task for that labeler. TASKS that cannot be finished
within SECONDS are checked as far as they came.
"""

import os
import random
import sys
import threading
import time
import uuid
from collections import Counter

from tests.benchmarks.own_site import Client, OwnSite

# Free slots of tasks that this person may take; xmin is the transaction that wrote the row last.
FREE_FOR = """
    SELECT slot.id, slot.xmin::text FROM collection_slot slot
    WHERE slot.project_id = %(project)s AND slot.state = 'free'
      AND NOT EXISTS (SELECT FROM collection_assignment a WHERE a.task_id = slot.task_id AND a.labeler_id = %(user)s
                      AND a.state NOT IN ('expired', 'released'))
"""
BROKEN = {
    "tasks with more live holds than overlap": """
        SELECT count(*) FROM (SELECT task_id FROM collection_assignment
        WHERE state IN ('current', 'ahead', 'submitted', 'returned') GROUP BY task_id
        HAVING count(*) > %(overlap)s) x""",
    "labelers with a task twice": """
        SELECT count(*) FROM (SELECT FROM collection_assignment GROUP BY task_id, labeler_id HAVING count(*) > 1) x""",
    "assignments with two current answers": """
        SELECT count(*) FROM (SELECT FROM collection_judgment WHERE current GROUP BY assignment_id
        HAVING count(*) > 1) x""",
    "slots whose state differs from their assignments'": """
        SELECT count(*) FROM collection_slot slot WHERE (state = 'done') <> EXISTS (
        SELECT FROM collection_assignment a WHERE a.slot_id = slot.id AND a.state = 'submitted')""",
}


class Labeler(threading.Thread):
    """Works until nothing waits or the time is over."""

    def __init__(self, site: OwnSite, number: int, until: float) -> None:
        super().__init__()
        self.site = site
        self.user = site.users[number]
        self.client = Client(site.port, site.tokens[number])
        self.random = random.Random(number)
        self.until = until
        self.taken: dict[str, str] = {}  # assignment -> judgment, of submits that were answered with 200
        self.done = Counter[str]()
        self.faults: list[str] = []

    def run(self) -> None:
        try:
            while time.monotonic() < self.until and self._one():
                pass
        except Exception as error:
            self.faults.append(repr(error))

    def free_for(self) -> set[tuple]:
        return set(self.site.sql(FREE_FOR, project=self.site.project, user=self.user))

    def _one(self) -> bool:
        status, page = self.client.insist("POST", f"/projects/{self.site.project}/tasks/next")
        if status == 204:
            return self._nothing_waits()
        if status != 200:
            self.faults.append(f"next: {status} {page}")
            return False
        path = f"/assignments/{page['id']}"
        deed = self.random.random()
        if deed < 0.05:
            self.client.insist("POST", f"{path}/skip", {"reason": "unclear"})
            self.done["skipped"] += 1
        elif deed < 0.08:  # the browser crashes, and its labeler comes back when the lease is over
            self.site.sql(
                "UPDATE collection_assignment SET lease_expires_at = '2001-01-01' WHERE id = %(id)s", id=page["id"]
            )
            self.done["left"] += 1
        else:
            self._submit(path, page["id"])
        return True

    def _submit(self, path: str, assignment: str) -> None:
        response = f"Tale {uuid.uuid4()}"
        if self.random.random() < 0.3:
            self.client.insist("PUT", f"{path}/draft", {"revision": 0, "draft": {"response": response}})
        body = {"submission_id": str(uuid.uuid4()), "response": response}
        for _ in range(2 if self.random.random() < 0.1 else 1):
            status, receipt = self.client.insist("POST", f"{path}/submit", body)
            if status == 200:
                if self.taken.setdefault(assignment, receipt["judgment"]) != receipt["judgment"]:
                    self.faults.append(f"{assignment}: one submission, two judgments")
            elif status != 409:
                self.faults.append(f"submit: {status} {receipt}")
        self.done["submitted"] += 1

    def _nothing_waits(self) -> bool:
        """Ask again between two looks of the brute-force query; a slot that nobody touched meanwhile was missed."""
        before = self.free_for()
        status, _ = self.client.insist("POST", f"/projects/{self.site.project}/tasks/next")
        if status == 204:
            self.done["204"] += 1
            if starved := before & self.free_for():
                self.faults.append(f"204 while {len(starved)} slots were free all the time")
            return False
        return True


def run_load(*, tasks: int, overlap: int, clients: int, seconds: float, fsync: bool = True) -> dict[str, object]:
    """The table's rows by name; "faults" is empty where every invariant held."""
    with OwnSite(labelers=clients, overlap=overlap, fsync=fsync) as site:
        site.add_tasks(tasks)
        began = time.monotonic()
        labelers = [Labeler(site, number, began + seconds) for number in range(clients)]
        for labeler in labelers:
            labeler.start()
        crashes = 0
        while any(labeler.is_alive() for labeler in labelers):
            labelers[0].join(max(seconds / 8, 0.5))
            crashes += 1
            if crashes == 3:
                site.kill_web()
                site.start_web()
            elif crashes < 8:
                site.kill_a_worker()
        took = time.monotonic() - began
        faults = [fault for labeler in labelers for fault in labeler.faults]
        for name, sql in BROKEN.items():
            ((count,),) = site.sql(sql, overlap=overlap)
            faults += [f"{count} {name}"] * bool(count)
        standing = dict(site.sql("SELECT assignment_id::text, id::text FROM collection_judgment WHERE current"))
        taken = {key: value for labeler in labelers for key, value in labeler.taken.items()}
        if standing != taken:
            faults.append(f"{len(taken)} submits were answered with 200, {len(standing)} answers stand")
        done = sum((labeler.done for labeler in labelers), Counter[str]())
        ((freed,),) = site.sql("SELECT count(*) FROM collection_slot WHERE freed_in IS NOT NULL")
    return {
        "tasks": tasks, "overlap": overlap, "clients": clients, "seconds": round(took, 1), **done,
        "slots freed again": freed, "kills of web or worker": min(crashes, 7), "answers standing": len(standing),
        "load average": os.getloadavg()[0], "faults": faults,
    }  # fmt: skip


if __name__ == "__main__":
    table = run_load(
        tasks=int(os.environ.get("TASKS", "100000")),
        overlap=int(os.environ.get("OVERLAP", "3")),
        clients=int(os.environ.get("CLIENTS", "64")),
        seconds=float(os.environ.get("SECONDS", "3600")),
    )
    for name, value in table.items():
        print(f"{name:24} {value}")
    sys.exit(1 if table["faults"] else 0)

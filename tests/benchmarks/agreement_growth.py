"""What the agreement page costs as a project grows: rankings of six outputs, three a task, by 200 labelers.

    python -m tests.benchmarks.agreement_growth                     10,000, 100,000 and 1,000,000 rankings
    SIZES=10000,100000 python -m tests.benchmarks.agreement_growth

The rankings are made in SQL, with a true order of each prompt's outputs and labelers who err and tie; the triggers note
them as they would be noted by submits. Prints, for each size and request of the pages, over HTTP on the server's own
machine, in seconds: cold (computed from the counts, none kept), again (nothing changed since), and after one judgment
changed: its prompt counted, and the answer computed anew, or shown as it was where it is dear (counts/answers.py).
Above that: how long one worker took to count everything, how long it takes to count one changed judgment, and what the
trigger adds to the statement that changes one.
"""

import contextlib
import os
import subprocess
import sys
import time
import uuid
from statistics import median

import psycopg2

from tests.benchmarks.own_site import ROOT, Client, OwnSite

LABELERS = 200
OUTPUTS = 6
OVERLAP = 3
COUNTED = (
    "labeler", "pair", "researchers", "pool", "use_case", "language", "guideline", "batch", "week", "rating", "flag",
)  # fmt: skip
PATHS = {
    "all together": "agreement",
    **{by: f"agreement/table?by={by}" for by in COUNTED},
    "reliability (sample)": "agreement/table?by=reliability",
    "labelers (sample)": "labelers",
    "judges": "labelers/judges",
    **{f"explore {view} (sample)": f"explore?view={view}" for view in ("position", "length", "contradictions", "time")},
}

# Tasks are the batch's first `tasks` prompts; each is judged by three of the labelers, in a row of their numbers.
RANKINGS = [
    """
    CREATE TEMP TABLE made ON COMMIT DROP AS
    SELECT row_number() OVER () AS n, gen_random_uuid() AS prompt, gen_random_uuid() AS task, b.id AS batch
    FROM generate_series(1, %(tasks)s) t
    JOIN (SELECT id, row_number() OVER (ORDER BY number) AS place FROM collection_batch WHERE NOT imported) b
        ON b.place = 1 + t %% %(batches)s
    """,
    """
    INSERT INTO collection_prompt (id, project_id, messages, text_key, prefix_key, source, split, use_case, language,
        consent, created_at)
    SELECT prompt, %(project)s, jsonb_build_array(jsonb_build_object('role', 'user', 'content', 'Tale ' || prompt)),
           prompt, prompt, 'benchmark', 'train',
           (ARRAY['generation', 'open_qa', 'brainstorming', 'chat', 'rewrite'])[1 + n %% 5],
           (ARRAY['en', 'en', 'en', 'de'])[1 + n %% 4], true, now()
    FROM made
    """,
    """
    INSERT INTO collection_candidate (id, prompt_id, text, text_key, index, "order", created_at)
    SELECT gen_random_uuid(), prompt, 'Output ' || k, k::text, k, k, now() FROM made, generate_series(1, 6) k
    """,
    """
    INSERT INTO collection_task (id, batch_id, prompt_id, kind, purpose, status, position, overlap, created_at)
    SELECT task, batch, prompt, 'comparison', 'work', 'open', %(first)s + n, 3, now() FROM made
    """,
    """
    CREATE TEMP TABLE held ON COMMIT DROP AS
    SELECT m.*, turn, gen_random_uuid() AS assignment, gen_random_uuid() AS judgment,
           (%(users)s::uuid[])[1 + (n * 7 + turn * (1 + n %% 60)) %% 200] AS labeler
    FROM made m, generate_series(1, 3) turn
    """,
    """
    INSERT INTO collection_slot (task_id, number, state, project_id, kind, pools, batch_number, position)
    SELECT task, turn, 'done', %(project)s, 'comparison', '{training}', 1, n FROM held
    """,
    """
    INSERT INTO collection_assignment (id, slot_id, task_id, project_id, labeler_id, state, order_seed, draft,
        draft_revision, submitted_at, created_at, updated_at)
    SELECT h.assignment, s.id, h.task, %(project)s, h.labeler, 'submitted', 1, '{}', 0, now(), now(), now()
    FROM held h JOIN collection_slot s ON s.task_id = h.task AND s.number = h.turn
    """,
    """
    INSERT INTO collection_judgment (id, assignment_id, revision, action, current, submission_id, pool, guideline_id,
        rubric_id, created_at)
    SELECT judgment, assignment, 1, 'submit', true, gen_random_uuid(),
           CASE WHEN turn = 3 AND n %% 10 = 0 THEN 'researcher' ELSE 'training' END,
           (SELECT id FROM projects_guideline WHERE version = 1 + n %% 2), (SELECT id FROM projects_rubric),
           now() - n %% 84 * interval '1 day'
    FROM held
    """,
    "INSERT INTO collection_comparison (judgment_id) SELECT judgment FROM held",
    """
    INSERT INTO collection_rating (comparison_id, candidate_id, overall, flags, rank, position)
    SELECT h.judgment, c.id, 8 - least(7, 1 + rank() OVER mine), jsonb_build_object('hallucination', random() < 0.1),
           rank() OVER mine, c.order - 1
    FROM held h JOIN collection_candidate c ON c.prompt_id = h.prompt
    WINDOW mine AS (PARTITION BY h.judgment ORDER BY round((c.order + 4 * random())::numeric / 2))
    """,
]

# Count all that is noted, so many prompts at a time.
COUNT = """
import time
from labeling.review.counts import recount
from labeling.review.counts.models import StalePrompt
recount.PROMPTS, began = {prompts}, time.monotonic()
while StalePrompt.objects.exists():
    recount.recount_all(seconds=60)
print(time.monotonic() - began)
"""
CHANGE = "UPDATE collection_judgment SET current = NOT current WHERE id = %(judgment)s"
CHANGES = 20


class Project:
    """The project as it grows, and a researcher who looks at it."""

    def __init__(self, site: OwnSite) -> None:
        self.site = site
        self.tasks = 0
        site.sql("UPDATE accounts_user SET role = 'researcher' WHERE id = %(user)s", user=site.users[-1])
        site.sql("UPDATE projects_membership SET pool = 'researcher' WHERE user_id = %(user)s", user=site.users[-1])
        for version in (1, 2):
            site.sql(
                "INSERT INTO projects_guideline (id, project_id, version, text, created_at)"
                " VALUES (gen_random_uuid(), %(project)s, %(version)s, 'Be fair.', now())",
                project=site.project, version=version,
            )  # fmt: skip
        site.sql(
            "INSERT INTO projects_rubric (id, project_id, version, content, created_at)"
            """ VALUES (gen_random_uuid(), %(project)s, 1, '{"output_flags": [{"key": "hallucination"}]}', now())""",
            project=site.project,
        )
        self.client = Client(site.port, site.tokens[-1])

    def grow(self, tasks: int) -> None:
        """So many tasks more, each judged three times; a batch for each thousand."""
        batches = max(1, tasks // 1000)
        self.site.sql(
            "INSERT INTO collection_batch (id, project_id, name, number, kind, status, overlap, pools, imported,"
            " created_at) SELECT gen_random_uuid(), %(project)s, 'Batch ' || n, n, 'comparison', 'accepted', 3,"
            " '{training}', false, now() FROM generate_series(%(first)s, %(last)s) n",
            project=self.site.project,
            first=1 + self.batches(),
            last=self.batches() + batches,
        )
        values = {
            "tasks": tasks, "batches": self.batches(), "first": self.tasks, "project": self.site.project,
            "users": self.site.users[:-1],
        }  # fmt: skip
        with self.connected() as connection, connection.cursor() as cursor:
            for statement in RANKINGS:
                cursor.execute(statement, values)
            connection.commit()
        self.tasks += tasks
        self.vacuum()

    def connected(self) -> contextlib.closing[psycopg2.extensions.connection]:
        return contextlib.closing(psycopg2.connect(self.site.database))

    def vacuum(self) -> None:
        """As PostgreSQL does by itself after a while."""
        with self.connected() as connection:
            connection.autocommit = True
            connection.cursor().execute("VACUUM ANALYZE")

    def batches(self) -> int:
        return self.site.sql("SELECT count(*) FROM collection_batch")[0][0]

    def count(self, prompts: int = 200) -> float:
        """Seconds in which one worker counts all that is noted."""
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", COUNT.format(prompts=prompts)]
        done = subprocess.run(command, cwd=ROOT, env=self.site.environment, check=True, capture_output=True, text=True)
        return float(done.stdout)

    def seconds(self, path: str) -> float:
        began = time.perf_counter()
        status, answer = self.client.send("GET", f"/projects/{self.site.project}/{path}")
        took = time.perf_counter() - began
        assert status == 200, answer
        assert not answer["counting"], answer["counting"]
        return took

    def change(self, changes: int = 1) -> float:
        """Take some judgments back, or give them back: the median milliseconds of the statement."""
        some = "SELECT id FROM collection_judgment WHERE id >= %(from)s ORDER BY id LIMIT %(changes)s"
        judgments = [row[0] for row in self.site.sql(some, changes=changes, **{"from": str(uuid.uuid4())})]
        took = []
        with self.connected() as connection, connection.cursor() as cursor:
            for judgment in judgments:
                began = time.perf_counter()
                cursor.execute(CHANGE, {"judgment": judgment})
                took.append(1000 * (time.perf_counter() - began))
                connection.commit()
        return median(took)

    def change_without_trigger(self) -> float:
        self.site.sql("ALTER TABLE collection_judgment DISABLE TRIGGER note_updated")
        took = self.change(CHANGES)
        self.site.sql("ALTER TABLE collection_judgment ENABLE TRIGGER note_updated")
        return took


def measure(project: Project, size: int) -> None:
    counted = project.count()
    project.vacuum()
    without = project.change_without_trigger()
    noted = project.change(CHANGES)
    one = project.count(prompts=1) / CHANGES
    ((rows, all_rows),) = project.site.sql(
        "SELECT pg_size_pretty(sum(pg_total_relation_size(oid))), pg_size_pretty(pg_database_size(current_database()))"
        " FROM pg_class WHERE relname ~ '^review_(unit|pair|prompt|rating|flag)count$'"
    )
    print(f"\n{3 * project.tasks:,} rankings; all counted in {counted:.1f} s; counts take {rows} of {all_rows}")
    print(f"a changed judgment: {noted:.2f} ms ({without:.2f} without the trigger); counting it {1000 * one:.0f} ms")
    print(f"{'':22} {'cold':>8} {'again':>8} {'after a change':>15}", flush=True)
    project.client = Client(project.site.port, project.site.tokens[-1])  # the site lets an idle connection go
    for name, path in PATHS.items():
        project.site.sql("DELETE FROM review_keptanswer")
        cold, again = project.seconds(path), project.seconds(path)
        project.change()
        print(f"{name:22} {cold:8.2f} {again:8.3f} {project.seconds(path):15.2f}", flush=True)
    print("load average", *os.getloadavg(), flush=True)


if __name__ == "__main__":
    sizes = [int(size) for size in os.environ.get("SIZES", "10000,100000,1000000").split(",")]
    with OwnSite(labelers=LABELERS + 1, overlap=OVERLAP, fsync=False) as site:
        project = Project(site)
        for size in sizes:
            project.grow(size // OVERLAP - project.tasks)
            measure(project, size)

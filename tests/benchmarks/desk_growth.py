"""What curating and reviewing cost as a project grows, over HTTP, in seconds of the whole request.

    python -m tests.benchmarks.desk_growth                   10,000 prompts, and a batch of 10,000 judgments in review
    PROMPTS=100000 JUDGMENTS=10000 python -m tests.benchmarks.desk_growth

Prompts have some forty words, and one in ten repeats another but for a word; each has six outputs. A third as many
tasks as there are judgments are ranked by three labelers each. Near duplicates are searched by one request after the
other until none is left; the batch that is published takes 10,000 prompts by disagreement and by a target mix; the
review queue is opened as a researcher opens it, each request computing some of the risks, and then read.
"""

import os
import time
from collections.abc import Iterator
from statistics import median

from tests.benchmarks.agreement_growth import LABELERS, OVERLAP, RANKINGS, Project
from tests.benchmarks.own_site import OwnSite

CHOSEN = 10_000
MIX = {"use_case": {"generation": 0.5, "open_qa": 0.2, "rewrite": 0.3}, "language": {"en": 0.8, "de": 0.2}}
# Words of a vocabulary in which the first are frequent; then one in ten says what the prompt before it says.
TEXTS = """
    UPDATE collection_prompt p SET messages = jsonb_build_array(jsonb_build_object('role', 'user', 'content', (
        SELECT string_agg(substr(md5((5000 * random() * random() * random())::int::text), 1, 4), ' ')
        FROM generate_series(1, 40 + length(p.source) * 0))))
    WHERE project_id = %(project)s AND messages -> 0 ->> 'content' LIKE 'Tale %%'
"""
REPEATS = """
    WITH placed AS (SELECT id, messages, row_number() OVER (ORDER BY created_at, id) AS n FROM collection_prompt)
    UPDATE collection_prompt p SET messages = jsonb_build_array(jsonb_build_object('role', 'user', 'content',
        'Please ' || (b.messages -> 0 ->> 'content')))
    FROM placed a JOIN placed b ON b.n = a.n - 1 WHERE a.n %% 10 = 0 AND p.id = a.id
"""
IN_REVIEW = "UPDATE collection_batch SET status = 'in_review', in_review_at = now()"
ONE_BATCH = """
    UPDATE collection_task SET batch_id = (SELECT id FROM collection_batch WHERE NOT imported ORDER BY number LIMIT 1)
"""
SECONDS = "ALTER TABLE collection_judgment ALTER active_seconds SET DEFAULT 30 + 200 * random()"
# Prompts with their outputs and no task.
WAITING = RANKINGS[:3]


class Desk(Project):
    """The project with its researcher, and what is timed of it."""

    def fill(self, prompts: int, judgments: int) -> None:
        """A batch of so many judgments in review, and prompts with outputs up to so many in all."""
        self.site.sql(SECONDS)
        self.grow(judgments // OVERLAP)
        self.site.sql(ONE_BATCH)
        self.site.sql(IN_REVIEW)
        values = {"tasks": prompts - self.tasks, "batches": self.batches(), "project": self.site.project}
        with self.connected() as connection, connection.cursor() as cursor:
            for statement in WAITING:
                cursor.execute(statement, values)
            connection.commit()
        self.site.sql(TEXTS, project=self.site.project)
        self.site.sql(REPEATS)
        self.vacuum()

    def timed(self, method: str, path: str, body: object = None) -> tuple[float, dict]:
        began = time.perf_counter()
        status, answer = self.client.send(method, path, body)
        took = time.perf_counter() - began
        assert status < 300, (status, answer)
        return took, answer

    def searches(self) -> Iterator[tuple[float, int]]:
        """Seconds of each request until all prompts are searched, and how many pairs it found."""
        left = 1
        while left:
            took, answer = self.timed("POST", f"/projects/{self.site.project}/near-duplicates/search")
            left = answer["unsearched"]
            yield took, answer["found"]


def line(what: str, *seconds: float) -> None:
    print(f"{what:50}" + "".join(f"{one:9.2f}" for one in seconds), flush=True)


SPREAD = "".join(f"{name:>9}" for name in ("first", "median", "longest", "last", "all"))


def spread(took: list[float]) -> tuple[float, ...]:
    return took[0], median(took), max(took), took[-1], sum(took)


def curate(desk: Desk) -> None:
    project = f"/projects/{desk.site.project}"
    print(
        f"\n{'near duplicates, 500 prompts a request':50}{'first':>9}{'median':>9}{'longest':>9}{'last':>9}{'all':>9}"
    )
    told = list(desk.searches())
    took = [seconds for seconds, _ in told]
    line(f"  {len(took)} requests, {sum(found for _, found in told):,} pairs", *spread(took))
    print(f"\n{'':50}{'first':>9}{'again':>9}")
    for what, path in (("the pairs to decide on", "/near-duplicates"), ("the page Curate", "/curate")):
        line(what, *(desk.timed("GET", project + path)[0] for _ in range(2)))
    for by, shares in MIX.items():
        desk.timed("PUT", f"{project}/target-mix", {"by": by, "shares": shares})
    body = {
        "kind": "comparison", "prompts": {"limit": CHOSEN}, "k": 4, "overlap": 1,
        "choose": {"weights": {"disagreement": 1, "mix": 1}},
    }  # fmt: skip
    line(
        f"choosing {CHOSEN:,} prompts (preview)", *(desk.timed("POST", f"{project}/choose", body)[0] for _ in range(2))
    )
    line("publishing them", desk.timed("POST", f"{project}/batches", body)[0])


def review(desk: Desk) -> None:
    ((batch,),) = desk.site.sql("SELECT id FROM collection_batch WHERE status = 'in_review' ORDER BY number LIMIT 1")
    queue, opening = f"/batches/{batch}/review/queue", []
    left = 1
    while left:
        took, answer = desk.timed("GET", f"/batches/{batch}/review")
        opening.append(took)
        left = answer["unscored"]
    print(
        f"\n{'opening a batch, 1,500 risks a request':50}{'first':>9}{'median':>9}{'longest':>9}{'last':>9}{'all':>9}"
    )
    line(f"  {len(opening)} requests", *spread(opening))
    print(f"\n{'':50}{'first':>9}{'again':>9}")
    answer = desk.timed("GET", queue)[1]
    item = answer["results"][0]["task"]
    for what, path in (
        ("its summary", f"/batches/{batch}/review"),
        ("its queue", queue),
        ("the queue's second page", f"{queue}?cursor={answer['next']}"),
        ("the queue of one labeler", f"{queue}?labeler=p3"),
        ("the queue of the project", f"/projects/{desk.site.project}/review/queue"),
        ("an item", f"/tasks/{item}/review"),
    ):
        line(what, *(desk.timed("GET", path)[0] for _ in range(2)))


if __name__ == "__main__":
    prompts, judgments = int(os.environ.get("PROMPTS", "10000")), int(os.environ.get("JUDGMENTS", "10000"))
    with OwnSite(labelers=LABELERS + 1, overlap=OVERLAP, fsync=False) as site:
        desk = Desk(site)
        desk.fill(prompts, judgments)
        print(f"{prompts:,} prompts with {6 * prompts:,} outputs; {judgments:,} judgments in review")
        review(desk)
        curate(desk)
        print("\nload average", *os.getloadavg())

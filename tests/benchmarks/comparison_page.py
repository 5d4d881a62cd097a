"""Is the comparison page usable with nine outputs of 1,000 words each, on a slow machine?

    python -m tests.benchmarks.comparison_page                                CPU throttled four times
    THROTTLE=1 OUTPUTS=9 WORDS=1000 python -m tests.benchmarks.comparison_page

In Chromium, from sign-in to the ranking: the default rubric's flags, a prompt as long as an output. Key to effect is
the browser's own Event Timing, from the key to the next paint (steps of 8 ms; what it does not report took less than
16 ms). A long task holds the page for over 50 ms. Needs the built front end.
"""

import json
import os
from statistics import median

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import FloatRect, Page, sync_playwright

from tests.benchmarks.own_site import ROOT, OwnSite
from tests.browser.conftest import CHROMIUM, FLAGS

OUTPUTS = int(os.environ.get("OUTPUTS", "9"))
WORDS = int(os.environ.get("WORDS", "1000"))
THROTTLE = float(os.environ.get("THROTTLE", "4"))
PASSWORD = "a long enough one"

RUBRIC = """
    INSERT INTO projects_rubric (id, project_id, version, content, created_at)
    VALUES (gen_random_uuid(), %(project)s, 1, %(content)s, now())
"""
WATCH = """
    window.seen = { keys: [], tasks: [] };
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (entry.name === 'keydown') window.seen.keys.push(entry.duration);
    }).observe({ type: 'event', durationThreshold: 16 });
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.seen.tasks.push(entry.duration);
    }).observe({ type: 'longtask' });
"""


class Watch:
    """What one part of the work made the page do."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name
        self.keys = 0

    def __enter__(self) -> "Watch":
        self.page.wait_for_timeout(1500)
        self.page.evaluate("window.seen.keys.length = window.seen.tasks.length = 0")
        return self

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)
        self.page.wait_for_timeout(250)

    def __exit__(self, *error: object) -> None:
        self.page.wait_for_timeout(1500)
        seen = self.page.evaluate("window.seen")
        keys = seen["keys"] + [16] * max(0, self.keys - len(seen["keys"]))
        timing = f"{median(keys):5.0f} {max(keys):5.0f}" if self.keys else f"{'-':>5} {'-':>5}"
        longest = max(seen["tasks"], default=0)
        print(f"{self.name:34} {self.keys:4} {timing} {len(seen['tasks']):6} {longest:6.0f}", flush=True)


def walk(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("User name").fill("labeler-0")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Account of labeler-0").wait_for()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
    print(f"{'':34} keys  p50 ms   max  long tasks, longest ms")
    with Watch(page, "opening"):
        page.get_by_role("button", name="Compare outputs").click()
        page.get_by_role("heading", name="Output A").wait_for()
    with Watch(page, "rating, and on to the next output") as watch:
        for position in range(OUTPUTS):
            watch.press(str(7 - position % 7))
            watch.press("]")
    page.get_by_role("heading", name="To be ranked").wait_for()
    with Watch(page, "ranking from the ratings") as watch:
        watch.press("p")
    with Watch(page, "ranking by keys") as watch:
        for letter in "abcdefghi"[:OUTPUTS]:
            watch.press(letter)
            watch.press("2")
    card, ranks = places(page)  # before the watch: looking elements up by role holds the page, too
    with Watch(page, "dragging a card over all ranks"):
        drag(page, card, ranks)
    with Watch(page, "reading an output in full, and back") as watch:
        watch.press("r")
        watch.press("Escape")
    page.keyboard.press("[")
    with Watch(page, "typing a note") as watch:
        watch.press("n")
        for letter in "invents a mallet":
            watch.press("Space" if letter == " " else letter)
        watch.press("Escape")


def places(page: Page) -> tuple[FloatRect, list[FloatRect]]:
    """Where the card of output A stands, and each rank."""
    card = page.get_by_role("button", name="Output A", exact=True).bounding_box()
    ranks = [page.locator(f"[data-rank='{rank}']").bounding_box() for rank in range(min(OUTPUTS, 7))]
    assert card
    return card, [rank for rank in ranks if rank]


def drag(page: Page, card: FloatRect, ranks: list[FloatRect]) -> None:
    page.mouse.move(card["x"] + 20, card["y"] + 15)
    page.mouse.down()
    for rank in ranks:
        page.mouse.move(rank["x"] + rank["width"] / 2, rank["y"] + 40, steps=6)
    page.mouse.up()


if __name__ == "__main__":
    with OwnSite(labelers=1, overlap=1) as site, sync_playwright() as playwright:
        site.add_comparisons(2, outputs=OUTPUTS, words=WORDS)
        rubric = json.loads((ROOT / "labeling/projects/rubrics/comparison.json").read_text(encoding="utf-8"))
        site.sql(RUBRIC, project=site.project, content=json.dumps(rubric))
        password = PBKDF2PasswordHasher().encode(PASSWORD, "benchmark", iterations=1000)
        site.sql("UPDATE accounts_user SET password = %(password)s", password=password)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.add_init_script(WATCH)
        page.set_default_timeout(60_000)
        print(f"{OUTPUTS} outputs of {WORDS} words, CPU throttled {THROTTLE:g} times")
        walk(page, f"http://127.0.0.1:{site.port}")
        browser.close()
    print("load average", *os.getloadavg())

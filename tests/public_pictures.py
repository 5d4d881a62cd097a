"""Pictures of the research desk on public data, UKPConvArg1 and PandaLM: python -m tests.public_pictures

Brings up a Concord of its own (or takes the one at CONCORD_URL, as tests/pictures.py does), imports both sets as any
team would, has three labelers answer some of PandaLM's tasks as its annotators did, so that there is work to review,
and takes each page of the desk into docs/pictures/public/. The sets' texts are not ours to publish: they are blurred.
Needs the shared data beside the checkout. An import, a freeze or a project that is there already is not made twice.
"""

import secrets
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.pictures import PHONE, PICTURES, Site, picture, site_at_hand
from tests.shared_data import pandalm_comparisons, ukp_comparisons

PUBLIC = PICTURES / "public"
DESK = {"width": 1280, "height": 1200}
"""High enough for a chart below the sentence that it supports."""

BASELINE = "llama-7b"
LABELERS = ("ada", "ben", "chi")
ANSWERED = 30
"""PandaLM's prompts that our labelers answer."""

SECONDS = 1800
"""How long an import, a freeze and the count of agreement may each take."""

Act = Callable[[Page], None]


def _plan(page: Page) -> None:
    """What a sampling plan would be."""
    page.get_by_role("button", name="Plan a sample").click()


def _history(page: Page) -> None:
    """The riskiest judgment with its history."""
    page.locator("article[aria-current]").wait_for()
    page.keyboard.press("h")


# By set and name: the address, with what it is filled with, and what is done on the page first.
PAGES: dict[str, dict[str, tuple[str, Act | None]]] = {
    "ukp": {
        "agreement": ("/projects/{project}/agreement", None),
        "agreement-by-labeler": ("/projects/{project}/agreement?by=labeler", None),
        "agreement-by-pair": ("/projects/{project}/agreement?by=pair", None),
        "agreement-reliability": ("/projects/{project}/agreement?by=reliability", None),
        "explore-divided": ("/projects/{project}/explore", None),
        "explore-position": ("/projects/{project}/explore?view=position", None),
        "explore-length": ("/projects/{project}/explore?view=length", None),
        "items": ("/projects/{project}/items", None),
        "labelers": ("/projects/{project}/labelers", None),
        "curate": ("/projects/{project}/curate", None),
        "tables": ("/projects/{project}/tables", None),
        "import": ("/projects/{project}/import", None),
        "new-snapshot": (
            '/snapshots/new?project={project}&kind=comparisons&recipe={{"aggregation":"majority","least_judgments":3}}',
            None,
        ),
    },
    "pandalm": {
        "agreement": ("/projects/{project}/agreement", None),
        "agreement-by-labeler": ("/projects/{project}/agreement?by=labeler", None),
        "agreement-by-pair": ("/projects/{project}/agreement?by=pair", None),
        "explore-divided": ("/projects/{project}/explore", None),
        "explore-length": ("/projects/{project}/explore?view=length", None),
        "items": ("/projects/{project}/items", None),
        "labelers": ("/projects/{project}/labelers", None),
        "evaluation": ("/projects/{project}/evaluation?view=results", None),
        "evaluation-length": ("/projects/{project}/evaluation?view=results&figure=length_controlled", None),
        "evaluation-elo": ("/projects/{project}/evaluation?view=results&figure=elo", None),
        "evaluation-power": ("/projects/{project}/evaluation?view=power", None),
        "snapshot": ("/snapshots/{snapshot}", None),
        "snapshot-diff": ("/snapshots/{snapshot}/diff?against={each}", None),
        "snapshot-record": ("/snapshots/{snapshot}/records/1", None),
    },
    "answered": {
        "agreement": ("/projects/{project}/agreement", None),
        "explore-contradictions": ("/projects/{project}/explore?view=contradictions", None),
        "agreement-ratings": ("/projects/{project}/agreement?by=rating", None),
        "batch": ("/batches/{batch}", None),
        "review": ("/batches/{batch}/review", None),
        "review-history": ("/batches/{batch}/review", _history),
        "plan": ("/batches/{batch}", _plan),
    },
}


class Desk:
    """The researcher's and the admin's sessions, and what is made with them."""

    def __init__(self, site: Site, browser: Browser) -> None:
        self.site, self.browser = site, browser
        self.researcher, self.admin = browser.new_context(), browser.new_context()
        site.sign_in(self.researcher, "researcher")
        site.sign_in(self.admin, "admin")

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return self.site.ask(self.researcher, method, path, body)

    def project(self, name: str, **settings: Any) -> tuple[str, bool]:
        """The project of this name, and whether it is new."""
        for one in self.ask("GET", "/projects?limit=100")["results"]:
            if one["name"] == name:
                return one["id"], False
        return self.ask("POST", "/projects", {"name": name, "purpose": "training", "k": 2, **settings})["id"], True

    def bring_in(self, name: str, rows: Iterator[dict], **settings: Any) -> str:
        """A project with these judgments; its id."""
        project, new = self.project(name, **settings)
        if new:
            began = time.monotonic()
            sent = self.site.upload(
                self.researcher, f"/projects/{project}/comparisons/import", list(rows), consent=True
            )
            done = self.wait(f"/imports/{sent['id']}")
            print(f"{name}: {done['counts']['accepted']} judgments in {time.monotonic() - began:.0f} s")
        self.wait(f"/projects/{project}/agreement", lambda answer: not answer["counting"])
        return project

    def wait(self, path: str, done: Callable[[dict], bool] | None = None) -> dict:
        """Ask until it is done; an import or a freeze that failed says why."""
        until = time.monotonic() + SECONDS
        while True:
            answer: dict = self.ask("GET", path)
            if answer.get("status") == "failed":
                raise RuntimeError(f"{path}: {answer['error']}")
            if done(answer) if done else answer["status"] not in ("queued", "running"):
                return answer
            if time.monotonic() > until:
                raise RuntimeError(f"{path} is not done after {SECONDS} s.")
            time.sleep(2)

    def evaluate(self, project: str) -> None:
        """All models of the project are compared with BASELINE."""
        offered = self.ask("GET", f"/projects/{project}/evaluation")["available"]
        ids = {model["name"]: model["id"] for model in offered}
        body = {"models": [*ids.values()], "baseline": ids[BASELINE], "prompt_sets": []}
        self.ask("PUT", f"/projects/{project}/evaluation", body)

    def freeze(self, project: str, **recipe: Any) -> str:
        body = {"project": project, "kind": "comparisons", "recipe": recipe}
        return self.site.ask(self.admin, "POST", "/snapshots", body)["id"]

    def invite(self, name: str, project: str, pool: str) -> BrowserContext:
        """This person's session; the account is made where it is not there, by an invitation as a person's own is."""
        people = self.site.ask(self.admin, "GET", "/users?limit=200")["results"]
        if any(one["username"] == name for one in people):
            sys.exit(f"{name} is there already: take pictures from a Concord without the account.")
        body = {"role": "labeler", "project": project, "pool": pool}
        token = self.site.ask(self.admin, "POST", "/invitations", body)["token"]
        person = self.browser.new_context()
        account = {"token": token, "username": name, "password": secrets.token_urlsafe(12)}
        self.site.ask(person, "POST", "/invitations/accept", account)
        return person


def prompts_of(rows: Iterator[dict], most: int) -> list[dict]:
    """The first prompts with a comparison each, and what the three annotators said of it."""
    found = {}
    for prompt, said in groupby(rows, key=lambda row: (row["prompt"], str(row["candidates"]))):
        one = list(said)
        texts = [candidate["text"] for candidate in one[0]["candidates"]]
        if len(one) == len(LABELERS) and len(set(texts)) == len(texts) and all(map(str.strip, texts)):
            found.setdefault(prompt[0], {**one[0], "said": [row["ranks"] for row in one]})
    return list(found.values())[:most]


def have_answered(desk: Desk) -> tuple[str, str]:
    """A project in which ada, ben and chi answered as PandaLM's annotators did; with its batch, which awaits review.

    Ratings follow the ranking, a point apart; chi is hasty, and rates every sixth against the own ranking.
    """
    project, new = desk.project("PandaLM, answered here", overlap=len(LABELERS), undo_seconds=0)
    if not new:
        return project, desk.ask("GET", f"/batches?project={project}")["results"][0]["id"]
    compared = prompts_of(pandalm_comparisons(), ANSWERED)
    rows = [{"prompt": one["prompt"], "candidates": one["candidates"], "source": "pandalm"} for one in compared]
    desk.site.upload(desk.researcher, f"/projects/{project}/prompts/import", rows, consent=True)
    body = {"kind": "comparison", "prompts": {"source": "pandalm"}, "k": 2, "candidates": "imported"}
    batch = desk.ask("POST", f"/projects/{project}/batches", body)["id"]
    said = {one["candidates"][0]["text"].strip(): one for one in compared}
    for place, name in enumerate(LABELERS):
        person = desk.invite(name, project, "training")
        for number in range(len(compared)):
            task = desk.site.ask(person, "POST", f"/projects/{project}/tasks/next", {"kind": "comparison"})
            if task is None:
                break
            one = next(said[shown["text"].strip()] for shown in task["candidates"] if shown["text"].strip() in said)
            first = one["candidates"][0]["text"].strip()
            rank = {
                shown["id"]: one["said"][place][0 if shown["text"].strip() == first else 1]
                for shown in task["candidates"]
            }
            tiers = [[key for key in rank if rank[key] == tier] for tier in sorted(set(rank.values()))]
            slip = name == "chi" and number % 6 == 5
            answer = {
                "submission_id": str(uuid.uuid4()),
                "active_seconds": 4 + number % 5 if name == "chi" else 40 + 7 * (number % 9),
                "prompt_flags": {},
                "ratings": [
                    {"candidate": key, "overall": (3 + tier) if slip else (7 - 2 * tier), "flags": {}, "note": ""}
                    for key, tier in rank.items()
                ],
                "ranking": tiers,
            }
            desk.site.ask(person, "POST", f"/assignments/{task['id']}/submit", answer)
        person.close()
    return project, batch


def main() -> None:
    PUBLIC.mkdir(parents=True, exist_ok=True)
    with site_at_hand() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        desk = Desk(site, browser)
        pandalm = desk.bring_in("PandaLM", pandalm_comparisons(), purpose="evaluation", overlap=3)
        desk.evaluate(pandalm)
        each = desk.freeze(pandalm)
        majority = desk.freeze(pandalm, aggregation="majority")
        answered, batch = have_answered(desk)
        ids = {
            "pandalm": {"project": pandalm, "snapshot": majority, "each": each},
            "answered": {"project": answered, "batch": batch},
            "ukp": {"project": desk.bring_in("UKPConvArg1", ukp_comparisons(), overlap=5)},
        }
        wanted = sys.argv[1:]
        for short, pages in PAGES.items():
            for name, (address, act) in pages.items():
                if wanted and f"{short}-{name}" not in wanted:
                    continue
                for suffix, size, scheme in (("", DESK, "light"), ("", DESK, "dark"), ("-phone", PHONE, "light")):
                    url, path = site.url + address.format(**ids[short]), PUBLIC / f"{short}-{name}{suffix}-{scheme}.jpg"
                    picture(browser, desk.researcher, url, path, scheme=scheme, size=size, act=act, blur=True)
        browser.close()
    print(f"{len(list(PUBLIC.glob('*.jpg')))} pictures in {PUBLIC}")


if __name__ == "__main__":
    main()

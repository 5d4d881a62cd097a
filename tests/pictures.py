"""A picture of every page, light and dark, and of the labeler's pages at phone width: make pictures.

`python -m tests.pictures NAME ...` takes those of these names only.

Brings up a Concord of its own with the demo in a folder that is thrown away, runs a short chain so that the pages of
runs and models have something to show, and takes the pictures into docs/pictures/. A route without an entry in PAGES
fails. CONCORD_URL takes them from a Concord that runs already, whose data folder CONCORD_DATA names.
"""

import json
import os
import re
import socket
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from labeling.embedded.supervisor import Supervisor
from tests.browser.conftest import CHROMIUM, FLAGS

ROOT = Path(__file__).resolve().parents[1]
ROUTES = [ROOT / "frontend" / "src" / "app" / name for name in ("routes.tsx", "deskRoutes.tsx")]
PICTURES = ROOT / "docs" / "pictures"
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
CHAIN = {
    "sft": {"epochs": 2},
    "ppo": {"episodes": 192, "rollout_batch": 32, "minibatches": 2, "max_response_tokens": 32},
    "sample": {"max_response_tokens": 32, "limit_prompts": 12},
}
CHAIN_SECONDS = 1800
PAGE_MS = 120_000
"""How long a page may take, on a machine that has other things to do."""

BLURRED = "[dir='auto'], summary, pre, code { filter: blur(4px); }"
"""What labelers and data sets wrote."""


class Site:
    """The running Concord, asked by API as one of the demo's accounts."""

    def __init__(self, url: str, passwords: dict[str, str]) -> None:
        self.url = url
        self.passwords = passwords

    def sign_in(self, context: BrowserContext, name: str) -> None:
        page = context.new_page()
        page.goto(f"{self.url}/sign-in")
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password", exact=True).fill(self.passwords[name])
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name=f"Account of {name}").wait_for()
        page.close()

    def ask(self, context: BrowserContext, method: str, path: str, body: Any = None) -> Any:
        cookies = {cookie["name"]: cookie["value"] for cookie in context.cookies()}
        answer = context.request.fetch(
            f"{self.url}/api/v1{path}",
            method=method,
            data=json.dumps(body) if body is not None else None,
            headers={"X-CSRFToken": cookies.get("csrftoken", ""), "Content-Type": "application/json"},
            max_retries=3 if method == "GET" else 0,
        )
        if not answer.ok:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.text()[:500]}")
        return answer.json() if answer.status != 204 else None

    def upload(self, context: BrowserContext, path: str, rows: list[dict], *, consent: bool = False) -> Any:
        """Send rows as a JSONL file."""
        cookies = {cookie["name"]: cookie["value"] for cookie in context.cookies()}
        file = "".join(json.dumps(row) + "\n" for row in rows).encode()
        answer = context.request.post(
            f"{self.url}/api/v1{path}",
            multipart={
                "file": {"name": "rows.jsonl", "mimeType": "application/jsonl", "buffer": file},
                "consent": str(consent).lower(),
            },
            headers={"X-CSRFToken": cookies.get("csrftoken", "")},
            timeout=600_000,
        )
        if not answer.ok:
            raise RuntimeError(f"POST {path}: {answer.status} {answer.text()[:500]}")
        return answer.json()


class Ids:
    """What the routes' parameters are filled with."""

    def __init__(self, site: Site, admin: BrowserContext, labeler: BrowserContext) -> None:
        first = lambda path: site.ask(admin, "GET", path)["results"][0]["id"]  # noqa: E731
        projects = site.ask(admin, "GET", "/projects")["results"]
        self.project = next(project["id"] for project in projects if project["name"] == "Fairy tales")
        self.batch = first(f"/batches?project={self.project}&status=in_review")
        self.prompt = first(f"/projects/{self.project}/prompts")
        self.snapshot = first(f"/snapshots?project={self.project}&kind=comparisons")
        self.run = first(f"/runs?project={self.project}&kind=ppo")
        self.sft_run = first(f"/runs?project={self.project}&kind=sft")
        self.rm_run = first(f"/runs?project={self.project}&kind=rm")
        self.model = first(f"/models?project={self.project}")
        self.comparison = self._task(site, labeler, "comparison")
        self.kind = "comparison"
        self.question = self._ask(site, labeler)

    def _task(self, site: Site, labeler: BrowserContext, kind: str) -> str:
        return site.ask(labeler, "POST", f"/projects/{self.project}/tasks/next", {"kind": kind})["id"]

    def _ask(self, site: Site, labeler: BrowserContext) -> str:
        body = {"submission_id": str(uuid.uuid4()), "text": "May an output be marked down for being too long?"}
        return site.ask(labeler, "POST", f"/assignments/{self.comparison}/questions", body)["id"]


def _first_output(page: Page) -> None:
    """The first output's page: a task whose outputs are rated, by an earlier picture, opens with its ranking."""
    page.get_by_role("navigation", name="Pages of this task").get_by_role("button").first.click()
    page.get_by_role("region", name="Output A", exact=True).wait_for()


def _rank(page: Page) -> None:
    """From the first output to the ranking, with a proposal from ratings as a labeler would have given them."""
    _first_output(page)
    for letter, stars in zip("ABCD", "6254", strict=True):
        page.get_by_role("region", name=f"Output {letter}", exact=True).wait_for()
        page.keyboard.press(stars)
        page.keyboard.press("]")
    page.get_by_role("heading", name="Rank 1").wait_for()
    page.keyboard.press("p")


def _asked(page: Page) -> None:
    """What the project lacks is there, and how many prompts are proposed."""
    page.get_by_role("button", name="Preview as a labeler").and_(page.locator(":enabled")).wait_for()


def _preview(page: Page) -> None:
    """The first task of what would be published, as labelers get it."""
    _asked(page)
    page.keyboard.press("Alt+v")
    page.get_by_text("Preview: nothing is saved").wait_for()
    page.get_by_role("button", name="Submit").wait_for()


def _to_parts(page: Page) -> None:
    """To a reward model's accuracy by parts, which begins under the fold."""
    page.get_by_role("heading", name="Accuracy by how many outputs").scroll_into_view_if_needed()
    page.mouse.wheel(0, 600)


def _settle(page: Page) -> None:
    """Until what the page loads is there: no picture shows "Loading…", nor what stands before it."""
    quiet, until = 0, time.monotonic() + PAGE_MS / 1000
    while quiet < 2:  # a page that has come asks for its figures next
        if time.monotonic() > until:
            raise RuntimeError(f"{page.url} still loads after {PAGE_MS / 1000:.0f} s.")
        page.wait_for_load_state("networkidle")
        # By a locator: a function given as text would need eval, which the site's policy refuses.
        loads = page.locator(".mantine-Loader-root:visible").count() > 0 or page.get_by_role("heading").count() == 0
        quiet = 0 if loads else quiet + 1
        page.wait_for_timeout(300)


# Route -> who looks, and the address. Some routes are shown in several states.
Visit = tuple[str, str, Callable[[Ids], str], Callable[[Page], None] | None]
PAGES: dict[str, list[Visit]] = {
    "/sign-in": [("sign-in", "", lambda ids: "/sign-in", None)],
    "/join": [("join", "", lambda ids: "/join#a-link-that-was-used", None)],
    "/": [("home", "labeler", lambda ids: "/", None)],
    "account": [("account", "labeler", lambda ids: "/account", None)],
    "work/:assignment": [
        ("comparison-output", "labeler", lambda ids: f"/work/{ids.comparison}", _first_output),
        ("comparison-rated", "labeler", lambda ids: f"/work/{ids.comparison}", _rank),
    ],
    "history": [("history", "labeler", lambda ids: "/history", None)],
    "history/:assignment": [("submission", "labeler", lambda ids: f"/history/{ids.comparison}", None)],
    "projects/:project/guidelines/:kind": [
        ("guideline", "labeler", lambda ids: f"/projects/{ids.project}/guidelines/{ids.kind}", None)
    ],
    "questions": [("questions", "labeler", lambda ids: "/questions", None)],
    "questions/:question": [("question", "labeler", lambda ids: f"/questions/{ids.question}", None)],
    "projects": [("projects", "researcher", lambda ids: "/projects", None)],
    "projects/new": [("new-project", "researcher", lambda ids: "/projects/new", None)],
    "projects/:project": [("overview", "researcher", lambda ids: f"/projects/{ids.project}", None)],
    "projects/:project/prompts": [("prompts", "researcher", lambda ids: f"/projects/{ids.project}/prompts", None)],
    "projects/:project/find": [("find", "researcher", lambda ids: f"/projects/{ids.project}/find?q=the", None)],
    "projects/:project/import": [("import", "researcher", lambda ids: f"/projects/{ids.project}/import", None)],
    "projects/:project/publish": [
        ("publish", "researcher", lambda ids: f"/projects/{ids.project}/publish", None),
        ("publish-writing", "researcher", lambda ids: f"/projects/{ids.project}/publish?kind=prompt", _asked),
        ("preview", "researcher", lambda ids: f"/projects/{ids.project}/publish?kind=comparison", _preview),
        # The form on which labelers write prompts, as a preview has it.
        ("writing", "researcher", lambda ids: f"/projects/{ids.project}/publish?kind=prompt", _preview),
    ],
    "projects/:project/explore": [
        ("explore", "researcher", lambda ids: f"/projects/{ids.project}/explore", None),
        ("explore-length", "researcher", lambda ids: f"/projects/{ids.project}/explore?view=length", None),
    ],
    "projects/:project/labelers": [("labelers", "researcher", lambda ids: f"/projects/{ids.project}/labelers", None)],
    "projects/:project/items": [("items", "researcher", lambda ids: f"/projects/{ids.project}/items", None)],
    "projects/:project/curate": [
        ("curate", "researcher", lambda ids: f"/projects/{ids.project}/curate", None),
        ("curate-personal-data", "researcher", lambda ids: f"/projects/{ids.project}/curate?view=personal", None),
    ],
    "projects/:project/tables": [("tables", "researcher", lambda ids: f"/projects/{ids.project}/tables", None)],
    "projects/:project/agreement": [
        ("agreement", "researcher", lambda ids: f"/projects/{ids.project}/agreement", None),
        ("agreement-by-labeler", "researcher", lambda ids: f"/projects/{ids.project}/agreement?by=labeler", None),
        ("agreement-by-pair", "researcher", lambda ids: f"/projects/{ids.project}/agreement?by=pair", None),
    ],
    "projects/:project/evaluation": [
        ("evaluation", "researcher", lambda ids: f"/projects/{ids.project}/evaluation", None)
    ],
    "projects/:project/checks": [("checks", "researcher", lambda ids: f"/projects/{ids.project}/checks", None)],
    "projects/:project/guidelines": [
        ("guidelines", "researcher", lambda ids: f"/projects/{ids.project}/guidelines", None)
    ],
    "projects/:project/rubric": [("rubric", "researcher", lambda ids: f"/projects/{ids.project}/rubric", None)],
    "projects/:project/questions": [
        ("project-questions", "researcher", lambda ids: f"/projects/{ids.project}/questions", None)
    ],
    "projects/:project/questions/:question": [
        ("answer", "researcher", lambda ids: f"/projects/{ids.project}/questions/{ids.question}", None)
    ],
    "projects/:project/sensitive": [("sensitive", "labeler", lambda ids: f"/projects/{ids.project}/sensitive", None)],
    "projects/:project/progress": [("progress", "labeler", lambda ids: f"/projects/{ids.project}/progress", None)],
    "projects/:project/hours": [("hours", "researcher", lambda ids: f"/projects/{ids.project}/hours", None)],
    "surveys/:survey": [
        ("survey-satisfaction", "labeler", lambda ids: "/surveys/satisfaction", None),
        ("survey-demographic", "labeler", lambda ids: "/surveys/demographic", None),
    ],
    "surveys/:survey/results": [
        ("survey-results", "researcher", lambda ids: "/surveys/satisfaction/results", None),
    ],
    "projects/:project/members": [("members", "researcher", lambda ids: f"/projects/{ids.project}/members", None)],
    "projects/:project/screening": [("screening", "labeler", lambda ids: f"/projects/{ids.project}/screening", None)],
    "projects/:project/screenings": [
        ("screenings", "researcher", lambda ids: f"/projects/{ids.project}/screenings", None)
    ],
    "projects/:project/settings": [("settings", "researcher", lambda ids: f"/projects/{ids.project}/settings", None)],
    "prompts/:prompt": [("prompt", "researcher", lambda ids: f"/prompts/{ids.prompt}", None)],
    "batches": [("batches", "researcher", lambda ids: "/batches", None)],
    "batches/:batch": [("review", "researcher", lambda ids: f"/batches/{ids.batch}", None)],
    "batches/:batch/review": [("review-desk", "researcher", lambda ids: f"/batches/{ids.batch}/review", None)],
    "projects/:project/review": [
        ("review-desk-project", "researcher", lambda ids: f"/projects/{ids.project}/review", None)
    ],
    "snapshots": [("snapshots", "admin", lambda ids: "/snapshots", None)],
    "snapshots/new": [("new-snapshot", "researcher", lambda ids: "/snapshots/new?kind=comparisons", None)],
    "snapshots/:snapshot": [("snapshot", "admin", lambda ids: f"/snapshots/{ids.snapshot}", None)],
    "snapshots/:snapshot/diff": [("snapshot-diff", "researcher", lambda ids: f"/snapshots/{ids.snapshot}/diff", None)],
    "snapshots/:snapshot/records/:line": [
        ("snapshot-record", "researcher", lambda ids: f"/snapshots/{ids.snapshot}/records/1", None)
    ],
    "runs": [("runs", "admin", lambda ids: "/runs", None)],
    "runs/:run": [
        ("run", "admin", lambda ids: f"/runs/{ids.run}", None),
        ("run-reward-model", "admin", lambda ids: f"/runs/{ids.rm_run}", _to_parts),
    ],
    "runs/compare": [
        ("compare-runs", "admin", lambda ids: f"/runs/compare?runs={ids.run},{ids.sft_run}", None),
    ],
    "runs/new": [("new-run", "admin", lambda ids: "/runs/new", None)],
    "runs/chain": [("new-chain", "admin", lambda ids: "/runs/chain", None)],
    "models": [("models", "admin", lambda ids: "/models", None)],
    "models/:model": [("model", "admin", lambda ids: f"/models/{ids.model}", None)],
    "people": [("people", "admin", lambda ids: "/people", None)],
    "audit": [("audit", "admin", lambda ids: "/audit", None)],
    "health": [("health", "admin", lambda ids: "/health", None)],
    "*": [("not-found", "labeler", lambda ids: "/no-such-page", None)],
}
ON_A_PHONE = {"home", "comparison-output", "comparison-rated", "review", "run", "run-reward-model", "agreement"}


def check_routes() -> None:
    """Every route of the front end has a picture, and every picture a route."""
    declared = {path for file in ROUTES for path in re.findall(r"path: '([^']+)'", file.read_text())}
    missing, gone = sorted(declared - set(PAGES)), sorted(set(PAGES) - declared - {"/"})
    if missing or gone:
        sys.exit(f"Routes without a picture: {missing}; pictures without a route: {gone}. Mend PAGES in {__file__}.")


def run_chain(site: Site, admin: BrowserContext) -> None:
    """SFT, RM, PPO and samples of the demo's accepted work, as the button on the page launches them."""
    if site.ask(admin, "GET", "/runs?kind=ppo&status=done")["results"]:
        return
    project = next(p["id"] for p in site.ask(admin, "GET", "/projects")["results"] if p["name"] == "Fairy tales")
    base = site.ask(admin, "GET", "/models?kind=policy")["results"][-1]["id"]
    launched = site.ask(admin, "POST", "/runs/chain", {"project": project, "base": base, "settings": CHAIN})
    give_up = time.monotonic() + CHAIN_SECONDS
    while time.monotonic() < give_up:
        runs = site.ask(admin, "GET", f"/runs?chain={launched['chain']}")["results"]
        if any(run["status"] == "failed" for run in runs):
            raise RuntimeError(f"a run failed: {[run['error'] for run in runs]}")
        if all(run["status"] == "done" for run in runs):
            return
        time.sleep(2)
    raise RuntimeError("the chain did not end in time")


def picture(
    browser: Browser,
    signed_in: BrowserContext | None,
    url: str,
    path: Path,
    *,
    scheme: str,
    size: Any = DESK,
    act: Callable[[Page], None] | None = None,
    blur: bool = False,
) -> None:
    """One page as it looks when all that it loads is there; `blur` makes the project's texts unreadable."""
    state = signed_in.storage_state() if signed_in else None
    context = browser.new_context(viewport=size, color_scheme=scheme, storage_state=state, bypass_csp=blur)
    page = context.new_page()
    page.set_default_timeout(PAGE_MS)
    page.goto(url)
    _settle(page)
    if act:
        act(page)
        _settle(page)
    page.screenshot(path=path, type="jpeg", quality=75, style=BLURRED if blur else None)
    context.close()


def take(site: Site) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        signed_in: dict[str, Any] = {"": None}
        for name in site.passwords:
            context = browser.new_context()
            site.sign_in(context, name)
            signed_in[name] = context
        run_chain(site, signed_in["admin"])
        ids = Ids(site, signed_in["admin"], signed_in["labeler"])
        for scheme in ("light", "dark"):
            for visits in PAGES.values():
                for name, who, address, act in visits:
                    if sys.argv[1:] and name not in sys.argv[1:]:
                        continue
                    for suffix, size in (("", DESK), ("-phone", PHONE)):
                        if suffix and (name not in ON_A_PHONE or scheme == "dark"):
                            continue
                        path = PICTURES / f"{name}{suffix}-{scheme}.jpg"
                        account = signed_in[who] if who else None
                        picture(browser, account, site.url + address(ids), path, scheme=scheme, size=size, act=act)
        browser.close()
    print(f"{len(list(PICTURES.glob('*.jpg')))} pictures in {PICTURES}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main() -> None:
    check_routes()
    with site_at_hand() as site:
        take(site)


@contextmanager
def site_at_hand() -> Iterator[Site]:
    """The Concord that CONCORD_URL names, with CONCORD_DATA its data folder; without it one of our own."""
    if not (url := os.environ.get("CONCORD_URL")):
        with site_of_its_own() as site:
            yield site
        return
    passwords = json.loads((Path(os.environ["CONCORD_DATA"]) / "demo_accounts.json").read_text())
    urllib.request.urlopen(f"{url}/api/v1/health", timeout=10).close()
    yield Site(url, passwords)


@contextmanager
def site_of_its_own() -> Iterator[Site]:
    """A Concord with the demo, in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="concord-pictures-") as folder:
        Path(folder).chmod(0o711)
        os.environ["CONCORD_DATA"] = folder
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        supervisor = Supervisor(Path(folder), _free_port())
        try:
            supervisor.start_services()
            supervisor.manage("migrate", "--no-input")
            supervisor.manage("load_demo")
            supervisor.start_web()
            supervisor.start_worker()
            supervisor.wait_until_healthy()
            passwords = json.loads((Path(folder) / "demo_accounts.json").read_text())
            yield Site(f"http://127.0.0.1:{supervisor.port}", passwords)
        finally:
            supervisor.stop()


if __name__ == "__main__":
    main()

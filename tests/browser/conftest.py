"""Chromium against a live server with the built front end. Every page is watched: a script error, an answer of 500
or a violation of the content security policy fails the test in which it happens."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from tests.browser.stage import PASSWORD, set_stage

CHROMIUM = os.environ.get("CONCORD_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
WAIT_MS = 15_000

# Playwright's loop runs in the test's thread, where Django would refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail(
            f"There is no Chromium at {CHROMIUM}. Install it (apt-get install chromium) or set CONCORD_CHROMIUM."
        )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def stage(transactional_db: None, settings: Any) -> dict[str, Any]:
    if not (settings.FRONTEND_DIST / "index.html").exists():
        pytest.fail("The front end is not built: run `npm ci && npm run build` in frontend/.")
    return set_stage()


class Visitor:
    """One person at one browser, with as many tabs as wanted."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.faults: list[str] = []
        self._on_their_way: set[Any] = set()
        context.on("request", lambda request: self._on_their_way.add(request))
        context.on("requestfinished", lambda request: self._on_their_way.discard(request))
        context.on("requestfailed", lambda request: self._on_their_way.discard(request))

    def open(self, path: str = "/") -> Page:
        page = self.context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("response", self._judge)
        page.goto(self.address + path)
        return page

    def sign_in(self, name: str) -> Page:
        page = self.open("/sign-in")
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name=f"Account of {name}").wait_for()
        return page

    def leave(self) -> None:
        """Close all tabs once the server has answered them: the database is emptied next."""
        for page in self.context.pages:
            page.goto("about:blank")
            for _ in range(100):
                if not self._on_their_way:
                    break
                page.wait_for_timeout(50)
        self.context.close()

    def _note(self, kind: str, text: str) -> None:
        # The browser logs each refused or unreachable request; the pages handle those, and the tests look at how.
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.faults.append(f"console: {text}")

    def _judge(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status}: {response.url}")


@pytest.fixture
def visit(browser: Browser, live_server: Any, stage: dict[str, Any]) -> Iterator[Callable[..., Visitor]]:
    """visit() opens a browser of its own; arguments go to Playwright's new_context."""
    visitors: list[Visitor] = []

    def arrive(**options: Any) -> Visitor:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        visitor = Visitor(context, live_server.url)
        visitors.append(visitor)
        return visitor

    yield arrive
    for visitor in visitors:
        visitor.leave()
    assert [fault for visitor in visitors for fault in visitor.faults] == []

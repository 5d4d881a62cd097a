"""Chromium against a live server with the built front end. Every page is watched: a script error, an answer of 500
or a violation of the content security policy fails the test in which it happens."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect, sync_playwright

from tests.browser.stage import PASSWORD, set_stage

CHROMIUM = os.environ.get("CONCORD_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
WAIT_MS = 60_000
"""Long, since a busy machine may take a while for what takes no time; a failure alone waits so long."""

expect.set_options(timeout=WAIT_MS)

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
    traffic = Traffic()

    def arrive(**options: Any) -> Visitor:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        visitor = Visitor(context, live_server.url)
        visitors.append(visitor)
        return visitor

    yield arrive
    for visitor in visitors:
        visitor.context.close()
    traffic.wait_for_silence()
    assert [fault for visitor in visitors for fault in visitor.faults] == []


class Traffic:
    """The requests that the live server is serving; it runs in this process."""

    def __init__(self) -> None:
        self.serving = 0
        self.last = time.monotonic()
        request_started.connect(self._started)
        request_finished.connect(self._finished)

    def _started(self, **_: Any) -> None:
        self.serving += 1
        self.last = time.monotonic()

    def _finished(self, **_: Any) -> None:
        self.serving -= 1
        self.last = time.monotonic()

    def wait_for_silence(self) -> None:
        """The database is emptied next, which would meet a request that is still being served in a deadlock.

        A closing page may still send its draft, hence the half second in which nothing may come.
        """
        give_up = time.monotonic() + 10
        while time.monotonic() < give_up and (self.serving > 0 or time.monotonic() - self.last < 0.5):
            time.sleep(0.05)

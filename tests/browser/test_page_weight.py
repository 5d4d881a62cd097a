"""What a labeler's browser has to load: all JavaScript of a page, compressed, until the page rests."""

import gzip
from collections.abc import Callable

from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import Visitor
from tests.browser.test_labeler_journey import begin

LIMIT = 200_000


class Weighed:
    """Every script that a page loads, with its size as gzip makes it."""

    def __init__(self, page: Page) -> None:
        self.sizes: dict[str, int] = {}
        page.on("response", self._weigh)

    def _weigh(self, response: Response) -> None:
        if response.request.resource_type == "script" or "javascript" in response.headers.get("content-type", ""):
            self.sizes[response.url.rsplit("/", 1)[-1]] = len(gzip.compress(response.body()))

    def check(self, name: str) -> None:
        total = sum(self.sizes.values())
        heaviest = sorted(self.sizes.items(), key=lambda item: -item[1])[:6]
        print(f"{name}: {total:,} bytes of JavaScript (gzip), the heaviest {heaviest}")
        assert total <= LIMIT, f"{name} loads {total:,} bytes of JavaScript, {LIMIT:,} are the limit: {heaviest}"
        assert total > 50_000, "the scripts were not seen"


def test_the_labelers_pages_stay_light(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = visitor.sign_in("ada")
    begin(page, "Compare outputs")
    expect(page.get_by_role("heading", name="Output A")).to_be_visible()
    task = page.url.removeprefix(visitor.address)

    for name, path, ready in (("home", "/", "Your work"), ("comparison", task, "Output A")):
        fresh = visitor.context.new_page()
        weighed = Weighed(fresh)
        fresh.goto(visitor.address + path)
        expect(fresh.get_by_role("heading", name=ready)).to_be_visible()
        # What is loaded ahead counts as well: the ranking comes while the first output is read.
        fresh.wait_for_load_state("networkidle")
        weighed.check(name)
        fresh.close()

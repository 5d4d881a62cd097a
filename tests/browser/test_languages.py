"""The labeler's pages in other languages: nothing left untranslated, nothing clipped, and right to left in order."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

WIDTHS = (1280, 390)

# Left out is what no translator sees: what people and models wrote, keys and times.
RAW = """() => {
  const untranslated = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!element || element.closest('script, style, noscript, kbd, textarea, [dir="auto"], time')) continue;
    const text = node.textContent.trim();
    const wrapped = element.textContent.includes('⟦') || element.parentElement?.textContent.includes('⟦');
    if (/[A-Za-z]{3,}/.test(text) && !text.includes('⟦') && !wrapped) untranslated.push(text);
  }
  return untranslated;
}"""
CLIPPED = """() => [...document.querySelectorAll('button, a, label, h1, h2, h3, legend, th')]
  .filter((element) => {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (box.width < 2 || style.visibility === 'hidden' || element.closest('.visually-hidden')) return false;
    const cut = style.overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1;
    const outside = box.left < -1 || box.right > innerWidth + 1;
    const scroller = element.closest('nav, [tabindex="0"]');
    return (cut || outside) && !(outside && scroller);
  })
  .map((element) => element.textContent.slice(0, 60))"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
GIVEN = ("ada", "Tales", "Concord")


def check(page: Page, name: str, raw: bool) -> list[str]:
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(100)
        if (over := page.evaluate(OVERFLOW)) > 0:
            faults.append(f"{name} at {width}: {over} px too wide")
        faults += [f"{name} at {width}: clipped {text!r}" for text in page.evaluate(CLIPPED)]
        if raw:
            found = [text for text in page.evaluate(RAW) if text not in GIVEN]
            faults += [f"{name} at {width}: not translated {text!r}" for text in found]
    page.set_viewport_size({"width": 1280, "height": 800})
    return faults


@pytest.mark.parametrize("language", ["pseudo", "pseudo-rtl"])
def test_the_labelers_pages_in_another_language(visit: Callable[..., Visitor], language: str) -> None:
    visitor = visit(reduced_motion="reduce")
    visitor.sign_in("ada").close()
    page = visitor.open("/?pseudo=1")
    page.get_by_role("button", name="Account of ada").click()
    page.get_by_role("radio").nth({"pseudo": 4, "pseudo-rtl": 5}[language]).click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "pseudo-rtl" else "ltr")
    page.keyboard.press("Escape")
    page.locator("main button").first.wait_for()
    faults = check(page, "home", raw=True)

    page.locator("main button").first.click()
    page.wait_for_url("**/work/**")
    expect(page.locator("h2").first).to_be_visible()
    page.get_by_role("radio").first.wait_for()
    # Flags are the project's own words: the rubric is written in the project's language.
    faults += check(page, "rating", raw=False)
    for _ in range(4):
        page.keyboard.press("5")
        page.keyboard.press("]")
    page.locator("[data-rank='0']").wait_for()
    page.keyboard.press("p")
    page.keyboard.press("Shift+B")
    faults += check(page, "ranking", raw=False)
    first, last = page.locator("[data-rank='0']").bounding_box(), page.locator("[data-rank='3']").bounding_box()
    assert first is not None
    assert last is not None
    assert (first["x"] > last["x"]) == (language == "pseudo-rtl"), "the best rank stands where reading begins"
    page.keyboard.press("Shift+S")
    faults += check(page, "skip", raw=False)
    page.keyboard.press("Escape")
    for path in ("/history", "/account"):
        page.goto(visitor.address + path, wait_until="networkidle")
        faults += check(page, path, raw=True)
    assert not faults, "\n".join(faults)


def test_reduced_motion_is_honored(visit: Callable[..., Visitor]) -> None:
    page = visit(reduced_motion="reduce").sign_in("ada")
    moving = page.evaluate(
        "() => [...document.querySelectorAll('*')].filter((element) => {"
        "const style = getComputedStyle(element);"
        "return [style.transitionDuration, style.animationDuration].some((times) =>"
        "times.split(',').some((time) => parseFloat(time) > 0.001)); }).length"
    )
    assert moving == 0

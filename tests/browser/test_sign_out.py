"""Signing out: from a page that asks the server for much, and where the session has ended already."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("button", name="Sign out").click()


def test_signing_out_leads_to_the_door_and_shuts_it(visit: Callable[..., Visitor]) -> None:
    page = visit().sign_in("eva")
    page.get_by_role("link", name="Projects").first.click()
    page.get_by_role("link", name="Tales").click()
    page.get_by_role("link", name="Publish a batch").click()
    page.get_by_label("Kind").wait_for()
    sign_out(page)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_signing_out_of_a_session_that_has_ended(visit: Callable[..., Visitor]) -> None:
    page = visit().sign_in("ada")
    page.context.clear_cookies(name="sessionid")
    sign_out(page)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

"""A kiosk whose browser stores nothing still sends every tap, and thanks for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect, sync_playwright

from tests.feedback_api.office import put_catalog, settings_in
from tests.feedback_api.serving import Server, wait_until

LOGGED = 'puas_feedback_received_total{channel="kiosk",outcome="log"}'
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
FORBIDDEN = """
Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-background-networking"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a catalog."""
    directory: Path = tmp_path_factory.mktemp("kiosk")
    put_catalog(settings_in(directory))
    with Server(directory) as started:
        started.wait_until_ready()
        yield started


@pytest.mark.parametrize("trouble", [FULL, FORBIDDEN], ids=["full", "forbidden"])
def test_a_tap_that_can_not_be_stored_is_sent_until_it_is_taken_and_thanked_for(
    browser: Browser, server: Server, trouble: str
) -> None:
    before = server.metric(LOGGED)
    page = browser.new_page(locale="id-ID", base_url=f"http://127.0.0.1:{server.port}")
    page.add_init_script(trouble)
    answers = iter([503])

    def refuse_once(route: Route) -> None:
        status = next(answers, None)
        if status is None:
            route.continue_()
        else:
            route.fulfill(status=status)

    page.route("**/v1/feedback", refuse_once)
    page.goto("/k/kiosk-2")
    for _ in range(2):
        page.locator("[data-answer='4']").click()
        expect(page.get_by_text("Terima kasih!")).to_be_visible()
        expect(page.locator("[data-answer='4']")).to_be_visible(timeout=10_000)
    wait_until("both taps", lambda: server.metric(LOGGED) == before + 2)
    expect(page.locator("#pending")).to_have_text("")
    page.close()

"""The pages in a real browser, against a running installation: a tap is counted, whatever the network does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from tests.system.installation import Installation, eventually, installed
from tests.system.ledger import event_ids, rows

ARGUMENTS = ("--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Puas on the embedded default, started and counting."""
    directory = tmp_path_factory.mktemp("pages")
    with installed(Installation(directory, "sqlite:///{data}/log.db", "sqlite:///{data}/puas.db")) as installation:
        installation.start_api()
        installation.start_consumer()
        yield installation


@pytest.fixture
def visitor(browser: Browser, running: Installation) -> Iterator[BrowserContext]:
    """A device of its own: nothing is left in its outbox from another test."""
    device = browser.new_context(
        locale="id-ID", viewport={"width": 1280, "height": 800}, base_url=f"http://127.0.0.1:{running.port}"
    )
    yield device
    device.close()


def tap(page: Page, answer: int) -> None:
    """Choose the first service and tap a face."""
    page.locator("[data-service]").first.click()
    page.locator(f"[data-answer='{answer}']").click()
    expect(page.get_by_text("Terima kasih!")).to_be_visible()


def stored(installation: Installation) -> int:
    """How many responses are stored; none of them twice."""
    counted = event_ids(installation.database)
    assert set(counted.values()) <= {1}
    return len(counted)


def test_a_tap_is_counted_and_shown_on_the_board(visitor: BrowserContext, running: Installation) -> None:
    before = stored(running)
    page = visitor.new_page()
    page.goto("/k/kiosk-uji")
    expect(page.locator("html")).to_have_attribute("lang", "id")
    tap(page, 4)
    eventually("the tap is stored", lambda: stored(running) == before + 1, within=20)
    expect(page.get_by_text("Layanan apa yang baru Anda gunakan?")).to_be_visible(timeout=10_000)
    board = visitor.new_page()
    board.goto(f"/sign-in#{running.key}")
    card = board.locator(".card", has=board.get_by_role("heading", name="Legalisasi"))
    expect(card.locator(".figure")).to_have_text("100,00")
    expect(card.locator(".n").first).to_have_text("1 responden")
    tap(page, 1)
    expect(card.locator(".figure")).to_have_text("62,50", timeout=20_000)
    expect(card.locator(".band")).to_contain_text("Tidak baik")


def test_without_a_network_the_visitor_is_thanked_and_the_tap_arrives_later(
    visitor: BrowserContext, running: Installation
) -> None:
    before = stored(running)
    page = visitor.new_page()
    page.goto("/k/kiosk-uji")
    visitor.set_offline(True)
    tap(page, 3)
    expect(page.locator("#pending")).to_contain_text("1")
    assert stored(running) == before
    visitor.set_offline(False)
    eventually("the tap is stored", lambda: stored(running) == before + 1, within=30)
    expect(page.locator("#pending")).to_be_empty(timeout=20_000)


def test_a_tap_survives_the_page_being_closed_before_it_was_sent(
    visitor: BrowserContext, running: Installation
) -> None:
    before = stored(running)
    page = visitor.new_page()
    page.goto("/k/kiosk-uji")
    visitor.set_offline(True)
    tap(page, 2)
    page.close()
    visitor.set_offline(False)
    visitor.new_page().goto("/k/kiosk-uji")
    eventually("the tap is stored", lambda: stored(running) == before + 1, within=30)


def test_a_lost_answer_makes_the_page_repeat_and_the_tap_count_once(
    visitor: BrowserContext, running: Installation
) -> None:
    before = stored(running)
    page = visitor.new_page()
    page.goto("/k/kiosk-uji")
    posted: list[str | None] = []

    def lose_the_first_answer(route: Route) -> None:
        posted.append(route.request.post_data)
        answer = route.fetch()
        if len(posted) == 1:
            route.abort("connectionreset")
        else:
            route.fulfill(response=answer)

    page.route("**/v1/feedback", lose_the_first_answer)
    tap(page, 4)
    expect(page.locator("#pending")).to_be_empty(timeout=20_000)
    eventually("the page repeated it", lambda: len(posted) >= 2, 20, pause=lambda: page.wait_for_timeout(50))
    assert posted[0] == posted[1]
    eventually("the tap is stored", lambda: stored(running) == before + 1, within=20)


def test_a_kiosk_with_a_dead_clock_still_counts(visitor: BrowserContext, running: Installation) -> None:
    before = stored(running)
    page = visitor.new_page()
    page.clock.set_fixed_time("2001-01-01T08:00:00")
    page.goto("/k/kiosk-uji")
    tap(page, 4)
    eventually("the tap is stored", lambda: stored(running) == before + 1, within=30)
    ((claimed,),) = rows(
        running.database, "SELECT claimed_ms FROM responses ORDER BY received_ms DESC, position DESC LIMIT 1"
    )
    assert claimed is None


def test_the_board_fits_a_phone_and_speaks_english(browser: Browser, running: Installation, tmp_path: Path) -> None:
    phone = browser.new_context(locale="en-GB", viewport={"width": 360, "height": 740})
    page = phone.new_page()
    page.goto(f"http://127.0.0.1:{running.port}/sign-in#{running.key}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Visitors' satisfaction")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.screenshot(path=tmp_path / "board.png")
    phone.close()


def test_the_printed_address_signs_in_and_leaves_no_key_behind(
    visitor: BrowserContext, running: Installation, tmp_path: Path
) -> None:
    page = visitor.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/sign-in#{running.key}")
    expect(page.get_by_text("Pengujian")).to_be_visible()
    assert not any(running.key in url for url in asked)
    page.go_back()
    assert running.key not in page.url
    page.goto("/")
    page.screenshot(path=tmp_path / "signed-in.png", full_page=True)
    page.locator("form.who button").click()
    expect(page.get_by_text("Pengujian")).to_have_count(0)
    assert page.locator(".card").count() == 0


def test_signing_in_works_with_the_keyboard_and_without_scripts(
    browser: Browser, running: Installation, tmp_path: Path
) -> None:
    plain = browser.new_context(java_script_enabled=False, locale="en-GB", base_url=f"http://127.0.0.1:{running.port}")
    page = plain.new_page()
    page.goto("/")
    page.screenshot(path=tmp_path / "nobody.png")
    page.get_by_role("link", name="Sign in").first.click()
    page.get_by_label("Key").fill("puas_wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("opens nothing")
    page.screenshot(path=tmp_path / "refused.png")
    page.get_by_label("Key").fill(running.key)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Signed in as Pengujian.")).to_be_visible()
    plain.close()


def test_a_kiosk_works_with_the_keyboard_alone(visitor: BrowserContext, running: Installation) -> None:
    before = stored(running)
    page = visitor.new_page()
    page.goto("/k/kiosk-uji")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_text("Terima kasih!")).to_be_visible()
    eventually("the tap is stored", lambda: stored(running) == before + 1, within=20)


def test_an_unknown_kiosk_is_a_page_that_leads_to_the_board(visitor: BrowserContext) -> None:
    page = visitor.new_page()
    answer = page.goto("/k/tidak-ada")
    assert answer is not None
    assert answer.status == 404
    page.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kepuasan pengunjung")

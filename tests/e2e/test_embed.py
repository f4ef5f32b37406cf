"""The times on the practice's own site: another origin, in a real browser, without its cookies."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Page, Playwright, expect

from services.commands.serving import WebServer
from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.e2e.conftest import ARGUMENTS
from tests.integration.booking.office import NOW, employ, rows
from tests.integration.booking.site import open_site

pytestmark = pytest.mark.browser

SNIPPET = '<script async src="{url}/booking/embed.js"{more}></script>'
FRAME = '<iframe src="{url}/booking/embed?lang=en" title="Times" width="390" height="900"></iframe>'
ON_TOP = "() => document.querySelector('iframe').getBoundingClientRect().top"


class PracticeSite:
    """A web site of somebody else's: one page at http://localhost, which holds the snippet."""

    def __init__(self) -> None:
        self.html = ""
        self.asked: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(dict(self.headers.items()))
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(outer.html.encode())

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.origin = f"http://localhost:{self._server.server_address[1]}"

    def shows(self, body: str, *, lang: str = "en") -> None:
        self.html = (
            f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>Harbor House</title>'
            f"<h1>Welcome</h1>{body}<p>The end</p></html>"
        )

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass
class Office:
    """Booking at http://127.0.0.1: another site than the practice's."""

    service: Service
    url: str


@pytest.fixture
def practice() -> Iterator[PracticeSite]:
    made = PracticeSite()
    yield made
    made.close()


OpenOffice = Callable[..., Office]


@pytest.fixture
def open_office(sqlite_database: DatabaseFactory) -> Iterator[OpenOffice]:
    servers: list[WebServer] = []

    def opened(*origins: str) -> Office:
        url = str(sqlite_database("booking").engine.url)
        service = open_site(url, NOW, embed_origins=origins)
        employ(service.database)
        server = WebServer(service.app, host="127.0.0.1", port=0)
        server.start()
        servers.append(server)
        return Office(service, f"http://127.0.0.1:{server.port}")

    yield opened
    for server in servers:
        server.stop()


@pytest.fixture(scope="module")
def strict_browser(chromium: str, playwright: Playwright) -> Iterator[Browser]:
    """A browser that lets no site in a frame have cookies."""
    arguments = [*ARGUMENTS, "--test-third-party-cookie-phaseout"]
    launched = playwright.chromium.launch(executable_path=chromium, args=arguments)
    yield launched
    launched.close()


@pytest.fixture
def page(strict_browser: Browser) -> Iterator[Page]:
    """A phone in New York; an error in any script fails the test."""
    context = strict_browser.new_context(
        timezone_id="America/New_York", locale="en-US", viewport={"width": 390, "height": 700}
    )
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


def frame_of(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def test_a_time_is_chosen_in_the_frame_and_booked_at_our_own_address(
    page: Page, practice: PracticeSite, open_office: OpenOffice
) -> None:
    office = open_office("https://www.example.org", practice.origin)
    practice.shows(SNIPPET.format(url=office.url, more=""))
    requests: list[tuple[str, str]] = []
    page.on("request", lambda it: requests.append((it.url, it.headers.get("referer", ""))))
    page.goto(f"{practice.origin}/private-page")
    frame = frame_of(page)
    expect(page.locator("iframe")).to_have_attribute("title", "Choose a time to talk")
    frame.get_by_role("link", name="Later days").click()
    frame.get_by_role("radio", name="Friday, January 8, 9:20 AM Eastern Time").check()
    expect(frame.get_by_text("Opens on our own page. Nothing is booked yet.")).to_be_visible()
    assert page.context.cookies() == []
    frame.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{office.url}/booking/details?**")
    assert page.evaluate("window.top === window && window.opener === null")
    expect(page.get_by_text("Friday, January 8")).to_be_visible()
    expect(page.get_by_role("link", name="Exit this page")).to_be_visible()
    page.locator("#name").fill("Rosa")
    page.locator("#email").fill("rosa@example.org")
    page.locator("#phone").fill("207 555 0176")
    page.get_by_role("button", name="Book this call").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are booked, Rosa")
    with office.service.database.reading() as session:
        assert [f"{row.starts_at:%Y-%m-%dT%H:%M}" for row in rows(session)] == ["2027-01-08T14:20"]
    hosts = (office.url, practice.origin)
    assert [url for url, _ in requests if not url.startswith(hosts)] == []
    assert [seen for _, seen in requests if "private-page" in seen] == []


def test_the_frame_is_as_high_as_what_it_shows_and_the_new_days_come_into_sight(
    page: Page, practice: PracticeSite, open_office: OpenOffice
) -> None:
    office = open_office(practice.origin)
    practice.shows(SNIPPET.format(url=office.url, more=""))
    page.goto(practice.origin)
    inner = page.frames[-1]
    frame_of(page).get_by_role("button", name="Continue").wait_for()

    def fits() -> bool:
        inside = page.frames[-1].evaluate(
            "() => [document.body.getBoundingClientRect().height, window.innerHeight]"
        )
        return abs(inside[0] - inside[1]) <= 1

    def settled() -> None:
        for _ in range(50):
            if fits():
                return
            page.wait_for_timeout(100)
        raise AssertionError("the frame has another height than its page")

    settled()
    before = page.locator("iframe").bounding_box()
    frame_of(page).locator("fieldset details summary").first.click()
    settled()
    unfolded = page.locator("iframe").bounding_box()
    assert before is not None
    assert unfolded is not None
    assert unfolded["height"] > before["height"] + 100
    frame_of(page).locator("fieldset details summary").first.click()
    settled()
    frame_of(page).get_by_role("link", name="Later days").click()
    frame_of(page).get_by_role("link", name="Earlier days").wait_for()
    settled()
    assert inner is page.frames[-1]
    assert -1 <= page.evaluate(ON_TOP) <= 1
    width = page.evaluate("document.querySelector('iframe').offsetWidth")
    assert width == page.evaluate("document.body.clientWidth")


def test_a_site_that_is_not_listed_shows_a_link_instead(
    page: Page, practice: PracticeSite, open_office: OpenOffice
) -> None:
    office = open_office("https://www.example.org")
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text))
    practice.shows(SNIPPET.format(url=office.url, more=""))
    page.goto(practice.origin)
    link = page.get_by_role("link", name="Choose a time to talk")
    expect(link).to_have_attribute("href", f"{office.url}/booking/?lang=en")
    assert any("frame-ancestors" in line for line in refused), refused
    expect(page.locator("iframe")).to_have_count(0)
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a time to talk")


@pytest.mark.parametrize(("more", "lang"), [(' data-lang="es"', "en"), ("", "es-MX")])
def test_it_speaks_spanish_when_told_to_or_on_a_page_in_spanish(
    page: Page, practice: PracticeSite, open_office: OpenOffice, more: str, lang: str
) -> None:
    office = open_office(practice.origin)
    practice.shows(SNIPPET.format(url=office.url, more=more), lang=lang)
    page.goto(practice.origin)
    expect(page.locator("iframe")).to_have_attribute("title", "Elija una hora para hablar")
    heading = frame_of(page).get_by_role("heading", level=1)
    expect(heading).to_have_text("Elija una hora para hablar")
    frame_of(page).get_by_role("link", name="English").click()
    expect(heading).to_have_text("Choose a time to talk")
    frame_of(page).locator("details.zone summary").click()
    frame_of(page).get_by_label("Your time zone").select_option("America/Denver")
    frame_of(page).get_by_role("button", name="Show times in this zone").click()
    expect(frame_of(page).get_by_text("Times are in Mountain Time.")).to_be_visible()
    assert page.url == f"{practice.origin}/"


def test_the_plain_frame_works_with_javascript_off(
    strict_browser: Browser, practice: PracticeSite, open_office: OpenOffice
) -> None:
    office = open_office(practice.origin)
    practice.shows(FRAME.format(url=office.url))
    context = strict_browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(practice.origin)
    frame_of(page).get_by_role("radio").first.check()
    frame_of(page).get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{office.url}/booking/details?**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your details")
    context.close()


def test_exit_takes_the_whole_page_away_and_back_does_not_return(
    page: Page, practice: PracticeSite, open_office: OpenOffice
) -> None:
    office = open_office(practice.origin)
    practice.shows(SNIPPET.format(url=office.url, more=""))
    page.route("https://www.weather.gov/**", lambda route: route.fulfill(body="Fair and mild"))
    page.goto("about:blank")
    page.goto(practice.origin)
    frame_of(page).get_by_role("link", name="Exit this page").click()
    page.wait_for_url("https://www.weather.gov/")
    page.go_back()
    assert page.url == "about:blank"


def test_the_times_in_the_frame_have_no_barrier(
    page: Page, practice: PracticeSite, open_office: OpenOffice
) -> None:
    office = open_office(practice.origin)
    practice.shows(f"<main>{SNIPPET.format(url=office.url, more='')}</main>")
    page.goto(practice.origin)
    frame_of(page).get_by_role("button", name="Continue").wait_for()
    found = Axe().run(page.frames[-1]).response["violations"]
    assert [each["id"] for each in found] == []

"""The pages on which somebody books, in a browser: every state, by keyboard, without script.

A folder named by GRIP_TEST_PICTURES keeps a picture of each state.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from services.booking.domain.consult import Hold, HoldKind
from services.booking.domain.suspicion import HELD_FOR
from services.booking.use_cases.book_consult import book_consult
from services.commands.serving import WebServer
from shared.events import NoticeRequested
from shared.service import Service
from tests.conftest import DatabaseFactory
from tests.integration.booking.office import GRID, NOW, TEN, book, employ, published, wanted
from tests.integration.booking.site import open_site
from tests.integration.booking.waiting import announced, token_in

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("GRIP_TEST_PICTURES")
WIDTHS = (320, 390, 768, 1440)
FOCUS = """() => {
  const it = document.activeElement, box = it.getBoundingClientRect();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const top = document.elementFromPoint(x, y);
  const seen = top && (it.contains(top) || (it.parentElement || it).contains(top));
  return {tag: it.tagName, type: it.type || "", name: it.getAttribute("name") || "",
          text: (it.getAttribute("aria-label") || it.innerText || it.value || "").trim(),
          seen: Boolean(seen), high: box.height};
}"""


@dataclass
class Office:
    """A practice with one consultant, served to a browser."""

    service: Service
    url: str

    def details(self, steps: int) -> str:
        """The form for the time so many steps after Wednesday at ten."""
        return f"{self.url}/booking/details?start={TEN + steps * GRID:%Y-%m-%dT%H:%M:%SZ}&tz=UTC"

    def taken(self, steps: int) -> None:
        """Somebody else books that time."""
        book(self.service.database, wanted(TEN + steps * GRID, 50 + steps))

    def held(self, steps: int, lang: str) -> tuple[str, str]:
        """Somebody asks for that time and is to confirm it: their page, and the emailed link."""
        hold = Hold(HoldKind.UNCONFIRMED, NOW + HELD_FOR, occupies=False)
        want = wanted(TEN + steps * GRID, 80 + steps, locale=lang)
        keys = self.service.app.extensions["grip_booking_keys"]
        asked = self.service.database.run(
            lambda s: book_consult(s, want, keys=keys, now=NOW, hold=lambda *_: hold)
        )
        with self.service.database.reading() as session:
            link = str(published(session)[-1].event.url)
        mine = asked.manage_url
        return self.url + urlsplit(mine).path, self.url + urlsplit(link).path

    def offer(self) -> None:
        """Free times are offered to whoever waits."""
        next(job for job in self.service.jobs if job.name == "waitlist").step(NOW)

    def last_offer(self) -> str:
        """The token of the time that was offered last."""
        return token_in(announced(self.service.database)[-1])

    def last_place(self) -> str:
        """The token of the place on the list that was taken last."""
        with self.service.database.reading() as session:
            facts = [each.event for each in published(session)]
        links = [fact.url for fact in facts if isinstance(fact, NoticeRequested)]
        return str(links[-1]).rpartition("/")[2]


@pytest.fixture
def office(sqlite_database: DatabaseFactory) -> Iterator[Office]:
    """Open in January 2027, Monday to Friday."""
    service = open_site(str(sqlite_database("booking").engine.url), NOW)
    employ(service.database)
    server = WebServer(service.app, host="127.0.0.1", port=0)
    server.start()
    yield Office(service, f"http://127.0.0.1:{server.port}")
    server.stop()


def fill_in(page: Page, phone: str = "207 555 0176") -> None:
    page.locator("#name").fill("Rosa")
    page.locator("#email").fill("rosa@example.org")
    page.locator("#phone").fill(phone)


def press(page: Page) -> None:
    page.locator("form[method=post] button").first.click()
    page.wait_for_load_state()


def states(page: Page, office: Office, lang: str) -> Iterator[str]:
    """Lead the page through every state, naming each."""
    page.goto(f"{office.url}/booking/?tz=America/New_York&lang={lang}")
    yield "list"
    page.locator("details.zone summary").click()
    page.locator("fieldset summary").first.click()
    yield "list unfolded"
    page.goto(f"{office.url}/booking/?from=2027-01-11&lang={lang}")
    yield "later days"
    page.goto(f"{office.details(0)}&lang={lang}")
    yield "form"
    fill_in(page, phone="207 555 01")
    press(page)
    yield "form with an error"
    office.taken(0)
    fill_in(page)
    press(page)
    yield "time just taken"
    page.goto(f"{office.details(1)}&lang={lang}")
    fill_in(page)
    press(page)
    yield "booked"
    mine = page.url.partition("?")[0]
    page.goto(f"{mine}/move?lang={lang}")
    yield "move"
    page.locator("input[name=start]:not(:checked)").nth(0).check()
    earliest = page.locator("input[name=start]:checked").get_attribute("value")
    page.locator(f"input[value='{earliest}']").evaluate("it => it.value = '2027-01-06T15:00:00Z'")
    press(page)
    page.locator(".notice[role=status]").wait_for()
    yield "move lost"
    page.goto(f"{mine}/cancel?lang={lang}")
    yield "cancel"
    press(page)
    yield "cancelled"
    yield from held_states(page, office, lang)
    yield from waitlist_states(page, office, lang)
    page.goto(f"{office.url}/booking/m/nothing-like-this?lang={lang}")
    yield "link not valid"
    page.goto(f"{office.url}/booking/privacy?lang={lang}")
    yield "privacy"


def held_states(page: Page, office: Office, lang: str) -> Iterator[str]:
    """Confirm a booking by the emailed link: too late for its time, and then another."""
    mine, link = office.held(8, lang)
    page.goto(f"{mine}?lang={lang}")
    yield "one more step"
    page.goto(f"{link}?lang={lang}")
    yield "to confirm"
    office.taken(8)
    press(page)
    yield "taken before it was confirmed"
    page.locator("#start-2").check()
    press(page)
    yield "confirmed at another time"
    mine, _ = office.held(12, lang)
    cancelled = page.request.post(f"{office.url}/booking/api/v1/consults/{mine[-22:]}/cancel")
    assert cancelled.ok
    page.goto(f"{mine}?lang={lang}")
    yield "no longer held"


def waitlist_states(page: Page, office: Office, lang: str) -> Iterator[str]:
    """Join the waitlist with an error on the way, and let a time go that is offered."""
    page.goto(f"{office.url}/booking/waitlist?tz=America/New_York&lang={lang}")
    yield "waitlist"
    press(page)
    yield "waitlist with errors"
    fill_in(page)
    for part in ("1-morning", "1-afternoon", "3-evening"):
        page.locator(f"input[value='{part}']").check()
    press(page)
    yield "on the list"
    office.offer()
    page.goto(f"{office.url}/booking/offer/{office.last_offer()}?lang={lang}")
    yield "time offered"
    offered = page.url
    page.locator("form[method=post] button").last.click()
    page.wait_for_load_state()
    yield "time let go"
    page.goto(offered)
    yield "offer gone"
    page.goto(f"{office.url}/booking/waitlist/{office.last_place()}?lang={lang}")
    press(page)
    yield "off the list"


def barriers(page: Page, state: str) -> list[str]:
    """What axe finds on a phone in the light and on a desk in the dark, and what is too wide."""
    found = []
    for width, scheme in ((390, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for violation in Axe().run(page).response["violations"]:
            nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            found.append(f"{state}, {width} px, {scheme}: {violation['id']}: {nodes}")
        if PICTURES:
            name = f"{state}-{page.locator('html').get_attribute('lang')}-{width}-{scheme}.png"
            page.screenshot(path=Path(PICTURES) / name.replace(" ", "-"), full_page=True)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.evaluate("document.scrollingElement.scrollWidth")
        if wide > width:
            found.append(f"{state}: {wide} px wide on a screen of {width} px")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "es"])
def test_no_state_has_a_barrier(page: Page, office: Office, lang: str) -> None:
    found = []
    for state in states(page, office, lang):
        assert page.locator("html").get_attribute("lang") == lang, state
        found += barriers(page, state)
    assert found == []


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A page in a browser with JavaScript off."""
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    yield opened
    context.close()


@pytest.mark.slow
def test_no_state_has_a_barrier_without_our_script(page: Page, office: Office) -> None:
    page.route("**/grip.js*", lambda route: route.abort())  # axe itself needs JavaScript on
    found = []
    for state in states(page, office, "en"):
        expect(page.locator("[data-exit-hint]")).to_be_hidden()
        found += barriers(page, state)
    assert found == []


def test_with_javascript_off_zone_days_and_times_are_chosen_by_links_and_forms(
    plain: Page, office: Office
) -> None:
    plain.goto(f"{office.url}/booking/")
    plain.locator("details.zone summary").click()
    plain.get_by_label("Your time zone").select_option("America/Los_Angeles")
    plain.get_by_role("button", name="Show times in this zone").click()
    expect(plain.get_by_text("Times are in Pacific Time.")).to_be_visible()
    first = plain.locator("legend").first.inner_text()
    plain.get_by_role("link", name="Later days").click()
    plain.get_by_role("link", name="Later days").click()
    plain.get_by_role("link", name="Earlier days").click()
    plain.get_by_role("link", name="Earlier days").click()
    assert plain.locator("legend").first.inner_text() == first
    plain.get_by_role("radio", name="Tuesday, January 5, 7:20 AM Pacific Time").check()
    plain.get_by_role("button", name="Continue").click()
    expect(plain.get_by_text("7:20 to 7:40 AM, Pacific Time")).to_be_visible()
    plain.get_by_role("link", name="Back to the times").click()
    chosen = plain.get_by_role("radio", name="Tuesday, January 5, 7:20 AM Pacific Time")
    expect(chosen).to_be_checked()


def tab_to(page: Page, wanted_here: Callable[[dict[str, object]], bool]) -> list[str]:
    """Press Tab until it is there; what had the focus on the way, each of it in sight."""
    way = []
    for _ in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUS)
        assert here["seen"], f"focus is hidden: {here}"
        way.append(f"{here['tag']} {here['text']}")
        if wanted_here(here):
            return way
    raise AssertionError(way)


def test_a_call_is_booked_moved_and_cancelled_by_keyboard_alone(page: Page, office: Office) -> None:
    page.set_viewport_size({"width": 390, "height": 700})
    page.goto(f"{office.url}/booking/?tz=America/New_York")
    way = tab_to(page, lambda it: it["type"] == "radio")
    assert way[:2] == ["A Skip to the page", "A Harbor House"]
    assert way[2:5] == [
        "A Exit this page",
        "A Español",
        "SUMMARY Times are in Eastern Time. Change",
    ]
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    assert page.evaluate(FOCUS)["text"] == "Tuesday, January 5, 9:40 AM Eastern Time"
    tab_to(page, lambda it: it["text"] == "Continue")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your details")).to_be_visible()
    tab_to(page, lambda it: it["name"] == "name")
    page.keyboard.type("Rosa")
    tab_to(page, lambda it: it["name"] == "phone")
    page.keyboard.type("207 555 0176")
    page.keyboard.press("Enter")
    expect(page.locator(".errors")).to_be_focused()
    tab_to(page, lambda it: str(it["text"]).startswith("Enter your email"))
    page.keyboard.press("Enter")
    expect(page.locator("#email")).to_be_focused()
    page.keyboard.type("rosa@example.org")
    tab_to(page, lambda it: it["name"] == "sms_consent")
    page.keyboard.press("Space")
    tab_to(page, lambda it: it["text"] == "Book this call")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are booked, Rosa")
    tab_to(page, lambda it: it["text"] == "Move to another time")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Move your call")
    tab_to(page, lambda it: it["type"] == "radio")
    page.keyboard.press("ArrowRight")
    tab_to(page, lambda it: it["text"] == "Move to this time")
    page.keyboard.press("Enter")
    moved = "Your call is moved. It is now Tuesday, January 5, 10:00 AM Eastern Time."
    expect(page.get_by_role("status")).to_have_text(moved)
    tab_to(page, lambda it: it["text"] == "Cancel this call")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cancel this call?")
    tab_to(page, lambda it: it["tag"] == "BUTTON")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your call is cancelled")


def test_everything_to_press_is_large_enough(page: Page, office: Office) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    for path in (
        "/booking/?from=2027-01-11",
        "/booking/details?start=2027-01-06T15:00:00Z",
        "/booking/waitlist",
    ):
        page.goto(office.url + path)
        small = page.locator(
            "main :is(button, select, .choice, .tools a, summary, .input)"
        ).evaluate_all(
            "all => all.filter(it => it.checkVisibility())"
            ".filter(it => it.getBoundingClientRect().height < 43.5)"
            ".map(it => it.outerHTML.slice(0, 90))"
        )
        assert small == []


def test_the_zone_of_the_device_is_offered_and_never_applied(
    browser: Browser, office: Office
) -> None:
    context = browser.new_context(timezone_id="America/Los_Angeles", locale="es-US")
    page = context.new_page()
    page.goto(f"{office.url}/booking/")
    expect(page.get_by_text("Las horas se muestran en hora del Este.")).to_be_visible()
    expect(page.locator("p[data-zone]")).to_contain_text("La hora de su dispositivo: hora del Pac")
    page.get_by_role("link", name="Ver las horas en esa zona").click()
    expect(page.get_by_text("Las horas se muestran en hora del Pacífico.")).to_be_visible()
    expect(page.locator("p[data-zone]")).to_be_hidden()
    context.close()


def test_a_device_with_the_same_clock_is_offered_nothing(browser: Browser, office: Office) -> None:
    context = browser.new_context(timezone_id="America/Detroit")
    page = context.new_page()
    page.goto(f"{office.url}/booking/")
    expect(page.locator("[data-exit-hint]")).to_be_visible()
    expect(page.locator("p[data-zone]")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("way", ["press", "keys"])
def test_exit_leaves_at_once_and_back_does_not_return(
    browser: Browser, office: Office, way: str
) -> None:
    context = browser.new_context()
    context.route(re.compile("weather.gov"), lambda route: route.fulfill(body="Fair and mild"))
    page = context.new_page()
    page.goto("about:blank")
    page.goto(f"{office.url}/booking/")
    if way == "press":
        page.get_by_role("link", name="Exit this page").click()
    else:
        for key in ("Shift", "Shift", "a", "Shift", "Shift", "Shift"):
            assert page.url.startswith(office.url)
            page.keyboard.press(key)
    page.wait_for_url("https://www.weather.gov/")
    page.go_back()
    assert page.url == "about:blank"
    context.close()

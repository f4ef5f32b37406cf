"""What people do on the pages, step by step, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from playwright.sync_api import Page, expect

from shared.times import zone_name
from tests.running.process import until
from tests.running.systems import System

T = TypeVar("T")
SOON_S = 20
"""How long an event may take from one service's page to another's."""


@dataclass(frozen=True, slots=True)
class Someone:
    """What a person types into the form."""

    name: str
    email: str
    phone: str


ROSA = Someone("Rosa", "rosa@example.org", "207 555 0176")
WREN = Someone("Wren", "wren@example.org", "207 555 0177")


def reload_until(page: Page, url: str, look: Callable[[Page], T | None], what: str) -> T:
    """Open `url` again and again until `look` finds something."""

    def once() -> T | None:
        page.goto(url)
        return look(page)

    return until(once, f"{what} at {url}", within_s=SOON_S)


def choose_a_time(page: Page, system: System, *, nth: int) -> datetime:
    """See free times in my own zone, some days from now, and choose one; the chosen instant."""
    page.goto(f"{system.url}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a time to talk")
    in_my_zone = page.get_by_role("link", name="Show times in that zone")
    if in_my_zone.is_visible():  # not where I live by the practice's clock
        in_my_zone.click()
    here = zone_name(zone_of(page), datetime.now(UTC), "en")
    expect(page.get_by_text(f"Times are in {here}")).to_be_visible()
    page.get_by_role("link", name="Later days").click()
    start = check_choice(page, nth)
    page.get_by_role("button", name="Continue").click()
    return start


def check_choice(page: Page, nth: int) -> datetime:
    """Choose the nth time that is in sight; its instant."""
    choice = page.locator("input[name=start]:visible").nth(nth)
    start = datetime.fromisoformat(choice.get_attribute("value") or "")
    choice.check()
    return start


def zone_of(page: Page) -> str:
    """The zone of the person's device."""
    return str(page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone"))


def book(page: Page, system: System, who: Someone, *, nth: int) -> tuple[datetime, str]:
    """Book a call; its instant and the address of its page."""
    start = choose_a_time(page, system, nth=nth)
    expect(page.get_by_text("Your time, not booked yet")).to_be_visible()
    page.get_by_label("Your name").fill(who.name)
    page.get_by_label("Email").fill(who.email)
    page.get_by_label("Phone", exact=True).last.fill(who.phone)
    page.get_by_label("Text me about this call (optional)").check()
    page.get_by_role("button", name="Book this call").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"You are booked, {who.name}")
    assert re.search(r"/booking/m/[\w-]{22,}$", page.url), page.url
    return start, page.url


def sign_in(page: Page, system: System) -> None:
    """Open the link that was printed, and press its button."""
    page.goto(system.sign_in_link())
    page.get_by_role("button", name="Sign in on this device").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/cohort/sign-in" not in page.url


def qualify(page: Page, system: System, who: Someone) -> None:
    """As staff, see the call and mark it qualified."""
    reload_until(
        page,
        f"{system.url}/booking/staff/",
        lambda p: p.get_by_role("link", name=who.name, exact=True).count(),
        who.name,
    )
    page.get_by_role("link", name=who.name, exact=True).click()
    page.get_by_label("Private note").fill("Met by phone.")
    page.get_by_role("button", name="Qualified").click()
    expect(page.get_by_text(f"{who.name} is marked as qualified")).to_be_visible()


def find_applicant(page: Page, system: System, who: Someone) -> None:
    """The person is an applicant, with what they typed at booking."""
    reload_until(
        page,
        f"{system.url}/cohort/applicants/",
        lambda p: p.get_by_role("link", name=f"Open {who.name}").count(),
        who.name,
    )
    page.get_by_role("link", name=f"Open {who.name}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(who.name)
    expect(page.get_by_role("link", name=who.email)).to_be_visible()


def make_cohort(page: Page, system: System, label: str) -> list[str]:
    """Make a cohort in three weeks from the default program; its dated sessions."""
    start = datetime.now(UTC).date() + timedelta(days=21)
    page.goto(f"{system.url}/cohort/cohorts/new")
    page.get_by_label("Name").fill(label)
    page.get_by_label("Start on or after").fill(start.isoformat())
    page.get_by_label("Weekday").select_option("Wednesday")
    page.get_by_label("Time", exact=True).fill("13:00")
    page.get_by_label("Room (in person)").fill("Main room")
    page.get_by_label("Practice owner").first.check()
    page.get_by_role("button", name="Show the dates").click()
    expect(page.get_by_text("Nothing is made yet.")).to_be_visible()
    page.get_by_role("button", name="Make this cohort").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(label)
    rows = page.get_by_role("table", name=f"Sessions of cohort {label}").locator("tbody tr")
    sessions = [row.inner_text() for row in rows.all()]
    assert len(sessions) == 9, sessions
    return sessions


def enroll(page: Page, label: str, who: Someone) -> None:
    """From the cohort's page, give the applicant a seat."""
    page.get_by_label("Enroll an applicant").select_option(label=who.name)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Enroll {who.name}?")
    page.get_by_role("button", name="Enroll").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(label)
    members = page.get_by_role("table", name=f"People in cohort {label}")
    expect(members.get_by_role("link", name=who.name, exact=True)).to_be_visible()


def move(page: Page, manage_url: str, *, nth: int) -> datetime:
    """Move the call from its own page; the new instant."""
    page.goto(manage_url)
    page.get_by_role("link", name="Move to another time").click()
    page.get_by_role("link", name="Later days").click()
    start = check_choice(page, nth)
    page.get_by_role("button", name="Move to this time").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("You are booked")
    expect(page.locator(".notice")).to_be_visible()
    return start


def cancel(page: Page, manage_url: str) -> None:
    """Cancel the call from its own page."""
    page.goto(manage_url)
    page.get_by_role("link", name="Cancel this call").click()
    page.get_by_role("button", name="Cancel this call").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your call is cancelled")

"""What `/notify/outbox` shows: what would have been sent, and what is planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar
from playwright.sync_api import Locator, Page

from tests.e2e.walk import reload_until
from tests.running.systems import System


@dataclass(frozen=True, slots=True)
class Planned:
    """One planned message."""

    due: datetime
    about: str
    channel: str
    starts: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """All that was kept for one person, newest first."""

    emails: list[str]
    """Subjects."""
    texts: list[str]
    """Bodies."""
    calendars: list[Calendar]


def planned(page: Page, system: System, person: str) -> list[Planned]:
    """What waits for one person, soonest first."""
    page.goto(f"{system.url}/notify/outbox")
    rows = page.get_by_role("table", name="Planned messages").locator("tbody tr")
    return [_row(row) for row in rows.all() if row.locator("th").inner_text().startswith(person)]


def _row(row: Locator) -> Planned:
    times = [element.get_attribute("datetime") or "" for element in row.locator("time").all()]
    about, channel = (row.locator("td").nth(n).inner_text() for n in (1, 2))
    due, starts = map(datetime.fromisoformat, times)
    return Planned(due, about, channel, starts)


def kept(page: Page, system: System, person: str) -> Kept:
    """What one person would have been sent."""
    page.goto(f"{system.url}/notify/outbox")
    to = f"To {person},"
    emails, texts = (
        [a for a in page.locator(f"section[aria-labelledby={name}] article").all()
         if to in a.inner_text()]
        for name in ("emails", "texts")
    )  # fmt: skip
    links = [link for each in emails for link in each.get_by_text("Calendar file").all()]
    files = [page.request.get(f"{system.url}{link.get_attribute('href')}") for link in links]
    return Kept(
        emails=[a.locator("h3").inner_text() for a in emails],
        texts=[a.locator("p.text").inner_text() for a in texts],
        calendars=[Calendar.from_ical(file.body()) for file in files],  # type: ignore[misc]
    )


def wait_for_email(page: Page, system: System, person: str, subject: str) -> None:
    """Until an email with this beginning was kept for the person."""
    url = f"{system.url}/notify/outbox"

    def look(_: Page) -> bool:
        return any(each.startswith(subject) for each in kept(page, system, person).emails)

    reload_until(page, url, look, f"{subject!r} to {person}")


def wall_clock_before(start: datetime, days: int, zone: str) -> datetime:
    """The same time of day, some days before, on the wall clock of `zone`."""
    there = start.astimezone(ZoneInfo(zone))
    return (there.replace(tzinfo=None) - timedelta(days=days)).replace(tzinfo=ZoneInfo(zone))

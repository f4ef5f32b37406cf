"""How notify's pages say times and quote messages."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from flask import Flask
from markupsafe import Markup, escape

from shared.times import clock_time, local, long_day
from shared.web.context import now

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_URL = re.compile(r"https?://[^\s<>\"]+")


def log_time(at: datetime, zone: str) -> str:
    """ "9:02 AM" today, "Mon 5:12 PM" within a week, else "Jan 8, 5:12 PM"."""
    wall, today = local(at, zone), local(now(), zone).date()
    if wall.date() == today:
        return clock_time(at, zone)
    if abs(wall.date() - today) < timedelta(days=7):
        return f"{_DAYS[wall.weekday()]} {clock_time(at, zone)}"
    return f"{wall:%b} {wall.day}, {clock_time(at, zone)}"


def story_time(at: datetime, zone: str) -> str:
    """ "9:02:11 AM", with the day when it is not today's."""
    wall = local(at, zone)
    clock = f"{wall.hour % 12 or 12}:{wall:%M:%S} {'PM' if wall.hour >= 12 else 'AM'}"
    if wall.date() == local(now(), zone).date():
        return clock
    return f"{wall:%b} {wall.day}, {clock}"


def how_many(count: int, one: str, many: str) -> str:
    """ "none is late", "one is late", "3 are late"."""
    if count > 1:
        return f"{count} {many}"
    return f"{'one' if count else 'none'} {one}"


def consent_day(at: str, zone: str) -> str:
    """The day of an ISO instant, in words."""
    return long_day(datetime.fromisoformat(at), zone)


def lines_and_links(text: str) -> Markup:
    """Plain text with its line breaks, and its addresses as links."""
    return Markup("<br>").join(_linked(line) for line in text.strip().splitlines())


def _linked(line: str) -> Markup:
    parts, end = Markup(""), 0
    for found in _URL.finditer(line):
        url = found.group().rstrip(".,;)")
        parts += escape(line[end : found.start()])
        parts += Markup('<a href="{}" rel="noreferrer">{}</a>').format(url, url)
        end = found.start() + len(url)
    return parts + escape(line[end:])


def install_filters(app: Flask) -> None:
    """Give the app's templates these filters."""
    app.jinja_env.filters.update(
        log_time=log_time,
        story_time=story_time,
        consent_day=consent_day,
        how_many=how_many,
        lines_and_links=lines_and_links,
    )

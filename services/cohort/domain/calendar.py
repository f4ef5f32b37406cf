"""The dated calendar of a cohort: a template laid on real weeks at one wall-clock window."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.cohort.domain.errors import NonexistentTime, NoOpenWeek
from services.cohort.domain.program import GROUP_KINDS, Entry, Kind, Template

LONGEST_PAUSE_WEEKS = 26
"""A series that closed dates would stretch by more than half a year is refused."""


@dataclass(frozen=True, slots=True)
class Window:
    """When a cohort meets: `weekday` as in `date.weekday()` (Monday 0), `start` as wall clock."""

    weekday: int
    start: time


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A template entry with its date.

    `day` is the venue's date. Group sessions have `starts_at` and `ends_at` (UTC). What has no
    fixed time has none: a check-in is booked later, on a day from `day` to `until`; measures go
    out on `day`.
    """

    week: int
    kind: Kind
    day: date
    until: date
    starts_at: datetime | None
    ends_at: datetime | None

    @property
    def booked_later(self) -> bool:
        """True when each person chooses their own time for it."""
        return self.kind is Kind.CHECK_IN


def plan_calendar(
    template: Template,
    start_date: date,
    window: Window,
    *,
    zone: str,
    closed: Collection[date],
) -> list[PlannedSession]:
    """Every entry of the template with its date, in order of date, week and kind.

    The first week is the first `window.weekday` on or after `start_date`. A group session on a
    closed date moves, with everything after it, by whole weeks; week numbers stay. The wall-clock
    time is the same every week, whatever the offset; lengths are elapsed minutes.
    Raises `NonexistentTime` when a clock change skips the wall time of a session, and `NoOpenWeek`
    when closed dates would stretch the series by more than `LONGEST_PAUSE_WEEKS`.
    """
    days = _week_dates(template, first_date(start_date, window), closed=closed)
    planned = [
        _plan_entry(entry, days[entry.week], window=window, zone=zone) for entry in template.entries
    ]
    order = list(Kind)
    return sorted(planned, key=lambda one: (one.day, one.week, order.index(one.kind)))


def first_date(start_date: date, window: Window) -> date:
    """The first date on or after `start_date` that is the window's weekday."""
    return start_date + timedelta(days=(window.weekday - start_date.weekday()) % 7)


def instant_of(day: date, at: time, zone: str) -> datetime:
    """The UTC instant of a wall-clock time; the first of a repeated hour.

    Raises `NonexistentTime` for a time that a clock change skips.
    """
    local = datetime.combine(day, at.replace(fold=0), tzinfo=ZoneInfo(zone))
    instant = local.astimezone(UTC)
    if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NonexistentTime(day, at, zone)
    return instant


def _week_dates(
    template: Template, anchor: date, *, closed: Collection[date]
) -> Mapping[int, date]:
    """The date of the weekly window in each week that the template uses."""
    meeting = {entry.week for entry in template.entries if entry.kind in GROUP_KINDS}
    days: dict[int, date] = {}
    pause = 0
    for week in sorted({entry.week for entry in template.entries}):
        day = anchor + timedelta(weeks=week - 1 + pause)
        while week in meeting and day in closed:
            pause += 1
            day += timedelta(weeks=1)
            if pause > LONGEST_PAUSE_WEEKS:
                raise NoOpenWeek(
                    f"Closed dates would stretch this series by more than {LONGEST_PAUSE_WEEKS} "
                    "weeks. Choose another weekday or start."
                )
        days[week] = day
    return days


def _plan_entry(entry: Entry, day: date, *, window: Window, zone: str) -> PlannedSession:
    if entry.kind in GROUP_KINDS:
        starts_at = instant_of(day, window.start, zone)
        ends_at = starts_at + timedelta(minutes=entry.minutes)
        return PlannedSession(entry.week, entry.kind, day, day, starts_at, ends_at)
    earliest, latest = entry.days_after or (0, 0)
    return PlannedSession(
        entry.week,
        entry.kind,
        day + timedelta(days=earliest),
        day + timedelta(days=latest),
        None,
        None,
    )

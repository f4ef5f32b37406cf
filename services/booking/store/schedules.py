"""When consultants work: their week, the dates that differ, and whether their calendar is known."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, Integer, and_, literal, select, union_all
from sqlalchemy.orm import Session

from services.booking.domain.consultant import Consultant, Hours, Opening
from services.booking.domain.ids import ConsultantId
from services.booking.tables import (
    BusyFeedRow,
    ConsultantRow,
    OverrideDayRow,
    OverrideHoursRow,
    WeeklyHoursRow,
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """How fresh our copy of a consultant's own calendar is."""

    read_at: datetime | None
    """When it was last read whole."""
    stale_after: timedelta

    def is_stale(self, now: datetime) -> bool:
        """Whether what it says now is unknown; it becomes so at a whole minute."""
        minute = now.replace(second=0, microsecond=0)
        return self.read_at is None or minute - self.read_at > self.stale_after


@dataclass(frozen=True, slots=True)
class Schedule:
    """A consultant, and all that is set about when they take calls."""

    consultant: Consultant
    overrides: Mapping[date, tuple[Opening, ...]]
    region: str | None
    staff_id: str | None
    join_url: str | None
    active: bool
    calendar: Calendar | None
    """None when they gave no calendar of their own."""


def active_schedules(session: Session, *, since: date | None = None) -> list[Schedule]:
    """Of everyone who takes calls now, by name; two queries. See `schedules_of`."""
    return _schedules(session, ConsultantRow.active.is_(True), since=since)


def all_schedules(session: Session, *, since: date | None = None) -> list[Schedule]:
    """Of everyone, those who take no calls any more too. See `schedules_of`."""
    return _schedules(session, literal(value=True), since=since)


def schedules_of(
    session: Session, ids: Iterable[ConsultantId], *, since: date | None = None
) -> list[Schedule]:
    """Of these consultants, by name, in two queries; overrides of dates before `since` left out."""
    return _schedules(session, ConsultantRow.id.in_(list(ids)), since=since)


def _schedules(
    session: Session, wanted: ColumnElement[bool], *, since: date | None
) -> list[Schedule]:
    query = (
        select(ConsultantRow, BusyFeedRow.stale_after, BusyFeedRow.read_at)
        .outerjoin(BusyFeedRow, BusyFeedRow.consultant_id == ConsultantRow.id)
        .where(wanted)
        .order_by(ConsultantRow.name, ConsultantRow.id)
    )
    found = session.execute(query).all()
    hours, overrides = _hours(session, [row.id for row, _, _ in found], since or date.min)
    return [
        Schedule(
            consultant=_consultant(row, tuple(hours[row.id])),
            overrides={day: tuple(each) for day, each in overrides[row.id].items()},
            region=row.holiday_region,
            staff_id=row.staff_id,
            join_url=row.join_url,
            active=row.active,
            calendar=_calendar(stale, read_at),
        )
        for row, stale, read_at in found
    ]


def _calendar(stale_after: int | None, read_at: datetime | None) -> Calendar | None:
    if stale_after is None:
        return None
    return Calendar(read_at, timedelta(minutes=stale_after))


_Week = dict[str, list[Hours]]
_Dates = dict[str, dict[date, list[Opening]]]
_Times = tuple[str, int, date | None, int | None, int]
"""Consultant, weekday, date (of a week: none), and the hours (of a day off: none)."""


def _hours(session: Session, ids: list[str], since: date) -> tuple[_Week, _Dates]:
    """The hours of weeks and of dates, in one query; a day off is a date without hours."""
    week, day, times = WeeklyHoursRow, OverrideDayRow, OverrideHoursRow
    weekly = select(
        week.consultant_id,
        week.weekday,
        literal(None, Date).label("day"),
        week.opens,
        week.closes,
    ).where(week.consultant_id.in_(ids))
    same = and_(times.consultant_id == day.consultant_id, times.day == day.day)
    dated = (
        select(day.consultant_id, literal(None, Integer), day.day, times.opens, times.closes)
        .outerjoin(times, same)
        .where(day.consultant_id.in_(ids), day.day >= since)
    )
    of_week: _Week = defaultdict(list)
    of_date: _Dates = defaultdict(lambda: defaultdict(list))
    both = union_all(weekly, dated).order_by("opens")
    found: Iterable[_Times] = session.execute(both)
    for consultant_id, weekday, on, opens, closes in found:
        dated_hours = [] if on is None else of_date[consultant_id][on]
        if opens is None:
            continue
        if on is None:
            of_week[consultant_id].append(Hours(weekday, opens, closes))
        else:
            dated_hours.append(Opening(opens, closes))
    return of_week, of_date


def _consultant(row: ConsultantRow, hours: tuple[Hours, ...]) -> Consultant:
    return Consultant(
        id=ConsultantId(row.id),
        name=row.name,
        zone=ZoneInfo(row.timezone),
        hours=hours,
        buffer_before=row.buffer_before,
        buffer_after=row.buffer_after,
        daily_cap=row.daily_cap,
        notice=timedelta(minutes=row.notice),
        horizon=timedelta(days=row.horizon_days),
    )

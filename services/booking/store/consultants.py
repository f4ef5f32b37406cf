"""Consultants, what they hold, and how much."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from services.booking.domain.choice import Load
from services.booking.domain.consult import Status
from services.booking.domain.consultant import LENGTH, Consultant
from services.booking.domain.errors import UnknownConsultant
from services.booking.domain.ids import ConsultantId, ConsultId
from services.booking.domain.intervals import Span, merge, span_of
from services.booking.domain.slots import Agenda
from services.booking.store.holidays import holidays_between
from services.booking.store.schedules import Schedule, active_schedules, schedules_of
from services.booking.tables import (
    CalendarBusyRow,
    ConsultantRow,
    ConsultDayRow,
    ConsultRow,
    StaffBusyRow,
)

_REACH = timedelta(hours=4)
"""More than a consult with the longest buffers on both sides of the longest held span."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Room:
    """Who holds a call, as people are told: name, zone, and the address of their video room."""

    name: str
    zone: str
    """IANA."""
    join_url: str | None


def active_consultants(session: Session) -> list[Consultant]:
    """Everyone who takes consults now, by name; two queries."""
    return [schedule.consultant for schedule in active_schedules(session)]


def get_room(session: Session, consultant_id: ConsultantId) -> Room:
    """One consultant, active or not. Raises `UnknownConsultant`."""
    row = session.get(ConsultantRow, consultant_id)
    if row is None:
        raise UnknownConsultant
    return Room(row.name, row.timezone, row.join_url)


def get_schedule(session: Session, consultant_id: str, *, since: date | None = None) -> Schedule:
    """One consultant's schedule, active or not. Raises `UnknownConsultant`."""
    found = schedules_of(session, [ConsultantId(consultant_id)], since=since)
    if not found:
        raise UnknownConsultant
    return found[0]


def active_agendas(
    session: Session,
    *,
    start: datetime,
    end: datetime,
    now: datetime,
    ignoring: ConsultId | None = None,
) -> list[Agenda]:
    """The agendas of everyone who takes calls, in five queries however many. See `agendas`."""
    schedules = active_schedules(session, since=_since(start, now))
    return agendas_of(session, schedules, start=start, end=end, now=now, ignoring=ignoring)


def agendas(
    session: Session,
    consultants: Iterable[Consultant],
    *,
    start: datetime,
    end: datetime,
    now: datetime,
    ignoring: ConsultId | None = None,
) -> list[Agenda]:
    """What the slot rules know of these consultants around start to end, by name; five queries.

    A hold that nobody took up in time counts as gone, whether swept already or not.
    `ignoring` leaves out one consult that is about to move, as if it were gone already.
    """
    ids = [who.id for who in consultants]
    schedules = schedules_of(session, ids, since=_since(start, now))
    return agendas_of(session, schedules, start=start, end=end, now=now, ignoring=ignoring)


def agendas_of(
    session: Session,
    schedules: Iterable[Schedule],
    *,
    start: datetime,
    end: datetime,
    now: datetime,
    ignoring: ConsultId | None = None,
) -> list[Agenda]:
    """The agendas of these schedules, in three queries. See `agendas`."""
    schedules = list(schedules)
    ids = [each.consultant.id for each in schedules]
    # Nothing is offered before now or beyond the longest horizon, so no more is looked at.
    start = max(start, now)
    furthest = max((each.consultant.horizon for each in schedules), default=timedelta(0))
    end = min(end, now + furthest) + LENGTH
    booked = _booked_days(session, ids, first=start.date() - _DAY, last=end.date() + _DAY)
    held = _held(session, ids, start=start, end=end, now=now, ignoring=ignoring, booked=booked)
    busy = busy_between(session, ids, start=start, end=end)
    return [
        Agenda(
            consultant=each.consultant,
            held=tuple(merge(held[each.consultant.id])),
            booked_on=booked[each.consultant.id],
            overrides=each.overrides,
            holidays=frozenset(
                holidays_between(each.region, start.date() - _DAY, end.date() + _DAY)
            ),
            busy=tuple(merge(busy[each.consultant.id])),
            unread=each.calendar is not None and each.calendar.is_stale(now),
        )
        for each in schedules
    ]


def _since(start: datetime, now: datetime) -> date:
    """The first date whose overrides can matter; a date begins up to a day before its UTC date."""
    return max(start, now).date() - _DAY


_Booked = dict[str, dict[date, int]]


def _held(
    session: Session,
    ids: list[ConsultantId],
    *,
    start: datetime,
    end: datetime,
    now: datetime,
    ignoring: ConsultId | None,
    booked: _Booked,
) -> dict[str, list[Span]]:
    """What each holds; whatever counts as gone is taken off `booked`, too."""
    held: dict[str, list[Span]] = defaultdict(list)
    query = select(
        ConsultRow.id,
        ConsultRow.consultant_id,
        ConsultRow.day,
        ConsultRow.held_from,
        ConsultRow.held_until,
        ConsultRow.hold_expires_at,
    ).where(
        ConsultRow.consultant_id.in_(ids),
        ConsultRow.occupies,
        # What a release without holds cancels, while this one runs beside it, says only that.
        ConsultRow.status != Status.CANCELLED.value,
        ConsultRow.held_from.between(start - _DAY - _REACH, end + _DAY + _REACH),
    )
    # Past the ORM: these are the many rows of a page of times.
    rows = session.connection().execute(query)
    for consult_id, consultant_id, day, held_from, held_until, expires in rows:
        if consult_id == ignoring or (expires is not None and expires <= now):
            booked[consultant_id][day] = booked[consultant_id].get(day, 1) - 1
        else:
            held[consultant_id].append(span_of(held_from, held_until))
    return held


def busy_between(
    session: Session, ids: list[ConsultantId], *, start: datetime, end: datetime
) -> dict[str, list[Span]]:
    """When each is busy with something else: by their own calendar, or with a session."""
    own, staff = CalendarBusyRow, StaffBusyRow
    by_calendar = select(own.consultant_id, own.starts_at, own.ends_at).where(
        own.consultant_id.in_(ids), own.ends_at > start, own.starts_at < end
    )
    by_session = (
        select(ConsultantRow.id, staff.starts_at, staff.ends_at)
        .join(staff, staff.staff_id == ConsultantRow.staff_id)
        .where(ConsultantRow.id.in_(ids), staff.ends_at > start, staff.starts_at < end)
    )
    busy: dict[str, list[Span]] = defaultdict(list)
    for consultant_id, starts_at, ends_at in session.execute(union_all(by_calendar, by_session)):
        busy[consultant_id].append(span_of(starts_at, ends_at))
    return busy


def _booked_days(session: Session, ids: list[ConsultantId], *, first: date, last: date) -> _Booked:
    booked: _Booked = defaultdict(dict)
    query = select(ConsultDayRow.consultant_id, ConsultDayRow.day, ConsultDayRow.booked).where(
        ConsultDayRow.consultant_id.in_(ids), ConsultDayRow.day.between(first, last)
    )
    for consultant_id, day, count in session.execute(query):
        booked[consultant_id][day] = count
    return booked


def loads(session: Session, consultants: Iterable[Consultant], start: datetime) -> list[Load]:
    """How busy each is in the week (Monday to Sunday, their zone) of `start`; one query."""
    consultants = list(consultants)
    weeks = {who.id: _week(start.astimezone(who.zone).date()) for who in consultants}
    days: dict[str, dict[date, int]] = defaultdict(dict)
    last: dict[str, datetime] = {}
    query = (
        select(
            ConsultRow.consultant_id, ConsultRow.day, func.count(), func.max(ConsultRow.starts_at)
        )
        .where(
            ConsultRow.consultant_id.in_(list(weeks)),
            ConsultRow.occupies,
            ConsultRow.starts_at.between(start - timedelta(days=60), start + timedelta(days=9)),
        )
        .group_by(ConsultRow.consultant_id, ConsultRow.day)
    )
    for consultant_id, day, count, latest in session.execute(query):
        days[consultant_id][day] = count
        if latest < start:
            last[consultant_id] = max(latest, last.get(consultant_id, latest))
    return [
        Load(who.id, who.name, sum(days[who.id].get(d, 0) for d in weeks[who.id]), last.get(who.id))
        for who in consultants
    ]


def _week(day: date) -> list[date]:
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=n) for n in range(7)]

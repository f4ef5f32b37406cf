"""Why an instant is, or is not, offered by each consultant: the rule, and the facts behind it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.booking.domain.cells import cells_of, held_span
from services.booking.domain.consultant import LENGTH, Opening
from services.booking.domain.ids import ConsultId
from services.booking.domain.slots import Agenda, Reason, why_not
from services.booking.domain.zones import local_date
from services.booking.store.calendars import Feed, feeds
from services.booking.store.consultants import agendas_of
from services.booking.store.holidays import holidays_between
from services.booking.store.schedules import Schedule
from services.booking.tables import (
    CalendarBusyRow,
    ConsultantRow,
    ConsultCellRow,
    ConsultRow,
    PersonRow,
    StaffBusyRow,
)

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Holder:
    """A call, or a time that is only held, with the pauses that it keeps around it."""

    consult_id: ConsultId
    person: str
    starts_at: datetime
    held_from: datetime
    held_until: datetime
    hold_expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Busy:
    """Another engagement: of their own calendar, or a session of the program."""

    starts_at: datetime
    ends_at: datetime
    by_calendar: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether this consultant offers the instant; `reason` None is yes.

    `day` is the consultant's date, `hours` those that hold on it, by an override or by the week.
    `stray` are calls whose minutes the book still keeps although they should be free.
    """

    schedule: Schedule
    start: datetime
    reason: Reason | None
    day: date
    hours: tuple[Opening, ...]
    is_override: bool
    holiday: str | None
    booked: int
    holders: tuple[Holder, ...] = ()
    busy: tuple[Busy, ...] = ()
    feed: Feed | None = field(default=None, repr=False)
    stray: tuple[ConsultId, ...] = ()


def answers(
    session: Session, schedules: Sequence[Schedule], start: datetime, *, now: datetime
) -> list[Answer]:
    """An answer for each of these schedules, in their order; a constant number of queries."""
    agendas = agendas_of(session, schedules, start=start, end=start, now=now)
    ids = [each.consultant.id for each in schedules]
    holders = _holders(session, ids, start, now=now)
    busy = _busy(session, ids, start)
    known = feeds(session)
    given = [
        replace(
            _answer(schedule, agenda, start, now=now),
            holders=_in_the_way(schedule, holders[schedule.consultant.id], start),
            busy=tuple(busy[schedule.consultant.id]),
            feed=known.get(schedule.consultant.id),
        )
        for schedule, agenda in zip(schedules, agendas, strict=True)
    ]
    stray = _stray(session, [each for each in given if each.reason is None], now=now)
    return [replace(each, stray=stray.get(each.schedule.consultant.id, ())) for each in given]


def _answer(schedule: Schedule, agenda: Agenda, start: datetime, *, now: datetime) -> Answer:
    who = schedule.consultant
    day = local_date(start, who.zone)
    is_override = day in schedule.overrides
    holiday = None if is_override else holidays_between(schedule.region, day, day).get(day)
    week = tuple(
        Opening(each.opens, each.closes) for each in who.hours if each.weekday == day.weekday()
    )
    return Answer(
        schedule=schedule,
        start=start,
        reason=why_not(agenda, start, now=now),
        day=day,
        hours=schedule.overrides.get(day, () if holiday else week),
        is_override=is_override,
        holiday=holiday,
        booked=agenda.booked_on.get(day, 0),
    )


def _in_the_way(
    schedule: Schedule, holders: Sequence[Holder], start: datetime
) -> tuple[Holder, ...]:
    """Those that a call at this start, with its own pauses, would touch."""
    who = schedule.consultant
    first = start - timedelta(minutes=who.buffer_before)
    last = start + LENGTH + timedelta(minutes=who.buffer_after)
    return tuple(each for each in holders if each.held_from < last and each.held_until > first)


def _holders(
    session: Session, ids: Sequence[str], start: datetime, *, now: datetime
) -> Mapping[str, list[Holder]]:
    query = (
        select(ConsultRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == ConsultRow.person_id)
        .where(ConsultRow.consultant_id.in_(ids), ConsultRow.occupies)
        .where(ConsultRow.held_from.between(start - _DAY, start + _DAY))
        .order_by(ConsultRow.held_from)
    )
    found: dict[str, list[Holder]] = defaultdict(list)
    for row, name in session.execute(query):
        if row.hold_expires_at is None or row.hold_expires_at > now:
            found[row.consultant_id].append(_holder(row, name))
    return found


def _holder(row: ConsultRow, name: str) -> Holder:
    return Holder(
        consult_id=ConsultId(row.id),
        person=name,
        starts_at=row.starts_at,
        held_from=row.held_from,
        held_until=row.held_until,
        hold_expires_at=row.hold_expires_at,
    )


def _busy(session: Session, ids: Sequence[str], start: datetime) -> Mapping[str, list[Busy]]:
    own, staff, end = CalendarBusyRow, StaffBusyRow, start + LENGTH
    by_calendar = select(own.consultant_id, own.starts_at, own.ends_at).where(
        own.consultant_id.in_(ids), own.ends_at > start, own.starts_at < end
    )
    by_session = (
        select(ConsultantRow.id, staff.starts_at, staff.ends_at)
        .join(staff, staff.staff_id == ConsultantRow.staff_id)
        .where(ConsultantRow.id.in_(ids), staff.ends_at > start, staff.starts_at < end)
    )
    found: dict[str, list[Busy]] = defaultdict(list)
    for query, is_calendar in ((by_calendar, True), (by_session, False)):
        for consultant_id, starts_at, ends_at in session.execute(query):
            found[consultant_id].append(Busy(starts_at, ends_at, is_calendar))
    return found


def _stray(
    session: Session, offered: Sequence[Answer], *, now: datetime
) -> Mapping[str, tuple[ConsultId, ...]]:
    """Whose minutes the book keeps where the rules see nothing: it should never happen."""
    wanted: dict[str, list[datetime]] = {
        each.schedule.consultant.id: cells_of(held_span(each.schedule.consultant, each.start))
        for each in offered
    }
    cells = {cell for each in wanted.values() for cell in each}
    query = (
        select(ConsultCellRow.consultant_id, ConsultCellRow.cell_start, ConsultCellRow.consult_id)
        .join(ConsultRow, ConsultRow.id == ConsultCellRow.consult_id)
        .where(ConsultCellRow.consultant_id.in_(wanted), ConsultCellRow.cell_start.in_(cells))
        .where((ConsultRow.hold_expires_at.is_(None)) | (ConsultRow.hold_expires_at > now))
    )
    found: dict[str, dict[ConsultId, None]] = defaultdict(dict)
    for consultant_id, cell, consult_id in session.execute(query):
        if cell in wanted[consultant_id]:
            found[consultant_id][ConsultId(consult_id)] = None
    return {consultant_id: tuple(ids) for consultant_id, ids in found.items()}

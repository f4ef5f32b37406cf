"""Consultants, their hours, and what they already hold."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.booking.domain.choice import Load
from services.booking.domain.consult import Status
from services.booking.domain.consultant import Consultant, Hours
from services.booking.domain.errors import UnknownConsultant
from services.booking.domain.ids import ConsultantId, ConsultId
from services.booking.domain.intervals import Span, merge, span_of
from services.booking.domain.slots import Agenda
from services.booking.tables import ConsultantRow, ConsultDayRow, ConsultRow, WeeklyHoursRow

_REACH = timedelta(hours=4)
"""More than a consult with the longest buffers on both sides of the longest held span."""


@dataclass(frozen=True, slots=True)
class Room:
    """A consultant as booked with: the rules' view, and the address of their video room."""

    consultant: Consultant
    join_url: str | None


def save_consultant(
    session: Session, consultant: Consultant, *, join_url: str | None, now: datetime
) -> None:
    """Keep a new consultant and their weekly hours."""
    row = ConsultantRow(
        id=consultant.id,
        name=consultant.name,
        timezone=consultant.zone.key,
        buffer_before=consultant.buffer_before,
        buffer_after=consultant.buffer_after,
        notice=int(consultant.notice.total_seconds()) // 60,
        horizon_days=consultant.horizon.days,
        daily_cap=consultant.daily_cap,
        join_url=join_url,
        active=True,
        created_at=now,
    )
    session.add(row)
    session.flush()
    session.add_all(
        WeeklyHoursRow(
            consultant_id=consultant.id, weekday=h.weekday, opens=h.opens, closes=h.closes
        )
        for h in consultant.hours
    )
    session.flush()


def active_consultants(session: Session) -> list[Consultant]:
    """Everyone who takes consults now, by name."""
    query = select(ConsultantRow).where(ConsultantRow.active).order_by(ConsultantRow.name)
    rows = session.scalars(query).all()
    return _with_hours(session, rows)


def get_room(session: Session, consultant_id: ConsultantId) -> Room:
    """One consultant, active or not. Raises `UnknownConsultant`."""
    row = session.get(ConsultantRow, consultant_id)
    if row is None:
        raise UnknownConsultant
    return Room(_with_hours(session, [row])[0], row.join_url)


def set_active(session: Session, consultant_id: ConsultantId, *, active: bool) -> None:
    """Whether this consultant's times are offered. Raises `UnknownConsultant`."""
    row = session.get(ConsultantRow, consultant_id)
    if row is None:
        raise UnknownConsultant
    row.active = active
    session.flush()


def _with_hours(session: Session, rows: Iterable[ConsultantRow]) -> list[Consultant]:
    rows = list(rows)
    hours: dict[str, list[Hours]] = defaultdict(list)
    query = select(WeeklyHoursRow).where(WeeklyHoursRow.consultant_id.in_([r.id for r in rows]))
    for h in session.scalars(query):
        hours[h.consultant_id].append(Hours(h.weekday, h.opens, h.closes))
    return [_consultant(row, tuple(hours[row.id])) for row in rows]


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


def agendas(
    session: Session,
    consultants: Iterable[Consultant],
    *,
    start: datetime,
    end: datetime,
    ignoring: ConsultId | None = None,
) -> list[Agenda]:
    """What these consultants hold around start to end, in two queries however many there are.

    `ignoring` leaves out one consult that is about to move, as if it were gone already.
    """
    consultants = list(consultants)
    ids = [who.id for who in consultants]
    held: dict[str, list[Span]] = defaultdict(list)
    query = select(
        ConsultRow.id,
        ConsultRow.consultant_id,
        ConsultRow.day,
        ConsultRow.held_from,
        ConsultRow.held_until,
    ).where(
        ConsultRow.consultant_id.in_(ids),
        ConsultRow.status != Status.CANCELLED,
        ConsultRow.held_from.between(start - _REACH, end + _REACH),
    )
    booked = _booked_days(session, ids, first=start.date(), last=end.date())
    for consult_id, consultant_id, day, held_from, held_until in session.execute(query):
        if consult_id == ignoring:
            booked[consultant_id][day] = booked[consultant_id].get(day, 1) - 1
        else:
            held[consultant_id].append(span_of(held_from, held_until))
    return [Agenda(who, tuple(merge(held[who.id])), booked[who.id]) for who in consultants]


def _booked_days(
    session: Session, ids: list[ConsultantId], *, first: date, last: date
) -> dict[str, dict[date, int]]:
    booked: dict[str, dict[date, int]] = defaultdict(dict)
    day = timedelta(days=1)
    query = select(ConsultDayRow).where(
        ConsultDayRow.consultant_id.in_(ids), ConsultDayRow.day.between(first - day, last + day)
    )
    for row in session.scalars(query):
        booked[row.consultant_id][row.day] = row.booked
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
            ConsultRow.status != Status.CANCELLED,
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

"""Booked calls that stand against something: closed hours, or another engagement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.booking.domain.consult import Status
from services.booking.domain.consultant import LENGTH
from services.booking.domain.ids import ConsultantId, ConsultId
from services.booking.domain.intervals import Span, merge
from services.booking.domain.slots import Agenda, Reason, clash
from services.booking.store.consultants import busy_between
from services.booking.store.holidays import holidays_between
from services.booking.store.schedules import Schedule, schedules_of
from services.booking.tables import ConsultRow, PersonRow

MOST = 1000
"""Calls ahead that are looked at, soonest first."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A booked call and what it stands against: `BUSY`, `OUTSIDE_HOURS`, `HOLIDAY`, `DAY_OFF`."""

    consult_id: ConsultId
    person: str
    consultant_id: ConsultantId
    consultant: str
    starts_at: datetime
    ends_at: datetime
    reason: Reason


def conflicts(
    session: Session, *, now: datetime, consultant_id: str | None = None
) -> list[Conflict]:
    """Of all booked calls ahead, or one consultant's, soonest first; four queries at most.

    Nothing of it is cancelled by itself: staff move the call, cancel it, or leave it.
    """
    ahead = _calls_ahead(session, now, consultant_id)
    ids = {row.consultant_id for row, _ in ahead}
    if not ids:
        return []
    first, last = ahead[0][0].starts_at, ahead[-1][0].starts_at + LENGTH
    schedules = schedules_of(session, map(ConsultantId, ids), since=first.date() - _DAY)
    busy = busy_between(session, list(map(ConsultantId, ids)), start=first, end=last)
    agendas = {
        each.consultant.id: _agenda(each, busy[each.consultant.id], first=first, last=last)
        for each in schedules
    }
    found = []
    for row, person in ahead:
        agenda = agendas[ConsultantId(row.consultant_id)]
        reason = clash(agenda, row.starts_at)
        if reason is not None:
            found.append(_conflict(row, person, agenda, reason))
    return found


def _calls_ahead(
    session: Session, now: datetime, consultant_id: str | None
) -> Sequence[tuple[ConsultRow, str]]:
    query = (
        select(ConsultRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == ConsultRow.person_id)
        .where(ConsultRow.status == Status.BOOKED, ConsultRow.starts_at > now)
        .order_by(ConsultRow.starts_at, ConsultRow.id)
        .limit(MOST)
    )
    if consultant_id is not None:
        query = query.where(ConsultRow.consultant_id == consultant_id)
    return [(row, name) for row, name in session.execute(query)]


def _agenda(schedule: Schedule, busy: Sequence[Span], *, first: datetime, last: datetime) -> Agenda:
    days = holidays_between(schedule.region, first.date() - _DAY, last.date() + _DAY)
    return Agenda(
        consultant=schedule.consultant,
        overrides=schedule.overrides,
        holidays=frozenset(days),
        busy=tuple(merge(busy)),
    )


def _conflict(row: ConsultRow, person: str, agenda: Agenda, reason: Reason) -> Conflict:
    return Conflict(
        consult_id=ConsultId(row.id),
        person=person,
        consultant_id=agenda.consultant.id,
        consultant=agenda.consultant.name,
        starts_at=row.starts_at,
        ends_at=row.starts_at + LENGTH,
        reason=reason,
    )

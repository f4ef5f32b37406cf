"""What the message log shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.notify.domain.values import Channel, State
from services.notify.queries.people import Person, ids_by_name, people_by_id
from services.notify.queries.words import (
    ABOUT,
    KINDS,
    STATUSES,
    TAGS,
    mask_phone,
)
from services.notify.tables import InboundRow, MessageRow

PAGE = 40
_WAITING = (State.PLANNED.value, State.CLAIMED.value)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the log is narrowed to; empty means all. `before` pages back."""

    person: str = ""
    kind: str = ""
    status: str = ""
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log. `message_id` is None for a text that answers none of ours."""

    at: datetime
    message_id: str | None
    person: str
    about: str
    by: str
    tag: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Totals:
    """Today in four figures."""

    sent: int
    failed: int
    unknown: int
    late: int


def log(session: Session, filters: Filters) -> list[Line]:
    """A page of the log, newest first; planned messages only when asked for, soonest first."""
    query = select(MessageRow).where(*_conditions(session, filters)).limit(PAGE)
    if filters.status == "Planned":
        query = query.order_by(MessageRow.send_at, MessageRow.id)
    else:
        query = query.order_by(MessageRow.changed_at.desc(), MessageRow.id)
    rows = session.scalars(query).all()
    known = people_by_id(session, {row.person_id for row in rows})
    lines = [_line(row, known[row.person_id]) for row in rows]
    if filters.kind or filters.status:
        return lines
    merged = [*lines, *_inbound(session, filters)]
    return sorted(merged, key=lambda line: line.at, reverse=True)[:PAGE]


def totals(session: Session, *, since: datetime, now: datetime) -> Totals:
    """Figures of the day that began at `since`."""

    def counted(*conditions: Any) -> int:
        return session.scalar(select(func.count()).select_from(MessageRow).where(*conditions)) or 0

    return Totals(
        sent=counted(MessageRow.left_at >= since),
        failed=counted(MessageRow.state == State.FAILED, MessageRow.changed_at >= since),
        unknown=counted(MessageRow.state == State.UNKNOWN),
        late=counted(
            MessageRow.wake_at < now, MessageRow.state == State.PLANNED, MessageRow.send_at < since
        ),
    )


def _conditions(session: Session, filters: Filters) -> list[Any]:
    conditions: list[Any] = []
    if filters.person.strip():
        conditions.append(MessageRow.person_id.in_(ids_by_name(session, filters.person)))
    if filters.kind in KINDS:
        conditions.append(MessageRow.purpose.in_(KINDS[filters.kind]))
    if filters.status in STATUSES:
        conditions.append(MessageRow.state.in_(STATUSES[filters.status]))
    else:
        conditions.append(MessageRow.state.not_in(_WAITING))
    if filters.before is not None:
        conditions.append(MessageRow.changed_at < filters.before)
    return conditions


def _line(row: MessageRow, person: Person) -> Line:
    waits = row.state in _WAITING
    return Line(
        at=row.send_at if waits else row.changed_at,
        message_id=row.id,
        person=person.name,
        about=ABOUT.get(row.purpose, row.purpose),
        by=by(row),
        tag=TAGS[row.state],
    )


def _inbound(session: Session, filters: Filters) -> list[Line]:
    query = select(InboundRow)
    if filters.person.strip():
        query = query.where(InboundRow.person_id.in_(ids_by_name(session, filters.person)))
    if filters.before is not None:
        query = query.where(InboundRow.at < filters.before)
    rows = session.scalars(query.order_by(InboundRow.at.desc()).limit(PAGE)).all()
    known = people_by_id(session, {row.person_id for row in rows if row.person_id})
    tags = {
        "confirm": ("Confirmed", "good"),
        "ride": ("Ride home", "good"),
        "stop": ("Opted out", "warn"),
        "start": ("Opted in", ""),
    }
    return [
        Line(
            at=row.at,
            message_id=row.message_id,
            person=known[row.person_id].name if row.person_id else mask_phone(row.sender),
            about=f"Reply: {row.body[:60]}",
            by="Text",
            tag=tags.get(row.intent, ("Needs a look", "warn"))
            if row.message_id or row.intent in ("stop", "start")
            else ("Needs a look", "warn"),
        )
        for row in rows
    ]


def by(row: MessageRow) -> str:
    """How a message goes, in a word."""
    return "Text" if row.channel == Channel.SMS else "Email"

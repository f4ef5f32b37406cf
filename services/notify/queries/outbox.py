"""What the outbox page shows: kept messages, and what is planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.notify.domain.segments import Count, count
from services.notify.domain.values import Channel, Reason
from services.notify.queries.people import Person, people_by_id
from services.notify.queries.words import ABOUT, why
from services.notify.tables import AppointmentRow, CapturedRow, MessageRow

KEPT_PAGE = 10
PLANNED_PAGE = 50


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that was kept instead of being sent."""

    id: str
    at: datetime
    about: str
    person: str
    payload: dict[str, Any]
    count: Count | None

    @property
    def calendar(self) -> str:
        """The iCalendar object, or an empty text."""
        found = self.payload.get("calendar") or {}
        return str(found.get("content", ""))

    @property
    def method(self) -> str:
        """REQUEST or CANCEL, where there is a calendar."""
        found = self.payload.get("calendar") or {}
        return str(found.get("method", ""))


@dataclass(frozen=True, slots=True)
class Planned:
    """A message that waits. Its times are said in the recipient's zone."""

    id: str
    about: str
    channel: str
    person: Person
    send_at: datetime
    moved_from: datetime | None
    why: str
    starts_at: datetime | None
    starts_zone: str


@dataclass(frozen=True, slots=True)
class Place:
    """A row's place in a list that is in the order of an instant and, within it, of ids."""

    at: datetime
    id: str


def kept(session: Session, channel: str, *, before: Place | None = None) -> list[Kept]:
    """A page of the kept messages of a channel, newest first, from after `before`."""
    query = (
        select(CapturedRow, MessageRow)
        .join(MessageRow, MessageRow.id == CapturedRow.message_id)
        .where(CapturedRow.channel == channel)
        .order_by(CapturedRow.at.desc(), CapturedRow.message_id)
        .limit(KEPT_PAGE)
    )
    if before is not None:
        same = (CapturedRow.at == before.at) & (CapturedRow.message_id > before.id)
        query = query.where((CapturedRow.at < before.at) | same)
    rows = session.execute(query).all()
    known = people_by_id(session, {message.person_id for _, message in rows})
    return [_kept(captured, message, known[message.person_id]) for captured, message in rows]


def find_kept(session: Session, message_id: str) -> Kept | None:
    """One kept message."""
    captured = session.get(CapturedRow, message_id)
    message = session.get(MessageRow, message_id)
    if captured is None or message is None:
        return None
    known = people_by_id(session, {message.person_id})
    return _kept(captured, message, known[message.person_id])


def planned(session: Session, *, after: Place | None = None) -> list[Planned]:
    """A page of what waits to be sent, soonest first, from after `after`."""
    query = _planned_query().order_by(MessageRow.send_at, MessageRow.id).limit(PLANNED_PAGE)
    if after is not None:
        same = (MessageRow.send_at == after.at) & (MessageRow.id > after.id)
        query = query.where((MessageRow.send_at > after.at) | same)
    return _planned_of(session, query)


def waiting(session: Session, *, now: datetime, limit: int = 3) -> list[Planned]:
    """The newest texts that would have gone out by now, were it not for quiet hours."""
    query = _planned_query().where(
        MessageRow.channel == Channel.SMS,
        MessageRow.reason == Reason.QUIET_HOURS,
        MessageRow.due_at <= now,
        MessageRow.send_at > now,
    )
    newest = query.order_by(MessageRow.created_at.desc(), MessageRow.id).limit(limit)
    return _planned_of(session, newest)


def _planned_query() -> Select[MessageRow, AppointmentRow]:
    return (
        select(MessageRow, AppointmentRow)
        .outerjoin(
            AppointmentRow,
            (AppointmentRow.source == MessageRow.source)
            & (AppointmentRow.person_id == MessageRow.person_id),
        )
        .where(MessageRow.state.in_(("planned", "claimed")))
    )


def _planned_of(session: Session, query: Select[MessageRow, AppointmentRow]) -> list[Planned]:
    rows = session.execute(query).all()
    known = people_by_id(session, {message.person_id for message, _ in rows})
    return [_planned(message, about, known[message.person_id]) for message, about in rows]


def planned_count(session: Session) -> int:
    """How many wait in all."""
    query = select(func.count()).where(MessageRow.state.in_(("planned", "claimed")))
    return session.scalar(query.select_from(MessageRow)) or 0


def _kept(captured: CapturedRow, message: MessageRow, person: Person) -> Kept:
    body = captured.payload.get("body")
    return Kept(
        id=captured.message_id,
        at=captured.at,
        about=ABOUT.get(message.purpose, message.purpose),
        person=person.name,
        payload=captured.payload,
        count=count(body) if body is not None else None,
    )


def _planned(message: MessageRow, about: AppointmentRow | None, person: Person) -> Planned:
    shown_in_venue = about is not None and about.kind != "consult"
    return Planned(
        id=message.id,
        about=ABOUT.get(message.purpose, message.purpose),
        channel=message.channel,
        person=person,
        send_at=message.send_at,
        moved_from=message.due_at if message.send_at != message.due_at else None,
        why=why(message.reason) if message.reason else "",
        starts_at=about.starts_at if about is not None else None,
        starts_zone=about.venue_timezone if shown_in_venue and about else person.timezone,
    )

"""What the message log shows, and one message's whole story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from services.notify.domain.segments import Count, count
from services.notify.domain.values import Channel, State
from services.notify.queries.people import Person, ids_by_name, people_by_id
from services.notify.queries.words import (
    ABOUT,
    KINDS,
    STATUSES,
    TAGS,
    is_unsure,
    mask_email,
    mask_phone,
    step_words,
    why,
)
from services.notify.tables import AppointmentRow, InboundRow, MessageRow, PersonRow, StepRow

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


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a story, in words."""

    at: datetime
    words: str
    unsure: bool


@dataclass(frozen=True, slots=True)
class Story:
    """Everything about one message."""

    id: str
    about: str
    by: str
    person: Person
    masked_to: str
    tag: tuple[str, str]
    reason: str
    send_at: datetime
    due_at: datetime
    starts_at: datetime | None
    starts_zone: str
    subject: str
    body: str
    count: Count | None
    template: str
    template_version: int | None
    language: str
    consent: dict[str, Any] | None
    steps: Sequence[Step]
    replies: Sequence[str]


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


def find_story(session: Session, message_id: str) -> Story | None:
    """One message with its words and every step."""
    row = session.get(MessageRow, message_id)
    if row is None:
        return None
    words = row.rendered or {}
    body = words.get("body") or words.get("text") or ""
    person = session.get(PersonRow, row.person_id)
    about = session.get(AppointmentRow, (row.source, row.person_id))
    known = people_by_id(session, {row.person_id})[row.person_id]
    in_venue = about is not None and about.kind != "consult"
    return Story(
        id=row.id,
        about=ABOUT.get(row.purpose, row.purpose),
        by=_by(row),
        person=known,
        masked_to=_masked(row, words, person),
        tag=TAGS[row.state],
        reason=why(row.reason) if row.reason and row.state not in _SENT else "",
        send_at=row.send_at,
        due_at=row.due_at,
        starts_at=about.starts_at if about else None,
        starts_zone=about.venue_timezone if in_venue and about else known.timezone,
        subject=words.get("subject", ""),
        body=body,
        count=count(body) if row.channel == Channel.SMS and body else None,
        template=row.purpose.replace("_", " "),
        template_version=row.template_version,
        language="Spanish" if person is not None and person.locale.startswith("es") else "English",
        consent=person.contact["sms_consent"] if person and row.channel == Channel.SMS else None,
        steps=_steps(session, row.id),
        replies=_replies(session, row.id),
    )


_SENT = (State.ACCEPTED.value, State.DELIVERED.value)


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
        by=_by(row),
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


def _steps(session: Session, message_id: str) -> list[Step]:
    query = select(StepRow).where(StepRow.message_id == message_id).order_by(StepRow.id)
    return [
        Step(row.at, step_words(row.kind, row.detail), is_unsure(row.kind))
        for row in session.scalars(query)
    ]


def _replies(session: Session, message_id: str) -> list[str]:
    query = select(InboundRow.body).where(or_(InboundRow.message_id == message_id))
    return list(session.scalars(query.order_by(InboundRow.at)))


def _by(row: MessageRow) -> str:
    return "Text" if row.channel == Channel.SMS else "Email"


def _masked(row: MessageRow, words: dict[str, Any], person: PersonRow | None) -> str:
    to = words.get("to")
    if to is None and person is not None:
        to = person.contact["phone" if row.channel == Channel.SMS else "email"]
    if not to:
        return "no address"
    return mask_phone(to) if row.channel == Channel.SMS else mask_email(to)

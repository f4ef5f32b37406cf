"""One message's whole story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notify.domain.segments import Count, count
from services.notify.domain.values import UNSENT, Channel, Purpose, State
from services.notify.queries.log import by
from services.notify.queries.people import Person, people_by_id
from services.notify.queries.words import (
    ABOUT,
    TAGS,
    is_unsure,
    mask_email,
    mask_phone,
    step_words,
    why,
)
from services.notify.tables import AppointmentRow, InboundRow, MessageRow, PersonRow, StepRow

_SENT = (State.ACCEPTED.value, State.DELIVERED.value)


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
    waits: bool
    send_at: datetime
    due_at: datetime
    starts_at: datetime | None
    starts_zone: str
    subject: str
    body: str
    unsaid: str
    """The title of an alert, where the message itself could not say it."""
    count: Count | None
    template: str
    template_version: int | None
    language: str
    consent: dict[str, Any] | None
    steps: Sequence[Step]
    replies: Sequence[str]


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
        by=by(row),
        person=known,
        masked_to=_masked(row, words, person),
        tag=TAGS[row.state],
        reason=why(row.reason) if row.reason and row.state not in _SENT else "",
        waits=row.state in UNSENT,
        send_at=row.send_at,
        due_at=row.due_at,
        starts_at=about.starts_at if about else None,
        starts_zone=about.venue_timezone if in_venue and about else known.timezone,
        subject=words.get("subject", ""),
        body=body,
        unsaid=_unsaid(row, body),
        count=count(body) if row.channel == Channel.SMS and body else None,
        template=row.purpose.replace("_", " "),
        template_version=row.template_version,
        language="Spanish" if person is not None and person.locale.startswith("es") else "English",
        consent=person.contact["sms_consent"] if person and row.channel == Channel.SMS else None,
        steps=_steps(session, row.id),
        replies=_replies(session, row.id),
    )


def _unsaid(row: MessageRow, body: str) -> str:
    title = str((row.snapshot or {}).get("title") or "")
    return title if row.purpose == Purpose.STAFF_ALERT and title not in body else ""


def _steps(session: Session, message_id: str) -> list[Step]:
    query = select(StepRow).where(StepRow.message_id == message_id).order_by(StepRow.id)
    return [
        Step(row.at, step_words(row.kind, row.detail), is_unsure(row.kind))
        for row in session.scalars(query)
    ]


def _replies(session: Session, message_id: str) -> list[str]:
    query = select(InboundRow.body).where(InboundRow.message_id == message_id)
    return list(session.scalars(query.order_by(InboundRow.at)))


def _masked(row: MessageRow, words: dict[str, Any], person: PersonRow | None) -> str:
    to = words.get("to")
    if to is None and person is not None:
        to = person.contact["phone" if row.channel == Channel.SMS else "email"]
    if not to:
        return "no address"
    return mask_phone(to) if row.channel == Channel.SMS else mask_email(to)

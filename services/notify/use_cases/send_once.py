"""Plan one message that belongs to an event and to no appointment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.notify.domain.admission import admit
from services.notify.domain.policy import DEFAULT_POLICY
from services.notify.domain.values import (
    Channel,
    MessageKey,
    PersonId,
    PlannedMessage,
    Purpose,
)
from services.notify.store import messages, people


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be said, once per (source, occasion, purpose, channel, person)."""

    source: str
    occasion: str
    purpose: Purpose
    channels: Sequence[Channel]
    at: datetime
    expires_at: datetime
    snapshot: dict[str, Any]


def send_once(session: Session, person_id: str, note: Note, *, now: datetime) -> None:
    """Plan the note for a person in care (consent and quiet hours apply) or for staff."""
    person = people.lock_person(session, person_id)
    recipient = people.recipient_of(session, person) if person is not None else None
    for channel in note.channels:
        draft = _draft(note, channel, person_id, any_hour=recipient is None)
        if recipient is not None:
            draft = admit(draft, recipient, DEFAULT_POLICY, now, not_before=note.at)
        new = messages.NewMessage(planned=False, snapshot=note.snapshot)
        messages.add_message(session, draft, new, now=now)


def _draft(note: Note, channel: Channel, person_id: str, *, any_hour: bool) -> PlannedMessage:
    return PlannedMessage(
        key=MessageKey(
            source=note.source,
            occasion=note.occasion,
            purpose=note.purpose,
            channel=channel,
            person_id=PersonId(person_id),
        ),
        revision=None,
        due_at=note.at,
        send_at=note.at,
        expires_at=note.expires_at,
        any_hour=any_hour,
    )

"""A text that cannot go is sent as one email instead, if that purpose was not emailed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from services.notify.domain.values import Channel, PlannedMessage, Reason
from services.notify.store import messages, people
from services.notify.tables import MessageRow


def fall_back_to_email(session: Session, row: MessageRow, *, now: datetime) -> bool:
    """Plan the email for now; false when there is one, no address, or it is too late."""
    if row.channel != Channel.SMS or row.expires_at <= now or messages.email_exists(session, row):
        return False
    person = people.lock_person(session, row.person_id)
    if person is None or not people.contact_of(person).email:
        return False
    wanted = PlannedMessage(
        key=replace(messages.key_of(row), channel=Channel.EMAIL),
        revision=row.revision,
        due_at=now,
        send_at=now,
        expires_at=row.expires_at,
        reason=Reason.INSTEAD_OF_TEXT,
    )
    new = messages.NewMessage(planned=False, snapshot=row.snapshot)
    return messages.add_message(session, wanted, new, now=now) is not None

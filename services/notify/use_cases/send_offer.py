"""Tell somebody on the waitlist that a time is held for them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from services.notify.domain.values import Channel, Purpose
from services.notify.keys import Keys
from services.notify.store import people
from services.notify.use_cases.send_once import Note, send_once
from shared.bus import Meta
from shared.events import WaitlistOffered


def send_offer(session: Session, event: WaitlistOffered, meta: Meta, *, keys: Keys) -> None:
    """By email and text at once; never when the time is held no longer."""
    people.save_contact(session, event.person, at=meta.occurred_at, keys=keys)
    note = Note(
        source=event.subject,
        occasion=meta.event_id,
        purpose=Purpose.WAITLIST_OFFER,
        channels=(Channel.EMAIL, Channel.SMS),
        at=meta.occurred_at,
        expires_at=event.expires_at,
        snapshot={
            "url": event.accept_url,
            "starts_at": event.starts_at.isoformat(),
            "expires_at": event.expires_at.isoformat(),
        },
    )
    person_id = people.standing_id(session, event.person.person_id)
    send_once(session, person_id, note, now=meta.now)

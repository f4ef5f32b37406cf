"""Send one message with a link, as another service asks for it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from services.notify.domain.values import Channel, Purpose
from services.notify.keys import Keys
from services.notify.store import people
from services.notify.use_cases.send_once import Note, send_once
from shared.bus import Meta
from shared.events import NoticeRequested
from shared.staff import find_staff

_USEFUL = timedelta(days=2)


class StaffNotKnown(LookupError):
    """The member of staff is not in this service's copy yet; the event is tried again."""

    slug = "staff-not-known"


def send_notice(session: Session, event: NoticeRequested, meta: Meta, *, keys: Keys) -> None:
    """By email, or by text to somebody who gave no email. Raises StaffNotKnown.

    Whoever is known stays as known: anybody may have had this sent, in anybody's name.
    """
    contact = event.recipient
    channel = Channel.EMAIL
    if contact is not None:
        people.meet(session, contact, at=meta.occurred_at, keys=keys)
        person_id = people.standing_id(session, contact.person_id)
        channel = Channel.EMAIL if contact.email else Channel.SMS
    else:
        if event.staff_id is None or find_staff(session, event.staff_id) is None:
            raise StaffNotKnown("no such member of staff is known here yet")
        person_id = f"staff:{event.staff_id}"
    expires = event.expires_at
    note = Note(
        source=event.subject,
        occasion=meta.event_id,
        purpose=Purpose.NOTICE,
        channels=(channel,),
        at=meta.occurred_at,
        expires_at=expires or meta.occurred_at + _USEFUL,
        snapshot={
            "template": event.template,
            "url": event.url,
            "expires_at": expires.isoformat() if expires else None,
            "starts_at": event.starts_at.isoformat() if event.starts_at else None,
        },
    )
    send_once(session, person_id, note, now=meta.now)

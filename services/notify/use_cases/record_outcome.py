"""Take in that a consult was held: a kind word to who is not a fit, nothing else."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from services.notify.domain.values import Channel, Purpose
from services.notify.keys import Keys
from services.notify.store import people
from services.notify.use_cases.plan_person import plan_person
from services.notify.use_cases.send_once import Note, send_once
from shared.bus import Meta
from shared.events import ConsultCompleted

_USEFUL = timedelta(days=7)


def record_outcome(session: Session, event: ConsultCompleted, meta: Meta, *, keys: Keys) -> None:
    """Keep the contact data; email the one message that an outcome may bring."""
    if people.save_contact(session, event.person, at=meta.occurred_at, keys=keys):
        plan_person(session, event.person.person_id, now=meta.now)
    if event.outcome != "not_a_fit":
        return
    note = Note(
        source=event.subject,
        occasion=meta.event_id,
        purpose=Purpose.CONSULT_CLOSED,
        channels=(Channel.EMAIL,),
        at=meta.occurred_at,
        expires_at=meta.occurred_at + _USEFUL,
        snapshot={},
    )
    person_id = people.standing_id(session, event.person.person_id)
    send_once(session, person_id, note, now=meta.now)

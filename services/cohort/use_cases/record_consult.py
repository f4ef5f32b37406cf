"""Keep what booking says about a consult: who, when, and how it stands."""

from __future__ import annotations

from sqlalchemy.orm import Session

from services.cohort.keys import Keys
from services.cohort.store.people import lock_consult, remember_contact
from shared.events import ConsultState


def record_consult(session: Session, event: ConsultState, *, keys: Keys) -> None:
    """Take over the consult's snapshot and the newest contact.

    The inbox lets no older state of the same consult through, so the last call holds the newest.
    """
    person = remember_contact(session, event.person, keys)
    row = lock_consult(session, event.consult_id, person.person_id)
    row.person_id = person.person_id
    row.status = event.status
    row.starts_at = event.starts_at
    row.ends_at = event.ends_at
    row.consultant = event.consultant
    row.meeting_kind = event.meeting.kind
    session.flush()

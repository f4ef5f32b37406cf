"""Keep a private note on a consult."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.consult import Consult
from services.booking.store import consults
from shared import audit


def note_consult(
    session: Session, consult: Consult, note: str, *, actor: str, now: datetime
) -> None:
    """Replace the note; an empty one removes it. It is sealed and never leaves booking."""
    consults.set_note(session, consult.id, note.strip() or None)
    subject = f"consult:{consult.id}"
    audit.record(session, actor=actor, action="consult.note", subject=subject, now=now)

"""Keep who changed a consult."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.consult import Consult
from shared import audit


def note_change(
    session: Session, consult: Consult, action: str, *, actor: str, now: datetime
) -> None:
    """Add it to the log of who did what; without an actor it was the person themselves."""
    who = actor or f"person:{consult.person_id}"
    subject = f"consult:{consult.id}"
    audit.record(session, actor=who, action=action, subject=subject, now=now)

"""Take back what was just recorded of a consult, before anybody was told."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.consult import Consult, Outcome, put_back
from services.booking.domain.errors import TooLateToUndo
from services.booking.store import consults, people, undos
from shared import audit
from shared.bus import outbox


def undo_outcome(session: Session, consult: Consult, *, actor: str, now: datetime) -> Consult:
    """Put the consult back as it stood, and tell nobody. `consult` was loaded locked.

    Raises `TooLateToUndo` when there is nothing to take back, or others know of it.
    """
    before = take_back(session, consult, now=now)
    if before is consult:
        raise TooLateToUndo
    subject = f"consult:{consult.id}"
    audit.record(session, actor=actor, action="outcome.undo", subject=subject, now=now)
    return before


def take_back(session: Session, consult: Consult, *, now: datetime) -> Consult:
    """The consult as it stood before an outcome that nobody was told of, and saved so.

    What is kept for undo, and what others will hear, is gone then. When there is nothing to take
    back any more it is returned as it is.
    """
    undo = undos.find(session, consult.id)
    if undo is None or not outbox.withdraw(session, undo.event_id, now=now):
        return consult
    undos.drop(session, consult.id)
    before = put_back(consult, undo.before)
    consults.save_consult(session, before)
    if consult.outcome is Outcome.QUALIFIED:
        people.hand_back(session, consult.person_id)
    return before

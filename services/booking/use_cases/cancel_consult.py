"""Call a consult off, from its manage link or by staff."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.consult import Actor, Consult, cancelled
from services.booking.keys import Keys
from services.booking.store import consults
from services.booking.use_cases.announce import announce
from shared import events


def cancel_consult(
    session: Session, consult: Consult, *, by: Actor, keys: Keys, now: datetime
) -> Consult:
    """Cancel it, free its time and announce that; cancelling again changes nothing.

    `consult` was loaded locked. Raises `NotChangeable`.
    """
    after = cancelled(consult, now=now)
    if after is consult:
        return consult
    consults.save_consult(session, after)
    announce(session, events.ConsultCancelled, after, by=by, keys=keys, now=now)
    return after

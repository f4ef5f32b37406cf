"""Let go of times that were held and not taken up, whatever they were held for."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.consult import lapsed
from services.booking.store import consults

BATCH = 200


def lapse_holds(session: Session, *, now: datetime, limit: int = BATCH) -> bool:
    """Give back up to `limit` of those whose hold is over; whether more may wait.

    Nobody waits for this: a hold that is over counts as free from that moment on.
    """
    over = consults.overdue_holds(session, now, limit=limit)
    for consult in over:
        consults.save_consult(session, lapsed(consult))
    return len(over) == limit

"""Call a consult off, from its manage link or by staff."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.consult import Actor, Consult, Status, cancelled, lapsed
from services.booking.keys import Keys
from services.booking.store import consults, waitlist
from services.booking.use_cases.announce import announce
from services.booking.use_cases.note_change import note_change
from services.booking.use_cases.offer_slots import offer_slots
from shared import events


def cancel_consult(
    session: Session,
    consult: Consult,
    *,
    by: Actor,
    keys: Keys,
    now: datetime,
    actor: str = "",
) -> Consult:
    """Cancel it and announce that; whoever waits for its time is offered it before anybody sees it.

    Cancelling again changes nothing. What is only held is let go, and as nobody was told of it,
    nothing is announced. `consult` was loaded locked; `actor` is "staff:<id>" unless the person
    does it. Raises `NotChangeable`.
    """
    if consult.hold is not None:
        consults.save_consult(session, lapsed(consult))
        return lapsed(consult)
    if consult.status is Status.LAPSED:
        return consult
    after = cancelled(consult, now=now)
    if after is consult:
        return consult
    waitlist.lock_waiting(session)
    consults.save_consult(session, after)
    announce(session, events.ConsultCancelled, after, by=by, keys=keys, now=now)
    note_change(session, after, "consult.cancel", actor=actor, now=now)
    offer_slots(session, keys=keys, now=now)
    return after

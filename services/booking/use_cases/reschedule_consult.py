"""Move a consult to another time, in one piece: it keeps the old time if the new one is lost."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.consult import Actor, Consult, moved
from services.booking.domain.consultant import Consultant
from services.booking.keys import Keys
from services.booking.queries.availability import PUBLIC, Terms, free_consultants, taken
from services.booking.store import consults, waitlist
from services.booking.use_cases.announce import announce
from services.booking.use_cases.first_free import take_first_free
from services.booking.use_cases.note_change import note_change
from services.booking.use_cases.offer_slots import offer_slots
from shared import events


def reschedule_consult(
    session: Session,
    consult: Consult,
    start: datetime,
    *,
    by: Actor,
    keys: Keys,
    now: datetime,
    actor: str = "",
    terms: Terms = PUBLIC,
) -> Consult:
    """Move it to `start`, with the same consultant if free then, and announce that.

    The time it leaves is offered to whoever waits for it before anybody sees it.

    Moving to the time it has changes nothing. `consult` was loaded locked; `actor` is
    "staff:<id>" unless the person does it. Raises `NotChangeable`, `NotOffered` and `SlotTaken`;
    the consult then stands as it was.
    """
    if start == consult.starts_at and consult.can_change(now):
        return consult
    moved(consult, start, consultant_id=consult.consultant_id, now=now)  # refuses before asking
    waitlist.lock_waiting(session)
    proposed = free_consultants(session, start, now=now, ignoring=consult.id, terms=terms)
    proposed.sort(key=lambda who: who.id != consult.consultant_id)

    def take(consultant: Consultant) -> Consult:
        after = moved(consult, start, consultant_id=consultant.id, now=now)
        consults.move_consult(session, after, consultant, now=now)
        return after

    after = take_first_free(proposed, take)
    if after is None:
        raise taken(session, start, now=now, terms=terms)
    announce(session, events.ConsultRescheduled, after, by=by, keys=keys, now=now)
    note_change(session, after, "consult.move", actor=actor, now=now)
    offer_slots(session, keys=keys, now=now)
    return after

"""Let another consultant hold a consult, at the same time."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.consult import Actor, Consult, moved
from services.booking.domain.ids import ConsultantId
from services.booking.keys import Keys
from services.booking.queries.availability import Terms, free_consultants, taken
from services.booking.store import consults, waitlist
from services.booking.store.cells import CellsTaken
from services.booking.store.hearsay import carry_confirmation
from services.booking.use_cases.announce import announce
from services.booking.use_cases.note_change import note_change
from services.booking.use_cases.offer_slots import offer_slots
from shared import events


def substitute_consultant(
    session: Session,
    consult: Consult,
    consultant_id: str,
    *,
    actor: str,
    keys: Keys,
    now: datetime,
) -> Consult:
    """Give it to this consultant if they are free then, and announce that; the same is no change.

    The time of who held it until now is offered to whoever waits, before anybody sees it.

    The notice is waived. What the person confirmed, the time, stays confirmed. `consult` was
    loaded locked; `actor` is "staff:<id>". Raises `NotChangeable`, `NotOffered` and `SlotTaken`;
    the consult then stands as it was.
    """
    start = consult.starts_at
    after = moved(consult, start, consultant_id=ConsultantId(consultant_id), now=now)
    if after.consultant_id == consult.consultant_id:
        return consult
    waitlist.lock_waiting(session)
    terms = Terms(waives_notice=True, consultant_id=consultant_id)
    (free,) = free_consultants(session, start, now=now, ignoring=consult.id, terms=terms)
    try:
        consults.move_consult(session, after, free, now=now)
    except CellsTaken:
        raise taken(session, start, now=now, terms=terms) from None
    carry_confirmation(session, after.id, since=consult.revision, to=after.revision)
    announce(session, events.ConsultRescheduled, after, by=Actor.STAFF, keys=keys, now=now)
    note_change(session, after, "consult.substitute", actor=actor, now=now)
    offer_slots(session, keys=keys, now=now)
    return after

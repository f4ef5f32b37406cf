"""Book what was held for somebody, now that they have said that they want it."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.consult import Actor, Consult, taken_up
from services.booking.domain.consultant import Consultant
from services.booking.keys import Keys
from services.booking.queries.availability import free_consultants, taken
from services.booking.store import consults
from services.booking.use_cases.announce import announce
from services.booking.use_cases.first_free import take_first_free
from shared import events


def take_up_hold(
    session: Session,
    consult: Consult,
    *,
    keys: Keys,
    now: datetime,
    start: datetime | None = None,
) -> Consult:
    """Book it and announce that; what is booked already stays as it is.

    A hold that did not keep its minutes tries to get them only now, with whoever is free then.
    `start` asks for another time instead, as when that one is gone. `consult` was loaded locked.
    Raises `HoldLapsed`, `SlotTaken` and `NotOffered`; the hold then stands as it was.
    """
    after = taken_up(consult, now=now)
    if after is consult:
        return consult
    if consult.occupies and start in (None, consult.starts_at):
        consults.save_consult(session, after)
    else:
        after = _take(session, after, start or consult.starts_at, now=now)
    announce(session, events.ConsultBooked, after, by=Actor.PERSON, keys=keys, now=now)
    return after


def _take(session: Session, consult: Consult, start: datetime, *, now: datetime) -> Consult:
    proposed = free_consultants(session, start, now=now, ignoring=consult.id)
    proposed.sort(key=lambda who: who.id != consult.consultant_id)

    def take(consultant: Consultant) -> Consult:
        after = replace(consult, starts_at=start, consultant_id=consultant.id)
        consults.move_consult(session, after, consultant, now=now)
        return after

    after = take_first_free(proposed, take)
    if after is None:
        raise taken(session, start, now=now)
    return after

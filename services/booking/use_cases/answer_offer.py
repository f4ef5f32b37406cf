"""Take or decline a time that is kept for somebody on the waitlist."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.consult import Actor, Consult, taken_up
from services.booking.domain.errors import HoldLapsed
from services.booking.domain.waitlist import Answer, Offer, Waiting
from services.booking.keys import Keys
from services.booking.store import consults, offers, waitlist
from services.booking.use_cases.announce import announce
from services.booking.use_cases.offer_slots import offer_slots
from services.booking.use_cases.release_offer import release_offer
from shared import events


def accept_offer(session: Session, token: str, *, keys: Keys, now: datetime) -> Consult:
    """Book the time that is kept, and announce it; accepting again gives the same consult.

    Raises `UnknownLink`, and `HoldLapsed` when the offer is over or was declined: nothing is then
    booked, and they are still on the list.
    """
    offer = _locked(session, token, keys)
    consult = consults.get_consult(session, offer.consult_id)
    if offer.answer is Answer.ACCEPTED:
        return consult
    if not offer.is_open(now):
        raise HoldLapsed
    booked = taken_up(consult, now=now)
    consults.save_consult(session, booked)
    offers.set_answer(session, offer.id, Answer.ACCEPTED)
    waitlist.set_status(session, offer.entry_id, Waiting.BOOKED)
    announce(session, events.ConsultBooked, booked, by=Actor.PERSON, keys=keys, now=now)
    return booked


def decline_offer(session: Session, token: str, *, keys: Keys, now: datetime) -> None:
    """Give the time to whoever is next; they stay on the list. Again, or too late, is no change.

    Raises `UnknownLink`.
    """
    offer = _locked(session, token, keys)
    if not offer.is_open(now):
        return
    waitlist.lock_waiting(session)
    release_offer(session, offer, Answer.DECLINED)
    offer_slots(session, keys=keys, now=now)


def _locked(session: Session, token: str, keys: Keys) -> Offer:
    """The offer as it stands, its entry locked before its consult, as everybody does."""
    waitlist.get_entry(session, offers.get_by_token(session, token, keys).entry_id)
    return offers.get_by_token(session, token, keys)

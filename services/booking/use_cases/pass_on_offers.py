"""Keep the waitlist moving: what nobody took goes to the next, and waits that are over end."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.waitlist import Answer, Waiting, is_over
from services.booking.keys import Keys
from services.booking.store import offers, waitlist
from services.booking.use_cases.offer_slots import offer_slots
from services.booking.use_cases.release_offer import release_offer

BATCH = 50


def pass_on_offers(session: Session, *, keys: Keys, now: datetime) -> bool:
    """Close the offers that are over, end the waits that are over, and offer what is free.

    Whether more may wait. Whoever let an offer pass waits again, in their place, and is not
    offered that time again.
    """
    late = offers.overdue(session, now, limit=BATCH)
    for offer in late:
        waitlist.get_entry(session, offer.entry_id)
    waitlist.lock_waiting(session)
    for offer in late:
        still = offers.find_open(session, offer.entry_id)
        if still is not None and still.id == offer.id:
            release_offer(session, offer, Answer.LAPSED)
    over = waitlist.over(session, now, limit=BATCH)
    for entry in over:
        if is_over(waitlist.get_entry(session, entry.id), now):  # not confirmed just now
            waitlist.set_status(session, entry.id, Waiting.ENDED)
    more = offer_slots(session, keys=keys, now=now)
    return more or BATCH in (len(late), len(over))

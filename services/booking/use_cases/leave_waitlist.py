"""Take somebody off the waitlist, as they or staff ask."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.waitlist import Answer, Entry, Waiting
from services.booking.keys import Keys
from services.booking.store import offers, waitlist
from services.booking.use_cases.offer_slots import offer_slots
from services.booking.use_cases.release_offer import release_offer
from shared import audit


def leave_waitlist(session: Session, entry: Entry, *, keys: Keys, now: datetime) -> None:
    """Give up the place; a time that was kept for them goes to whoever is next.

    Of a place that is given up, or led to a call, nothing changes. `entry` was loaded locked.
    """
    if not entry.status.is_open:
        return
    offer = offers.find_open(session, entry.id)
    if offer is not None:
        waitlist.lock_waiting(session)
        release_offer(session, offer, Answer.DECLINED)
    waitlist.set_status(session, entry.id, Waiting.LEFT)
    if offer is not None:
        offer_slots(session, keys=keys, now=now)


def remove_from_waitlist(
    session: Session, entry: Entry, *, actor: str, keys: Keys, now: datetime
) -> None:
    """The same, by staff: who did it is recorded. `actor` is "staff:<id>"."""
    leave_waitlist(session, entry, keys=keys, now=now)
    subject = f"waitlist:{entry.id}"
    audit.record(session, actor=actor, action="waitlist.remove", subject=subject, now=now)

"""Give back a time that was kept for somebody on the waitlist."""

from sqlalchemy.orm import Session

from services.booking.domain.consult import Consult, Status, lapsed
from services.booking.domain.waitlist import Answer, Offer, Waiting
from services.booking.store import consults, offers, waitlist


def release_offer(session: Session, offer: Offer, answer: Answer) -> Consult:
    """Keep the answer, free the minutes unless they are freed already, and let them wait again.

    They keep their place. The entry was loaded locked, and `lock_waiting` was called.
    """
    consult = consults.get_consult(session, offer.consult_id)
    if consult.status is Status.HELD:
        consult = lapsed(consult)
        consults.save_consult(session, consult)
    offers.set_answer(session, offer.id, answer)
    waitlist.set_status(session, offer.entry_id, Waiting.WAITING)
    return consult

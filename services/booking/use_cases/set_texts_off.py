"""Keep whether a phone number wants no texts."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.store.hearsay import turn_texts_off, turn_texts_on
from shared.events import ContactOptedIn, ContactOptedOut


def set_texts_off(
    session: Session, event: ContactOptedOut | ContactOptedIn, *, at: datetime
) -> None:
    """Keep it by the number's digest, which all services make alike.

    The inbox has dropped older states.
    """
    if event.channel != "sms":
        return
    if isinstance(event, ContactOptedOut):
        turn_texts_off(session, event.phone_hash, at=at)
    else:
        turn_texts_on(session, event.phone_hash)

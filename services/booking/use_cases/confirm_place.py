"""Put on the waitlist whoever opened our email and said that they asked for it."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.waitlist import confirmed
from services.booking.keys import Keys
from services.booking.store import waitlist


def confirm_place(session: Session, token: str, *, keys: Keys, now: datetime) -> None:
    """Give them the place at the end of the list. Again, or too late, changes nothing.

    `token` is that of the emailed link. Raises `UnknownLink`.
    """
    entry = waitlist.get_entry_to_confirm(session, token, keys)
    after = confirmed(entry, now)
    if after is not entry:
        waitlist.save_entry(session, after)

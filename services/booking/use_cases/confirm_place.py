"""Put on the waitlist whoever opened our email and said that they asked for it."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.ids import EntryId
from services.booking.domain.waitlist import Waiting, confirmed
from services.booking.keys import Keys
from services.booking.store import waitlist


def confirm_place(session: Session, token: str, *, keys: Keys, now: datetime) -> EntryId:
    """Give them the place at the end of the list; the place. Again, or too late, changes nothing.

    Who has a place already keeps it, with these wishes. `token` is that of the emailed link.
    Raises `UnknownLink`.
    """
    entry = waitlist.get_entry_to_confirm(session, token, keys)
    after = confirmed(entry, now)
    if after is entry:
        return entry.id
    held = waitlist.find_place(session, entry.person_id)
    if held is None:
        waitlist.save_entry(session, after)
        return entry.id
    waitlist.set_status(session, entry.id, Waiting.LEFT)
    newest = replace(after, id=held.id, joined_at=held.joined_at, status=held.status)
    waitlist.save_entry(session, newest)
    return held.id

"""Whose own calendar is unknown, so that nothing of theirs is offered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.domain.ids import ConsultantId
from services.booking.store.calendars import feeds
from services.booking.store.consultants import active_consultants


@dataclass(frozen=True, slots=True)
class Unread:
    """A consultant whose calendar is unread, and why."""

    consultant_id: ConsultantId
    name: str
    why: str


def unread_calendars(session: Session, *, now: datetime) -> list[Unread]:
    """Everyone who takes calls and whose calendar is unread now, by name; three queries at most."""
    stale = {key: feed for key, feed in feeds(session).items() if feed.is_stale(now)}
    if not stale:
        return []
    return [
        Unread(who.id, who.name, stale[who.id].trouble or "It was not tried yet.")
        for who in active_consultants(session)
        if who.id in stale
    ]

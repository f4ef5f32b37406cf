"""Tell staff that a consultant's own calendar is unknown, so that nothing of theirs is offered."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.booking.store.calendars import Feed, feeds
from services.booking.store.consultants import get_room
from shared.bus import outbox as outbox_door
from shared.db.common import outbox
from shared.events import StaffAlerted


def alert_unread(session: Session, *, now: datetime) -> int:
    """Alert coordinators and admins, once for each outage; how many alerts that were."""
    return sum(_alert(session, feed, now=now) for feed in outages(session, now=now))


def outages(session: Session, *, now: datetime) -> list[Feed]:
    """The calendars that could not be read for longer than they may.

    One that was just added has its whole time of grace to be read for the first time.
    """
    return [each for each in feeds(session).values() if now - _since(each) > each.stale_after]


def _since(feed: Feed) -> datetime:
    return feed.read_at or feed.added_at


def _alert(session: Session, feed: Feed, *, now: datetime) -> bool:
    """The id is of this outage: it is the same until the calendar was read again."""
    alert_id = f"calendar-{feed.consultant_id}-{_since(feed):%Y%m%dT%H%M%S}"
    told = select(outbox.c.id).where(
        outbox.c.type == StaffAlerted.TYPE, outbox.c.subject == f"alert/{alert_id}"
    )
    if session.execute(told.limit(1)).first() is not None:
        return False
    name = get_room(session, feed.consultant_id).name
    alert = StaffAlerted(
        alert_id=alert_id,
        roles=("coordinator", "admin"),
        severity="warning",
        title=f"No times with {name[:40]} are offered: their own calendar can't be read",
        url=f"/booking/staff/consultants/{feed.consultant_id}",
    )
    outbox_door.add(session, alert, now=now)
    return True

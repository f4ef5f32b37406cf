"""What staff can do about events that failed: list, look, try again, drop."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shared.bus.retry import FORGOTTEN
from shared.crypto import SealBroken
from shared.db.common import inbox, outbox
from shared.db.types import opened, sealed_text

_COLUMNS = select(
    inbox.c.event_id,
    inbox.c.type,
    inbox.c.source,
    inbox.c.subject,
    inbox.c.status,
    inbox.c.attempts,
    inbox.c.received_at,
    inbox.c.next_try_at,
    sealed_text(inbox.c.error).label("error"),
    sealed_text(inbox.c.envelope).label("envelope"),
)


class NoSuchDeadEvent(Exception):
    """There is no failed or dead event with this id."""

    slug = "no-such-dead-event"


@dataclass(frozen=True, slots=True)
class DeadEvent:
    """An event that was not handled, without its data."""

    event_id: str
    type: str
    source: str
    subject: str
    status: str
    attempts: int
    received_at: datetime
    next_try_at: datetime | None
    error: str | None


def list_dead(session: Session, *, limit: int = 200) -> list[DeadEvent]:
    """The failed and dead events, dead ones first, oldest first."""
    query = (
        _COLUMNS.where(inbox.c.status.in_(["failed", "dead"]))
        .order_by(inbox.c.status, inbox.c.received_at)
        .limit(limit)
    )
    return [_event(session, row) for row in session.execute(query)]


def show(session: Session, event_id: str) -> tuple[DeadEvent, str]:
    """One such event and its JSON (personal data). Raises `NoSuchDeadEvent`."""
    row = _row(session, event_id)
    return _event(session, row), _readable(session, row.envelope) or ""


def retry(session: Session, event_id: str, now: datetime) -> None:
    """Let the next step try it at once, with all its tries anew. Raises `NoSuchDeadEvent`."""
    _row(session, event_id)
    again = {"status": "failed", "attempts": 0, "next_try_at": now}
    session.execute(update(inbox).where(inbox.c.event_id == event_id).values(again))


def drop(session: Session, event_id: str, now: datetime) -> None:
    """Give it up for good and forget its data; its id stays known. Raises `NoSuchDeadEvent`."""
    _row(session, event_id)
    gone = {"status": "dropped", "handled_at": now} | FORGOTTEN
    session.execute(update(inbox).where(inbox.c.event_id == event_id).values(gone))


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in a service: counts, and since when the oldest unsent event is due."""

    unsent: int
    oldest_unsent: datetime | None
    failed: int
    dead: int


def backlog(session: Session, now: datetime) -> Backlog:
    """What waits in this service at `now`."""
    due = (outbox.c.sent_at.is_(None), outbox.c.available_at <= now)
    unsent, oldest = session.execute(
        select(func.count(), func.min(outbox.c.available_at)).where(*due)
    ).one()
    counts = session.execute(
        select(inbox.c.status, func.count().label("waiting"))
        .where(inbox.c.status.in_(["failed", "dead"]))
        .group_by(inbox.c.status)
    ).all()
    by_status = {each.status: int(each.waiting) for each in counts}
    return Backlog(unsent, oldest, by_status.get("failed", 0), by_status.get("dead", 0))


def _row(session: Session, event_id: str) -> Any:
    query = _COLUMNS.where(inbox.c.event_id == event_id, inbox.c.status.in_(["failed", "dead"]))
    row = session.execute(query.with_for_update()).first()
    if row is None:
        raise NoSuchDeadEvent(f"no failed or dead event {event_id}")
    return row


def _event(session: Session, row: Any) -> DeadEvent:
    plain = {each.name: getattr(row, each.name) for each in fields(DeadEvent)}
    return DeadEvent(**plain | {"error": _readable(session, row.error)})


def _readable(session: Session, sealed: str | None) -> str | None:
    """What is sealed, or that it can't be read: staff must be able to drop it all the same."""
    if sealed is None:
        return None
    try:
        return opened(session, sealed)
    except SealBroken as error:
        return f"({error})"

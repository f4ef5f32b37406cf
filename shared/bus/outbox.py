"""Events leave through the outbox: a row in the transaction that made the event true."""

from datetime import datetime

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from shared.db import entropy_of, service_of
from shared.db.common import outbox
from shared.events.base import Event
from shared.events.envelope import Envelope


def add(
    session: Session, event: Event, *, now: datetime, available_at: datetime | None = None
) -> str:
    """Let `event` be published once this transaction commits; returns the event's id.

    It is not published before `available_at`, which gives an undo its time.
    """
    envelope = Envelope(
        id=entropy_of(session).uuid(), source=f"/{service_of(session)}", time=now, event=event
    )
    row = {
        "event_id": envelope.id,
        "type": envelope.type,
        "subject": event.subject,
        "envelope": envelope.to_json(),
        "created_at": now,
        "available_at": available_at or now,
    }
    session.execute(insert(outbox).values(row))
    session.info["outbox_added"] = True
    return envelope.id


def withdraw(session: Session, event_id: str, *, now: datetime) -> bool:
    """Take an event back that is not due yet: it is never published; whether that was possible.

    A row that the relay has taken up is no longer deferred (see `relay`), so of the two exactly
    one wins, whatever their clocks say and even if this transaction waits for the relay's.
    """
    deferred = outbox.c.sent_at.is_(None) & (outbox.c.available_at > outbox.c.created_at)
    gone = delete(outbox).where(
        outbox.c.event_id == event_id, deferred, outbox.c.available_at > now
    )
    return session.execute(gone.returning(outbox.c.id)).first() is not None


def send_again(session: Session, *, since: datetime) -> int:
    """Let everything published at or after `since` be published once more; how many that are.

    For a broker that lost messages. Inboxes skip what they know, so this repeats nothing.
    """
    again = update(outbox).where(outbox.c.sent_at >= since).values(sent_at=None, returned_at=None)
    session.info["outbox_added"] = True
    return len(session.execute(again.returning(outbox.c.id)).all())

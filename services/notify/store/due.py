"""Messages whose time has come: claimed for sending, or overdue for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.notify.domain.values import Channel, MessageId
from services.notify.tables import MessageRow


def claim(
    session: Session, *, channel: Channel, lease: str, now: datetime, until: datetime, limit: int
) -> list[MessageId]:
    """Take up to `limit` due messages of a channel on a lease: one statement, both dialects.

    Those whose lease has run out were never called, so they may be taken again.
    """
    due = (
        select(MessageRow.id)
        .where(
            MessageRow.wake_at <= now,
            MessageRow.channel == channel.value,
            MessageRow.state.in_(("planned", "claimed")),
        )
        .order_by(MessageRow.wake_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    statement = (
        update(MessageRow)
        .where(MessageRow.id.in_(select(due.c.id)))
        .values(state="claimed", lease=lease, wake_at=until)
        .returning(MessageRow.id, MessageRow.send_at)
        .execution_options(synchronize_session=False)
    )
    rows = session.execute(statement).all()
    return [MessageId(row.id) for row in sorted(rows, key=lambda row: (row.send_at, row.id))]


def lapsed(session: Session, *, now: datetime, limit: int) -> Sequence[MessageRow]:
    """Messages whose call was never recorded, or that stay unknown for too long; locked."""
    query = (
        select(MessageRow)
        .where(MessageRow.wake_at <= now, MessageRow.state.in_(("calling", "unknown")))
        .order_by(MessageRow.wake_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return session.scalars(query).all()

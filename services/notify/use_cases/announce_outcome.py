"""Publish what became of a message, and call staff where a person must look."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, cast

from sqlalchemy.orm import Session

from services.notify.domain.values import Purpose
from services.notify.tables import MessageRow
from shared.bus import outbox
from shared.db import entropy_of
from shared.events import MessageDelivered, MessageFailed, StaffAlerted


def announce_delivered(
    session: Session, row: MessageRow, *, now: datetime, reason: str | None = None
) -> None:
    """The message reached the carrier or mail server (`reason` says how that is known)."""
    _publish(session, MessageDelivered, row, reason=reason, now=now)


def announce_failed(session: Session, row: MessageRow, *, reason: str, now: datetime) -> None:
    """The message will not arrive."""
    _publish(session, MessageFailed, row, reason=reason, now=now)


def raise_alert(
    session: Session, row: MessageRow, title: str, *, now: datetime, urgent: bool = False
) -> None:
    """Call coordinators to this message, once. Alerts about alerts are not raised."""
    if row.alerted_at is not None or row.purpose == Purpose.STAFF_ALERT:
        return
    row.alerted_at = now
    event = StaffAlerted(
        alert_id=entropy_of(session).uuid(),
        roles=("coordinator", "admin"),
        severity="urgent" if urgent else "warning",
        title=title,
        url=f"/notify/messages/{row.id}",
    )
    outbox.add(session, event, now=now)


def _publish(
    session: Session,
    event: type[MessageDelivered | MessageFailed],
    row: MessageRow,
    *,
    reason: str | None,
    now: datetime,
) -> None:
    if row.person_id.startswith("staff:"):
        return
    fact = event(
        message_id=row.id,
        person_id=row.person_id,
        purpose=row.purpose,
        source_id=row.source,
        revision=row.revision,
        channel=cast("Literal['sms', 'email']", row.channel),
        reason=reason,
    )
    outbox.add(session, fact, now=now)

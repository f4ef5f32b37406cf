"""Telling staff that the event flow needs someone: once an hour for each cause."""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shared.bus import outbox as outbox_door
from shared.db import service_of
from shared.db.common import outbox
from shared.events import StaffAlerted

QUIET = timedelta(hours=1)


def alert_once(
    session: Session,
    cause: str,
    title: str,
    *,
    severity: Literal["info", "warning", "urgent"],
    now: datetime,
) -> None:
    """Alert the admins of this cause, unless that was done within the hour.

    A hundred events that die of one defect are one thing to mend, and texts to staff must not
    hold up texts to people. `title` is read in texts and subject lines, so it names neither
    service nor event type.
    """
    service = service_of(session)
    alert_id = f"{service}-{cause}-{now:%Y%m%dT%H%M%S}"
    recent = select(outbox.c.id).where(
        outbox.c.type == StaffAlerted.TYPE,
        outbox.c.subject.startswith(f"alert/{service}-{cause}-"),
        outbox.c.created_at > now - QUIET,
        or_(outbox.c.sent_at.is_(None), outbox.c.sent_at > now - QUIET),
    )
    if session.execute(recent.limit(1)).first() is not None:
        return
    alert = StaffAlerted(
        alert_id=alert_id,
        roles=("admin",),
        severity=severity,
        title=title,
        url=f"/{service}/operations/",
    )
    outbox_door.add(session, alert, now=now)

"""Calls that were never recorded become unknown; what stays unknown goes to staff."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from services.notify.domain.outcomes import UNKNOWN_PATIENCE
from services.notify.domain.values import Channel, State
from services.notify.store import due, messages
from services.notify.use_cases.announce_outcome import raise_alert


def settle_lapsed(
    session: Session, *, repeatable: Collection[Channel], now: datetime, limit: int = 100
) -> int:
    """How many were settled. On `repeatable` channels a lost call may simply be made again."""
    rows = due.lapsed(session, now=now, limit=limit)
    for row in rows:
        if row.state == State.CALLING and row.channel in repeatable:
            row.state, row.wake_at = State.PLANNED.value, now
            messages.tell(session, row.id, "retry", now=now, detail="interrupted")
        elif row.state == State.CALLING:
            row.state, row.reason = State.UNKNOWN.value, "interrupted"
            row.wake_at = max(now, (row.called_at or now) + UNKNOWN_PATIENCE)
            messages.tell(session, row.id, "unknown", now=now, detail="interrupted")
        else:
            row.wake_at = None
            raise_alert(session, row, "We cannot tell whether a message arrived", now=now)
            messages.tell(session, row.id, "unresolved", now=now, mark="unresolved")
        row.changed_at = now
    return len(rows)

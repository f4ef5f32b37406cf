"""End a sign-in, in every service."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services.cohort.tables import StaffSessionRow
from shared import audit
from shared.bus import outbox
from shared.events import SessionRevoked
from shared.staff import apply_session_revoked


def sign_out(session: Session, staff_id: str, *, sid: str, now: datetime) -> None:
    """End the sign-in `sid`; ending it again changes nothing."""
    row = session.get(StaffSessionRow, sid, with_for_update=True)
    if row is None or row.staff_id != staff_id or row.ended_at is not None:
        return
    row.ended_at = now
    session.flush()
    event = SessionRevoked(staff_id=staff_id, sid=sid)
    outbox.add(session, event, now=now)
    apply_session_revoked(session, event, now=now)
    audit.record(
        session,
        actor=f"staff:{staff_id}",
        action="signed_out",
        subject=f"staff:{staff_id}",
        now=now,
    )

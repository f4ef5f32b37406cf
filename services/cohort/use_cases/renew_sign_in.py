"""Let a sign-in go on for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.cohort.domain.errors import LinkNotValid
from services.cohort.store.staff import get_staff
from services.cohort.tables import StaffSessionRow
from services.cohort.use_cases.start_sign_in import SignIn

IDLE = timedelta(days=14)
"""A sign-in that nobody used for so long has ended."""


def renew_sign_in(
    session: Session, staff_id: str, *, sid: str, epoch: int, now: datetime
) -> SignIn:
    """The sign-in, as of now. Raises `LinkNotValid` when it has ended or the account is closed."""
    row = session.get(StaffSessionRow, sid)
    staff = get_staff(session, staff_id)
    if row is None or row.staff_id != staff_id or row.ended_at is not None:
        raise LinkNotValid("This sign-in has ended.")
    if now - row.renewed_at > IDLE or not staff.active or staff.epoch != epoch:
        raise LinkNotValid("This sign-in has ended.")
    row.renewed_at = now
    session.flush()
    return SignIn(staff_id, sid, staff.epoch)

"""Begin a staff member's sign-in on one browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from services.cohort.domain.errors import LinkNotValid
from services.cohort.store.staff import get_staff
from services.cohort.tables import StaffSessionRow
from shared import audit
from shared.db import entropy_of


@dataclass(frozen=True, slots=True)
class SignIn:
    """What the cookie of a sign-in carries."""

    staff_id: str
    sid: str
    epoch: int


def start_sign_in(
    session: Session, staff_id: str, *, method: Literal["link", "password"], now: datetime
) -> SignIn:
    """A new sign-in, never an old one continued. Raises `LinkNotValid` for a closed account."""
    staff = get_staff(session, staff_id)
    if not staff.active:
        raise LinkNotValid("This account is closed.")
    sid = entropy_of(session).uuid()
    session.add(
        StaffSessionRow(sid=sid, staff_id=staff_id, method=method, created_at=now, renewed_at=now)
    )
    session.flush()
    audit.record(
        session,
        actor=f"staff:{staff_id}",
        action=f"signed_in.{method}",
        subject=f"staff:{staff_id}",
        now=now,
    )
    return SignIn(staff_id, sid, staff.epoch)

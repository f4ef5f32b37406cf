"""Open a staff account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services.cohort.domain.errors import EmailTaken
from services.cohort.domain.ids import StaffId
from services.cohort.keys import Keys
from services.cohort.store.staff import find_staff_by_email, publish_staff
from services.cohort.tables import StaffRow
from shared import audit
from shared.db import entropy_of, insert_new


@dataclass(frozen=True, slots=True)
class NewStaff:
    """Who joins the staff, and what they may and can do."""

    email: str
    name: str
    roles: tuple[str, ...]
    qualifications: tuple[str, ...]
    timezone: str
    locale: str = "en"
    phone: str | None = None


def add_staff(session: Session, new: NewStaff, *, keys: Keys, actor: str, now: datetime) -> StaffId:
    """Open the account, tell every service, and say its id. Raises `EmailTaken`."""
    staff_id = entropy_of(session).uuid()
    values = {
        "staff_id": staff_id,
        "email": new.email.strip(),
        "email_digest": keys.email_digest(new.email),
        "name": new.name,
        "phone": new.phone,
        "timezone": new.timezone,
        "locale": new.locale,
        "roles": list(new.roles),
        "qualifications": list(new.qualifications),
        "on_call": False,
        "active": True,
        "epoch": 1,
        "sequence": 0,
        "created_at": now,
    }
    if not insert_new(session, StaffRow.__table__, [values]):
        text = "Someone on the staff has this email already."
        raise EmailTaken(text, fields={"email": text})
    row = find_staff_by_email(session, new.email, keys)
    if row is not None:
        publish_staff(session, row, now=now)
    audit.record(session, actor=actor, action="staff.added", subject=f"staff:{staff_id}", now=now)
    return StaffId(staff_id)

"""Set or change one's own password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.cohort.domain.errors import Invalid
from services.cohort.store.staff import get_staff, publish_staff
from services.cohort.tables import SignInLinkRow, StaffSessionRow
from services.cohort.use_cases.check_password import HASHER
from services.cohort.use_cases.start_sign_in import SignIn
from shared import audit

SHORTEST, LONGEST = 12, 200


def hash_password(password: str) -> str:
    """The argon2id hash to keep. Raises `Invalid` when it is too short or too long.

    It takes a moment, so call it outside a transaction.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        text = f"Use {SHORTEST} to {LONGEST} characters. A few words in a row are fine."
        raise Invalid(text, fields={"password": text})
    return HASHER.hash(password)


def set_password(
    session: Session, staff_id: str, password_hash: str, *, sid: str, now: datetime
) -> SignIn:
    """Keep the password and sign out everywhere but in `sid`, whose cookie is then made again.

    One-time links that nobody has used yet end too: whoever has one could still come in.
    """
    row = get_staff(session, staff_id, lock=True)
    row.password_hash = password_hash
    row.epoch += 1
    publish_staff(session, row, now=now)
    session.execute(
        update(StaffSessionRow)
        .where(StaffSessionRow.staff_id == staff_id, StaffSessionRow.sid != sid)
        .where(StaffSessionRow.ended_at.is_(None))
        .values(ended_at=now)
    )
    session.execute(
        update(SignInLinkRow)
        .where(SignInLinkRow.staff_id == staff_id, SignInLinkRow.used_at.is_(None))
        .values(expires_at=now)
    )
    session.flush()
    audit.record(
        session,
        actor=f"staff:{staff_id}",
        action="password.set",
        subject=f"staff:{staff_id}",
        now=now,
    )
    return SignIn(staff_id, sid, row.epoch)

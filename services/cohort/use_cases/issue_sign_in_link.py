"""Make a one-time link that signs a staff member in."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.cohort.domain.errors import NotFound
from services.cohort.keys import Keys
from services.cohort.store.staff import get_staff
from services.cohort.tables import SignInLinkRow
from shared import audit
from shared.db import entropy_of

LIFETIME = timedelta(hours=24)


def issue_sign_in_link(
    session: Session, staff_id: str, *, keys: Keys, actor: str, now: datetime
) -> str:
    """The address of a link that works once and for a day. Raises `NotFound`."""
    staff = get_staff(session, staff_id)
    if not staff.active:
        raise NotFound("This account is closed.")
    nonce = entropy_of(session).token()
    token = keys.links.token("sign-in", staff_id, nonce)
    session.add(
        SignInLinkRow(
            digest=keys.links.digest(token),
            staff_id=staff_id,
            created_at=now,
            expires_at=now + LIFETIME,
        )
    )
    session.flush()
    audit.record(
        session, actor=actor, action="sign_in_link.issued", subject=f"staff:{staff_id}", now=now
    )
    return keys.sign_in_url(token)

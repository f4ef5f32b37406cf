"""Sign in with a one-time link."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services.cohort.keys import Keys
from services.cohort.store.staff import use_link
from services.cohort.use_cases.start_sign_in import SignIn, start_sign_in


def consume_sign_in_link(session: Session, token: str, *, keys: Keys, now: datetime) -> SignIn:
    """Use the link up and sign its owner in. Raises `LinkNotValid`; of many tries one succeeds."""
    staff_id = use_link(session, token, keys=keys, now=now)
    return start_sign_in(session, staff_id, method="link", now=now)

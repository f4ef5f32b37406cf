"""Forget how consults stood before outcomes that can no longer be taken back."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.booking.store import undos

KEPT = timedelta(days=1)
"""After its time, so that a slow clock somewhere still finds the words for "too late"."""
_BATCH = 1000


def forget_undos(session: Session, *, now: datetime) -> bool:
    """Delete a batch of them; whether more may wait."""
    return undos.forget(session, before=now - KEPT, limit=_BATCH) == _BATCH

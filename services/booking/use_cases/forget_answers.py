"""Forget what was answered under old idempotency keys."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.booking.store import answers

_BATCH = 1000


def forget_answers(session: Session, *, now: datetime) -> bool:
    """Delete a batch of those past keeping; whether more may wait."""
    return answers.forget(session, before=now - answers.KEPT, limit=_BATCH) == _BATCH

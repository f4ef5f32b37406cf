"""What was answered under an idempotency key, so that the same request is answered the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.booking.domain.errors import IdempotencyMismatch
from services.booking.domain.ids import ConsultId
from services.booking.tables import AnswerRow
from shared.db import insert_new

KEPT = timedelta(days=7)
"""A repeated request comes within minutes; a week leaves room for a browser tab left open."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The consult that a key made, and the start it was told."""

    consult_id: ConsultId
    starts_at: datetime


def claim(
    session: Session, *, key_digest: str, body_digest: str, answer: Answer, now: datetime
) -> Answer | None:
    """Be the first under this key (None), or get what the first was answered.

    Waits for another transaction with the same key. Raises `IdempotencyMismatch`.
    """
    row = {
        "key_digest": key_digest,
        "body_digest": body_digest,
        "consult_id": answer.consult_id,
        "starts_at": answer.starts_at,
        "created_at": now,
    }
    if insert_new(session, AnswerRow.__table__, [row]):
        return None
    first = session.get_one(AnswerRow, key_digest)
    if first.body_digest != body_digest:
        raise IdempotencyMismatch
    return Answer(ConsultId(first.consult_id), first.starts_at)


def forget(session: Session, *, before: datetime, limit: int) -> int:
    """Delete up to `limit` answers older than `before`; how many were."""
    old = select(AnswerRow.key_digest).where(AnswerRow.created_at < before).limit(limit)
    gone = delete(AnswerRow).where(AnswerRow.key_digest.in_(old)).returning(AnswerRow.key_digest)
    return len(session.execute(gone.execution_options(synchronize_session=False)).all())

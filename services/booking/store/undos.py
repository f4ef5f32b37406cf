"""What staff last recorded of a consult, for as long as it can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.booking.domain.consult import Before, Outcome, Status
from services.booking.domain.ids import ConsultId
from services.booking.tables import UndoRow


@dataclass(frozen=True, slots=True)
class Undo:
    """The event that tells of it, how the consult stood, and until when it is held back.

    `owner` is who owned the person's contact data, where the outcome changed that.
    """

    event_id: str
    before: Before
    owner: str | None
    until: datetime


def keep(session: Session, consult_id: ConsultId, undo: Undo) -> None:
    """Keep it in place of what was kept for this consult."""
    session.merge(
        UndoRow(
            consult_id=consult_id,
            event_id=undo.event_id,
            before=_written(undo),
            until=undo.until,
        )
    )
    session.flush()


def find(session: Session, consult_id: str) -> Undo | None:
    """What is kept for this consult, in time still or not."""
    row = session.get(UndoRow, consult_id, populate_existing=True)
    return None if row is None else _undo(row)


def drop(session: Session, consult_id: ConsultId) -> None:
    """Keep nothing for this consult any more."""
    _delete(session, [consult_id])


def forget(session: Session, *, before: datetime, limit: int) -> int:
    """Delete up to `limit` whose time ended before; how many were."""
    query = select(UndoRow.consult_id).where(UndoRow.until < before)
    old = session.scalars(query.order_by(UndoRow.until).limit(limit)).all()
    _delete(session, old)
    return len(old)


def _delete(session: Session, ids: Sequence[str]) -> None:
    session.execute(delete(UndoRow).where(UndoRow.consult_id.in_(ids)))


def _written(undo: Undo) -> dict[str, str | int | None]:
    before = undo.before
    return {
        "status": before.status.value,
        "outcome": None if before.outcome is None else before.outcome.value,
        "follow_up_on": None if before.follow_up_on is None else before.follow_up_on.isoformat(),
        "revision": before.revision,
        "owner": undo.owner,
    }


def _undo(row: UndoRow) -> Undo:
    kept: dict[str, Any] = row.before
    outcome, day = kept["outcome"], kept["follow_up_on"]
    before = Before(
        status=Status(kept["status"]),
        outcome=None if outcome is None else Outcome(outcome),
        follow_up_on=None if day is None else date.fromisoformat(day),
        revision=kept["revision"],
    )
    return Undo(row.event_id, before, kept["owner"], row.until)

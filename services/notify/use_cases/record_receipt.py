"""Take in a provider's receipt: in any order, any number of times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services.notify.domain.outcomes import Answer, Outcome, after_receipt, outcome_of
from services.notify.domain.values import UNSENT, State
from services.notify.store import messages, people
from services.notify.tables import MessageRow
from services.notify.use_cases.announce_outcome import announce_delivered
from services.notify.use_cases.record_answer import treat


@dataclass(frozen=True, slots=True)
class Receipt:
    """One status callback: Twilio's word, its error code if any, and which attempt."""

    status: str
    sid: str
    attempt: int
    code: int | None = None


def record_receipt(session: Session, message_id: str, receipt: Receipt, *, now: datetime) -> None:
    """Let the receipt resolve, deliver or fail the message. Raises LookupError if unknown."""
    found = messages.find_message(session, message_id)
    if found is None:
        raise LookupError(f"no message {message_id}")
    people.lock_person(session, found.person_id)
    row = messages.lock_message(session, message_id)
    mark = f"{receipt.attempt}:{receipt.status}"[:40]
    if receipt.attempt != row.attempts:
        _about_an_earlier_attempt(session, row, receipt, mark, now=now)
        return
    row.provider_sid = row.provider_sid or receipt.sid
    state = after_receipt(State(row.state), receipt.status)
    if state == row.state:
        return
    if state is State.FAILED:
        _failed(session, row, receipt, mark, now=now)
    else:
        _moved_on(session, row, state, mark, now=now)


def _moved_on(session: Session, row: MessageRow, state: State, mark: str, *, now: datetime) -> None:
    messages.settle(row, state, now=now)
    row.left_at = row.left_at or now
    messages.tell(session, row.id, state.value, now=now, detail="receipt", mark=mark)
    if state is State.DELIVERED:
        announce_delivered(session, row, now=now)


def _failed(
    session: Session, row: MessageRow, receipt: Receipt, mark: str, *, now: datetime
) -> None:
    """A proven failure: its code says whether it is final, an opt-out, or tried once more."""
    if not messages.tell(session, row.id, "receipt", now=now, detail=receipt.status, mark=mark):
        return
    outcome = outcome_of(receipt.code, None)
    if outcome in (Outcome.UNKNOWN_ERROR, Outcome.AMBIGUOUS):
        outcome = Outcome.PERMANENT if receipt.code is None else Outcome.UNKNOWN_ERROR
    answer = Answer(outcome, sid=receipt.sid, code=receipt.code, detail=receipt.status)
    treat(session, row, answer, now=now)


def _about_an_earlier_attempt(
    session: Session, row: MessageRow, receipt: Receipt, mark: str, *, now: datetime
) -> None:
    """Only that it arrived after all matters, and only while the next has not been called."""
    if receipt.status in ("delivered", "read") and row.state in UNSENT and row.attempts > 0:
        _moved_on(session, row, State.DELIVERED, mark, now=now)

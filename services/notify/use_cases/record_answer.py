"""Write down what a provider answered, and do what that answer asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.notify.domain.outcomes import (
    ALERTING_CODES,
    LATER_RETRY,
    UNKNOWN_PATIENCE,
    Answer,
    Outcome,
    retry_delay,
)
from services.notify.domain.values import Channel, Reason, State
from services.notify.store import channels, messages, people
from services.notify.tables import MessageRow
from services.notify.use_cases.announce_outcome import (
    announce_delivered,
    announce_failed,
    raise_alert,
)
from services.notify.use_cases.fall_back import fall_back_to_email
from services.notify.use_cases.set_opt_out import set_opt_out
from shared.db import entropy_of

HALT = timedelta(minutes=15)
"""How long a configuration error stops a channel before one message tries it again."""

_OPEN = (State.CALLING, State.UNKNOWN)


def record_answer(session: Session, message_id: str, answer: Answer, *, now: datetime) -> None:
    """Record the answer to a call. A receipt may have come first; it is not undone."""
    found = messages.find_message(session, message_id)
    if found is None:
        return
    people.lock_person(session, found.person_id)
    row = messages.lock_message(session, message_id)
    row.provider_sid = answer.sid or row.provider_sid
    if row.state in _OPEN:
        treat(session, row, answer, now=now)


def treat(session: Session, row: MessageRow, answer: Answer, *, now: datetime) -> None:
    """Do what the outcome asks for, and tell it in the message's story."""
    _TREATMENTS[answer.outcome](session, row, answer, now)
    row.changed_at = now


def _accepted(session: Session, row: MessageRow, answer: Answer, now: datetime) -> None:
    messages.settle(row, State.ACCEPTED, now=now)
    row.left_at = now
    messages.tell(session, row.id, "accepted", now=now, detail=answer.detail or None)
    if row.channel == Channel.EMAIL or answer.detail == "captured":
        announce_delivered(session, row, reason=answer.detail or "accepted", now=now)


def _fail(session: Session, row: MessageRow, answer: Answer, now: datetime) -> None:
    reason = str(answer.code) if answer.code else answer.detail or answer.outcome.value
    messages.settle(row, State.FAILED, now=now, reason=reason[:80])
    messages.tell(session, row.id, "failed", now=now, detail=reason[:160])
    announce_failed(session, row, reason=reason, now=now)
    fall_back_to_email(session, row, now=now)


def _permanent(session: Session, row: MessageRow, answer: Answer, now: datetime) -> None:
    _fail(session, row, answer, now)
    if answer.code in ALERTING_CODES:
        raise_alert(session, row, "A carrier filtered one of our texts", now=now)


def _unknown_error(session: Session, row: MessageRow, answer: Answer, now: datetime) -> None:
    _fail(session, row, answer, now)
    raise_alert(session, row, "A message was refused for a reason we do not know", now=now)


def _opted_out(session: Session, row: MessageRow, answer: Answer, now: datetime) -> None:
    messages.settle(row, State.SUPPRESSED, now=now, reason=Reason.OPTED_OUT)
    messages.tell(session, row.id, "suppressed", now=now, detail="21610")
    if row.to_hash is not None:
        set_opt_out(session, row.to_hash, standing=True, method="provider", now=now)
    fall_back_to_email(session, row, now=now)


def _configuration(session: Session, row: MessageRow, answer: Answer, now: datetime) -> None:
    channel = channels.lock_channel(session, Channel(row.channel), now=now)
    reason = str(answer.code or answer.detail or "configuration")[:80]
    news = channels.halt(channel, reason, now=now, for_=HALT)
    _again(session, row, now + HALT, kind="halted", detail=reason, now=now)
    if news:
        words = "Texts" if row.channel == Channel.SMS else "Emails"
        raise_alert(session, row, f"{words} are not being sent: check the settings", now=now)


def _too_late(session: Session, row: MessageRow, _answer: Answer, now: datetime) -> None:
    messages.settle(row, State.EXPIRED, now=now, reason=Reason.TOO_LATE)
    messages.tell(session, row.id, "expired", now=now, detail=Reason.TOO_LATE)
    fall_back_to_email(session, row, now=now)


def _retry(session: Session, row: MessageRow, answer: Answer, now: datetime) -> None:
    spread = entropy_of(session).uniform(0.8, 1.2)
    wait = retry_delay(row.attempts, spread)
    if answer.retry_after is not None and row.attempts > 1:
        wait = max(wait, answer.retry_after)
    detail = str(answer.code or answer.detail or "retry")
    _again(session, row, now + wait, kind="retry", detail=detail, now=now)


def _retry_later(session: Session, row: MessageRow, answer: Answer, now: datetime) -> None:
    if row.attempts > 1:
        _fail(session, row, answer, now)
        return
    _again(session, row, now + LATER_RETRY, kind="retry", detail=str(answer.code), now=now)


def _ambiguous(session: Session, row: MessageRow, answer: Answer, now: datetime) -> None:
    row.state, row.reason = State.UNKNOWN.value, (answer.detail or "no-answer")[:80]
    row.wake_at = (row.called_at or now) + UNKNOWN_PATIENCE
    messages.tell(session, row.id, "unknown", now=now, detail=row.reason)


def _again(
    session: Session, row: MessageRow, at: datetime, *, kind: str, detail: str, now: datetime
) -> None:
    """Proven not to have been accepted: it may be called again at `at`, if still useful."""
    if at >= row.expires_at:
        messages.settle(row, State.EXPIRED, now=now, reason=Reason.TOO_LATE)
        messages.tell(session, row.id, "expired", now=now, detail=detail)
        fall_back_to_email(session, row, now=now)
        return
    row.state, row.lease, row.reason = State.PLANNED.value, None, kind
    row.send_at = row.wake_at = at
    row.provider_sid = None
    messages.tell(session, row.id, kind, now=now, detail=detail)


_Treatment = Callable[[Session, MessageRow, Answer, datetime], None]
_TREATMENTS: dict[Outcome, _Treatment] = {
    Outcome.ACCEPTED: _accepted,
    Outcome.PERMANENT: _permanent,
    Outcome.OPTED_OUT: _opted_out,
    Outcome.CONFIGURATION: _configuration,
    Outcome.TOO_LATE: _too_late,
    Outcome.RETRY: _retry,
    Outcome.RETRY_LATER: _retry_later,
    Outcome.AMBIGUOUS: _ambiguous,
    Outcome.UNKNOWN_ERROR: _unknown_error,
}

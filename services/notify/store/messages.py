"""Messages, their states and their stories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from services.notify.domain.replan import Existing
from services.notify.domain.values import (
    REVIVABLE,
    UNSENT,
    Channel,
    MessageId,
    MessageKey,
    PersonId,
    PlannedMessage,
    Reason,
    SentText,
    State,
)
from services.notify.tables import InboundRow, MessageRow, StepRow
from shared.db import entropy_of, insert_new

_MAY_HAVE_LEFT = ("calling", "unknown", "accepted", "delivered")
_CAP_MEMORY = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What a new row holds besides its plan: who wants it, and from which facts it is said."""

    planned: bool
    snapshot: dict[str, Any] | None = None


def add_message(
    session: Session, wanted: PlannedMessage, new: NewMessage, *, now: datetime
) -> MessageId | None:
    """Store a wanted (or deliberately dropped) message; None when its key exists already."""
    message_id = MessageId(entropy_of(session).uuid())
    row = {
        "id": message_id,
        "source": wanted.key.source,
        "occasion": wanted.key.occasion,
        "purpose": str(wanted.key.purpose),
        "channel": str(wanted.key.channel),
        "person_id": wanted.key.person_id,
        "revision": wanted.revision,
        "planned": new.planned,
        "snapshot": new.snapshot,
        "attempts": 0,
        "created_at": now,
        "changed_at": now,
        **_plan_values(wanted),
    }
    if not insert_new(session, MessageRow.__table__, [row]):
        return None
    _tell_plan(session, message_id, wanted, now=now)
    return message_id


def alter_message(
    session: Session, message_id: MessageId, wanted: PlannedMessage, *, now: datetime
) -> None:
    """Let an unsent message follow its new plan."""
    row = lock_message(session, message_id)
    for name, value in _plan_values(wanted).items():
        setattr(row, name, value)
    row.lease, row.changed_at = None, now
    _tell_plan(session, message_id, wanted, now=now)


def drop_message(session: Session, message_id: MessageId, reason: Reason, *, now: datetime) -> None:
    """Take an unsent message out of the plan."""
    row = lock_message(session, message_id)
    settle(row, State.DROPPED, now=now, reason=reason)
    tell(session, message_id, "dropped", now=now, detail=reason)


def existing_of(session: Session, person_id: str) -> list[Existing]:
    """The person's messages as planning looks at them, locked until the commit.

    Those that came from single events and not from a plan are left out.
    """
    query = (
        select(MessageRow)
        .where(MessageRow.person_id == person_id, MessageRow.planned.is_(True))
        .order_by(MessageRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return [_existing(row) for row in session.scalars(query)]


def sent_texts(session: Session, person_id: str, *, now: datetime) -> list[SentText]:
    """The counted texts that have left, or may have, in the last days."""
    query = select(MessageRow).where(
        MessageRow.person_id == person_id,
        MessageRow.channel == "sms",
        MessageRow.counted.is_(True),
        MessageRow.state.in_(_MAY_HAVE_LEFT),
        MessageRow.called_at > now - _CAP_MEMORY,
    )
    return [
        SentText(key=key_of(row), at=row.called_at)
        for row in session.scalars(query)
        if row.called_at is not None
    ]


def lock_message(session: Session, message_id: str) -> MessageRow:
    """The message's row, locked. Raises `LookupError` when there is none."""
    query = select(MessageRow).where(MessageRow.id == message_id).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise LookupError(f"no message {message_id}")
    return row


def find_message(session: Session, message_id: str) -> MessageRow | None:
    """The message's row, if there is one."""
    return session.get(MessageRow, message_id)


def unsent_texts_of(session: Session, person_ids: Sequence[str]) -> Sequence[MessageRow]:
    """Texts to these people that are still waiting; locked."""
    query = select(MessageRow).where(
        MessageRow.person_id.in_(person_ids),
        MessageRow.channel == "sms",
        MessageRow.state.in_(("planned", "claimed")),
    )
    return session.scalars(query.order_by(MessageRow.id).with_for_update()).all()


def move_to(session: Session, away: str, into: str, *, now: datetime) -> None:
    """Let another person have one person's messages, sent or not.

    Where both have the same one, the one that may have left holds, so that it is sent once.
    """
    texts = update(InboundRow).where(InboundRow.person_id == away)
    session.execute(texts.values(person_id=into))
    theirs = {_unaddressed(row): row for row in _locked_of(session, into)}
    for row in _locked_of(session, away):
        other = theirs.get(_unaddressed(row))
        if other is None:
            row.person_id = into
        elif row.state in UNSENT:
            settle(row, State.DROPPED, now=now, reason=Reason.SUPERSEDED)
            tell(session, row.id, "dropped", now=now, detail=Reason.SUPERSEDED)
        elif row.state not in REVIVABLE and other.state in UNSENT | REVIVABLE:
            session.execute(delete(StepRow).where(StepRow.message_id == other.id))
            session.delete(other)
            session.flush()
            row.person_id = into
    session.flush()


def _locked_of(session: Session, person_id: str) -> Sequence[MessageRow]:
    query = select(MessageRow).where(MessageRow.person_id == person_id)
    locked = query.order_by(MessageRow.id).with_for_update()
    return session.scalars(locked.execution_options(populate_existing=True)).all()


def _unaddressed(row: MessageRow) -> MessageKey:
    """What it is, to whomever."""
    return replace(key_of(row), person_id=PersonId(""))


def email_exists(session: Session, row: MessageRow) -> bool:
    """Whether this purpose was, or will be, emailed for the same occasion."""
    query = select(func.count()).where(
        MessageRow.source == row.source,
        MessageRow.occasion == row.occasion,
        MessageRow.purpose == row.purpose,
        MessageRow.person_id == row.person_id,
        MessageRow.channel == "email",
    )
    return bool(session.scalar(query.select_from(MessageRow)))


def settle(row: MessageRow, state: State, *, now: datetime, reason: str | None = None) -> None:
    """Put a message into a state in which nothing more happens by itself."""
    row.state, row.reason, row.wake_at, row.lease = state.value, reason, None, None
    row.changed_at = now


def tell(
    session: Session,
    message_id: str,
    kind: str,
    *,
    now: datetime,
    detail: str | None = None,
    mark: str | None = None,
) -> bool:
    """Add a step to a message's story; false when `mark` says it is told already."""
    row = {"message_id": message_id, "at": now, "kind": kind, "detail": detail, "mark": mark}
    return bool(insert_new(session, StepRow.__table__, [row]))


def key_of(row: MessageRow) -> MessageKey:
    """The row's key."""
    return MessageKey(
        source=row.source,
        occasion=row.occasion,
        purpose=row.purpose,
        channel=Channel(row.channel),
        person_id=PersonId(row.person_id),
    )


def _existing(row: MessageRow) -> Existing:
    return Existing(
        id=MessageId(row.id),
        key=key_of(row),
        state=State(row.state),
        due_at=row.due_at,
        send_at=row.send_at,
        expires_at=row.expires_at,
        reason=Reason(row.reason) if row.reason in set(Reason) else None,
    )


def _plan_values(wanted: PlannedMessage) -> dict[str, Any]:
    state = _planned_state(wanted)
    return {
        "state": state.value,
        "reason": wanted.reason.value if wanted.reason else None,
        "due_at": wanted.due_at,
        "send_at": wanted.send_at,
        "expires_at": wanted.expires_at,
        "wake_at": wanted.send_at if state is State.PLANNED else None,
        "counted": wanted.counted,
        "any_hour": wanted.any_hour,
        "rank": wanted.rank,
    }


def _tell_plan(
    session: Session, message_id: MessageId, wanted: PlannedMessage, *, now: datetime
) -> None:
    tell(session, message_id, _planned_state(wanted).value, now=now, detail=wanted.reason)


def _planned_state(wanted: PlannedMessage) -> State:
    if not wanted.dropped:
        return State.PLANNED
    special = {Reason.OPTED_OUT: State.SUPPRESSED, Reason.TOO_LATE: State.EXPIRED}
    return special.get(wanted.reason, State.DROPPED) if wanted.reason else State.DROPPED

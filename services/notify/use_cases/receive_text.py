"""Take in a text that somebody sent us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notify.domain.replies import Intent, intent_of, is_cancel
from services.notify.keys import Keys
from services.notify.store import appointments, messages, people
from services.notify.tables import InboundRow, MessageRow
from services.notify.use_cases.plan_person import plan_person
from services.notify.use_cases.set_opt_out import set_opt_out
from shared.bus import outbox
from shared.db import entropy_of, insert_new
from shared.events import ReplyReceived, StaffAlerted

_Published = Literal["confirm", "ride_arranged", "opt_out", "other"]
_LETTERS: dict[Intent, tuple[str, str, _Published]] = {
    Intent.CONFIRM: ("C", "confirmed", "confirm"),
    Intent.RIDE: ("R", "ride_arranged", "ride_arranged"),
}


@dataclass(frozen=True, slots=True)
class Inbound:
    """A text as the provider hands it over. `sender` is E.164."""

    sid: str
    sender: str
    body: str
    opt_out_type: str = ""


def receive_text(session: Session, text: Inbound, *, keys: Keys, now: datetime) -> None:
    """Record it once and act on it: stop, start, a letter we asked for, or staff."""
    phone_hash = keys.phone(text.sender)
    intent = intent_of(text.body, opt_out_type=text.opt_out_type)
    row = {
        "sid": text.sid,
        "at": now,
        "phone_hash": phone_hash,
        "sender": text.sender,
        "body": text.body,
        "intent": intent.value,
    }
    if not insert_new(session, InboundRow.__table__, [row]):
        return
    if intent in (Intent.STOP, Intent.START):
        set_opt_out(session, phone_hash, standing=intent is Intent.STOP, method="reply", now=now)
    bound = _bind(session, phone_hash, intent, now=now)
    _answer(session, text, phone_hash, intent, bound, now=now)


def _bind(session: Session, phone_hash: str, intent: Intent, *, now: datetime) -> MessageRow | None:
    """The one text that asked for this letter, whose appointment is to come and unchanged."""
    if intent not in _LETTERS:
        return None
    letter, what, _ = _LETTERS[intent]
    asked = [
        row
        for row in _texts_to(session, phone_hash)
        if row.asks == letter and _still_to_come(session, row, now=now)
    ]
    if len({(row.source, row.person_id) for row in asked}) != 1:
        return None
    row = asked[0]
    appointments.remark(session, row.source, row.person_id, what=what, revision=row.revision)
    plan_person(session, row.person_id, now=now)
    return row


def _texts_to(session: Session, phone_hash: str) -> Sequence[MessageRow]:
    """Texts that may have reached this number, newest first."""
    query = select(MessageRow).where(
        MessageRow.to_hash == phone_hash,
        MessageRow.state.in_(("calling", "unknown", "accepted", "delivered")),
    )
    return session.scalars(query.order_by(MessageRow.called_at.desc())).all()


def _still_to_come(session: Session, row: MessageRow, *, now: datetime) -> bool:
    appointment = appointments.get_appointment(session, row.source, row.person_id)
    return (
        appointment is not None
        and appointment.revision == row.revision
        and appointment.status == "scheduled"
        and appointment.starts_at > now
    )


def _answer(
    session: Session,
    text: Inbound,
    phone_hash: str,
    intent: Intent,
    bound: MessageRow | None,
    *,
    now: datetime,
) -> None:
    """Link the text to what it answers, publish it, and call staff where only they can act."""
    person_id = bound.person_id if bound else _sender(session, phone_hash)
    inbound = session.get_one(InboundRow, text.sid)
    inbound.person_id = person_id
    if bound is not None:
        inbound.message_id = bound.id
        messages.tell(session, bound.id, "reply", now=now, detail=intent.value)
    if person_id is None or (intent is Intent.STOP and is_cancel(text.body)):
        _alert(session, "A text needs a look", now=now)
    if person_id is None or intent is Intent.START:
        return
    meaning: _Published = "opt_out" if intent is Intent.STOP else "other"
    reply = ReplyReceived(
        reply_id=text.sid,
        person_id=person_id,
        source_id=bound.source if bound else None,
        revision=bound.revision if bound else None,
        intent=_LETTERS[intent][2] if bound else meaning,
    )
    outbox.add(session, reply, now=now)


def _sender(session: Session, phone_hash: str) -> str | None:
    """Whoever was last texted at this number, or else the one person who gave it."""
    for row in _texts_to(session, phone_hash):
        if not row.person_id.startswith("staff:"):
            return row.person_id
    owners = people.people_with_phone(session, phone_hash)
    return owners[0] if len(owners) == 1 else None


def _alert(session: Session, title: str, *, now: datetime) -> None:
    event = StaffAlerted(
        alert_id=entropy_of(session).uuid(),
        roles=("coordinator",),
        severity="warning",
        title=title,
        url="/notify/messages/",
    )
    outbox.add(session, event, now=now)

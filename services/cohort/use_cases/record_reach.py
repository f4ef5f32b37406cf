"""Take note of how messages reach people and what they answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from services.cohort.store.people import standing_id
from services.cohort.store.reach import remember_reach, remember_reply, set_no_texts
from shared.events import (
    ContactOptedIn,
    ContactOptedOut,
    MessageDelivered,
    MessageFailed,
    ReplyReceived,
)


def record_message(
    session: Session, event: MessageDelivered | MessageFailed, *, at: datetime
) -> None:
    """Keep whether the person's latest message on its channel arrived."""
    remember_reach(
        session,
        standing_id(session, event.person_id),
        event.channel,
        reached=isinstance(event, MessageDelivered),
        reason=event.reason[:200] if event.reason else None,
        at=at,
    )


def record_reply(session: Session, event: ReplyReceived, *, at: datetime) -> None:
    """Keep the answer for the person's page; urgent ones notify itself brings to staff."""
    person_id = standing_id(session, event.person_id)
    remember_reply(session, event.model_copy(update={"person_id": person_id}), at=at)


def record_opt_out(session: Session, event: ContactOptedOut | ContactOptedIn) -> None:
    """Keep who asked for no texts, or lifted that."""
    stopped = event.person_ids if isinstance(event, ContactOptedOut) else ()
    people = dict.fromkeys(standing_id(session, each) for each in stopped)
    set_no_texts(session, event.phone_hash, tuple(people))

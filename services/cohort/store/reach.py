"""Whether messages reach people, what they answered, and who asked for no texts.

Such news may come before anything else about a person, so its rows refer to nobody.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.cohort.tables import NoTextsRow, ReachRow, ReplyRow
from shared.db import insert_new
from shared.events import ReplyReceived

Channel = Literal["sms", "email"]


def remember_reach(
    session: Session,
    person_id: str,
    channel: Channel,
    *,
    reached: bool,
    reason: str | None,
    at: datetime,
) -> None:
    """Keep what became of the person's latest message on this channel, `at` being when (UTC).

    Of two messages in the same instant the failure is kept.
    """
    values = {"reached": reached, "reason": reason, "at": at}
    new = {"person_id": person_id, "channel": channel, **values}
    if insert_new(session, ReachRow.__table__, [new]):
        return
    row = session.get_one(
        ReachRow, (person_id, channel), with_for_update=True, populate_existing=True
    )
    if (at, not reached, reason or "") > (row.at, not row.reached, row.reason or ""):
        row.reached, row.reason, row.at = reached, reason, at
        session.flush()


def move_reach(session: Session, away: str, into: str) -> None:
    """What is known of reaching one person holds for another, who is the same."""
    for row in session.scalars(select(ReachRow).where(ReachRow.person_id == away)).all():
        channel: Channel = "sms" if row.channel == "sms" else "email"
        remember_reach(session, into, channel, reached=row.reached, reason=row.reason, at=row.at)
        forget_reach(session, away, channel)
    replies = update(ReplyRow).where(ReplyRow.person_id == away).values(person_id=into)
    session.execute(replies)
    stopped = session.scalars(select(NoTextsRow.phone_hash).where(NoTextsRow.person_id == away))
    rows = [{"phone_hash": each, "person_id": into} for each in stopped.all()]
    insert_new(session, NoTextsRow.__table__, rows)
    session.execute(delete(NoTextsRow).where(NoTextsRow.person_id == away))


def forget_reach(session: Session, person_id: str, channel: Channel) -> None:
    """Nothing is known of a new number or address yet."""
    session.execute(
        delete(ReachRow).where(ReachRow.person_id == person_id, ReachRow.channel == channel)
    )


def remember_reply(session: Session, event: ReplyReceived, *, at: datetime) -> None:
    """Keep that a person answered a text, and what they meant."""
    new = {
        "reply_id": event.reply_id,
        "person_id": event.person_id,
        "intent": event.intent,
        "urgent": event.urgent,
        "at": at,
    }
    insert_new(session, ReplyRow.__table__, [new])


def set_no_texts(session: Session, phone_hash: str, person_ids: tuple[str, ...]) -> None:
    """Exactly these people have asked, from this number, for no texts."""
    session.execute(delete(NoTextsRow).where(NoTextsRow.phone_hash == phone_hash))
    rows = [{"phone_hash": phone_hash, "person_id": each} for each in person_ids]
    insert_new(session, NoTextsRow.__table__, rows)

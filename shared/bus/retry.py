"""Tries failed events again, ever more rarely, and declares them dead after eight tries."""

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared.bus.burial import alert_dead
from shared.bus.inbox import MAX_TRIES, Inbox, next_try, raise_if_away, said
from shared.db import Database
from shared.db.common import inbox
from shared.db.types import opened, sealed_text
from shared.events.envelope import parse
from shared.logs import where

BATCH = 20

log = structlog.get_logger()


class RetryFailed:
    """One service's step that goes over its failed events."""

    def __init__(self, database: Database, door: Inbox) -> None:
        self._database = database
        self._door = door

    def step(self, now: datetime) -> bool:
        """Try up to 20 that are due; True when more may wait."""
        due = (
            select(inbox.c.event_id)
            .where(inbox.c.status == "failed", inbox.c.next_try_at <= now)
            .order_by(inbox.c.next_try_at)
            .limit(BATCH)
        )
        with self._database.reading() as session:
            ids = session.scalars(due).all()
        for event_id in ids:
            self._try(event_id, now)
        return len(ids) == BATCH

    def _try(self, event_id: str, now: datetime) -> None:
        try:
            self._database.run(lambda session: self._apply(session, event_id, now))
        except Exception as error:
            raise_if_away(self._database, error)
            failure = error
            self._database.run(lambda session: _failed_again(session, event_id, failure, now))

    def _apply(self, session: Session, event_id: str, now: datetime) -> None:
        row = _locked(session, event_id, now)
        if row is None:
            return
        status = self._door.apply(session, parse(opened(session, row.envelope)), now)
        done = {"status": status, "handled_at": now} | FORGOTTEN
        session.execute(update(inbox).where(inbox.c.event_id == event_id).values(done))


FORGOTTEN = {"envelope": None, "error": None, "next_try_at": None}
"""An event that is done with keeps its id and nothing that was in it."""


def _locked(session: Session, event_id: str, now: datetime) -> Any:
    """The failed row, locked; None when another worker has it, or has tried it already."""
    query = select(
        inbox.c.type, inbox.c.attempts, sealed_text(inbox.c.envelope).label("envelope")
    ).where(inbox.c.event_id == event_id, inbox.c.status == "failed", inbox.c.next_try_at <= now)
    return session.execute(query.with_for_update(skip_locked=True)).first()


def _failed_again(session: Session, event_id: str, error: Exception, now: datetime) -> None:
    row = _locked(session, event_id, now)
    if row is None:
        return
    attempts = row.attempts + 1
    dead = attempts >= MAX_TRIES
    log.error("event failed", event_id=event_id, type=row.type, tries=attempts, where=where(error))
    values = {
        "attempts": attempts,
        "error": said(error),
        "status": "dead" if dead else "failed",
        "next_try_at": None if dead else next_try(session, attempts, now),
    }
    session.execute(update(inbox).where(inbox.c.event_id == event_id).values(values))
    if dead:
        alert_dead(session, row.type, now)

"""Events come in through the inbox: handling one and remembering its id is one transaction."""

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shared.bus.burial import bury
from shared.db import Database, entropy_of, insert_new
from shared.db.common import inbox, inbox_subject
from shared.events.base import Event
from shared.events.envelope import BadEnvelope, Envelope, parse

E = TypeVar("E", bound=Event)

MAX_TRIES = 8
FIRST_RETRY_S = 1.0
LAST_RETRY_S = 3600.0
_SQLITE_AWAY = ("locked", "full", "readonly", "disk i/o", "unable to open")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Meta:
    """What a handler may want to know of the event besides its data."""

    event_id: str
    source: str
    occurred_at: datetime
    now: datetime
    sequence: int | None


Handler = Callable[[Session, E, Meta], None]


class DatabaseAway(Exception):
    """The service's database can't be used now; that is no fault of the event."""

    slug = "database-away"


class Inbox:
    """One service's inbox over its subscriptions."""

    def __init__(
        self, database: Database, subscriptions: Mapping[type[Event], Handler[Any]]
    ) -> None:
        self._database = database
        self._subscriptions = subscriptions

    def take(self, bodies: Sequence[bytes], now: datetime) -> None:
        """Handle these messages, all in one transaction, or one by one if that fails.

        Afterwards each is handled, or stands in the inbox as failed or dead.
        Raises `DatabaseAway`, and then none of them may be acknowledged.
        """
        envelopes = [each for each in (self._parsed(body, now) for body in bodies) if each]
        try:
            with self._database.transaction() as session:
                for each in envelopes:
                    self._handle(session, each, now)
        except Exception as error:
            raise_if_away(self._database, error)
            for each in envelopes:
                self._take_one(each, now)

    def apply(self, session: Session, envelope: Envelope, now: datetime) -> str:
        """Run the handler; "handled", or "superseded" when a newer state is known."""
        if not self._is_news(session, envelope):
            return "superseded"
        handler = self._subscriptions.get(type(envelope.event))
        if handler is not None:
            meta = Meta(envelope.id, envelope.source, envelope.time, now, envelope.sequence)
            handler(session, envelope.event, meta)
            session.flush()
        return "handled"

    def _parsed(self, body: bytes, now: datetime) -> Envelope | None:
        try:
            return parse(body)
        except BadEnvelope as error:
            try:
                with self._database.transaction() as session:
                    bury(session, body, str(error), now)
            except Exception as failure:
                raise_if_away(self._database, failure)
                raise
            return None

    def _take_one(self, envelope: Envelope, now: datetime) -> None:
        try:
            self._database.run(lambda session: self._handle(session, envelope, now))
        except Exception as error:
            raise_if_away(self._database, error)
            self._remember_failure(envelope, error, now)

    def _handle(self, session: Session, envelope: Envelope, now: datetime) -> None:
        row = _row(envelope, now) | {"status": "handled", "handled_at": now}
        if not insert_new(session, inbox, [row]):
            return
        status = self.apply(session, envelope, now)
        if status != "handled":
            known = inbox.c.event_id == envelope.id
            session.execute(update(inbox).where(known).values(status=status))

    def _is_news(self, session: Session, envelope: Envelope) -> bool:
        """Take note of a state event's sequence; False when one as high is known."""
        if envelope.sequence is None:
            return True
        module = sqlite if self._database.is_sqlite else postgresql
        statement = module.insert(inbox_subject).values(
            source=envelope.source, subject=envelope.event.subject, sequence=envelope.sequence
        )
        newest = statement.on_conflict_do_update(
            index_elements=["source", "subject"],
            set_={"sequence": statement.excluded.sequence},
            where=inbox_subject.c.sequence < statement.excluded.sequence,
        )
        return session.execute(newest.returning(inbox_subject.c.sequence)).first() is not None

    def _remember_failure(self, envelope: Envelope, error: Exception, now: datetime) -> None:
        log.error("event failed", event_id=envelope.id, type=envelope.type, where=where(error))
        with self._database.transaction() as session:
            failed = {
                "status": "failed",
                "attempts": 1,
                "next_try_at": next_try(session, 1, now),
                "error": said(error),
                "envelope": envelope.to_json(),
            }
            insert_new(session, inbox, [_row(envelope, now) | failed])


def raise_if_away(database: Database, error: Exception) -> None:
    """Raise `DatabaseAway` when `error` means that the database itself can't be used."""
    if isinstance(error, DatabaseAway):
        raise error
    if not isinstance(error, DBAPIError):
        return
    message = str(error.orig).lower()
    if database.is_sqlite and any(word in message for word in _SQLITE_AWAY):
        raise DatabaseAway(message) from error
    try:
        database.ping()
    except Exception as failure:
        raise DatabaseAway(str(failure)) from error


def next_try(session: Session, attempts: int, now: datetime) -> datetime:
    """When to try again after `attempts` failures: 1 s, 4 s, … 1 h, spread by ±20 %."""
    wait = min(FIRST_RETRY_S * 4 ** (attempts - 1), LAST_RETRY_S)
    return now + timedelta(seconds=wait * entropy_of(session).uniform(0.8, 1.2))


def said(error: BaseException) -> str:
    """The error as staff read it (stored sealed: it may repeat data)."""
    return f"{type(error).__name__}: {str(error)[:400]} ({where(error)})"


def where(error: BaseException) -> str:
    """The error's class and the place that raised it; nothing of its message."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename.rsplit('/', 3)[-1]}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} at {place}"


def _row(envelope: Envelope, now: datetime) -> dict[str, Any]:
    return {
        "event_id": envelope.id,
        "type": envelope.type,
        "source": envelope.source,
        "subject": envelope.event.subject,
        "sequence": envelope.sequence,
        "received_at": now,
        "attempts": 0,
    }

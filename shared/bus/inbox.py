"""Events come in through the inbox: handling one and remembering its id is one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from shared.bus.burial import bury
from shared.db import Database, entropy_of, insert_new
from shared.db.common import inbox, inbox_subject
from shared.events.base import Event
from shared.events.envelope import BadEnvelope, Envelope, parse
from shared.logs import where

E = TypeVar("E", bound=Event)

MAX_TRIES = 8
FIRST_RETRY_S = 1.0
LAST_RETRY_S = 3600.0
# Connection, resources, operator and system trouble; read-only; a lock nobody gave us in time
# (PostgreSQL, appendix A).
_POSTGRES_AWAY = frozenset({"08", "53", "57", "58", "25006", "55P03"})
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


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A message as it came, and what it says."""

    body: bytes
    envelope: Envelope


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
        arrived = [each for each in (self._parsed(body, now) for body in bodies) if each]
        try:
            with self._database.transaction() as session:
                for each in arrived:
                    self._handle(session, each.envelope, now)
        except Exception as error:
            raise_if_away(self._database, error)
            for each in arrived:
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

    def _parsed(self, body: bytes, now: datetime) -> _Arrived | None:
        try:
            return _Arrived(body, parse(body))
        except BadEnvelope as error:
            self._bury(body, str(error), now)
            return None

    def _take_one(self, arrived: _Arrived, now: datetime) -> None:
        try:
            self._database.run(lambda session: self._handle(session, arrived.envelope, now))
        except Exception as error:
            raise_if_away(self._database, error)
            self._remember_failure(arrived, error, now)

    def _bury(self, body: bytes, reason: str, now: datetime) -> None:
        """Make it a dead row. Where not even that can be written, the database is at fault."""
        try:
            self._database.run(lambda session: bury(session, body, reason, now))
        except Exception as error:
            raise DatabaseAway(where(error)) from error

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

    def _remember_failure(self, arrived: _Arrived, error: Exception, now: datetime) -> None:
        """Keep it as failed, in the words it came in: a later release may know more of them."""
        envelope = arrived.envelope
        log.error("event failed", event_id=envelope.id, type=envelope.type, where=where(error))

        def remember(session: Session) -> None:
            failed = {
                "status": "failed",
                "attempts": 1,
                "next_try_at": next_try(session, 1, now),
                "error": said(error),
                "envelope": arrived.body.decode(),
            }
            insert_new(session, inbox, [_row(envelope, now) | failed])

        try:
            self._database.run(remember)
        except Exception as failure:
            raise_if_away(self._database, failure)
            self._bury(arrived.body, f"{said(error)}; nor can it be kept: {where(failure)}", now)


def raise_if_away(database: Database, error: Exception) -> None:
    """Raise `DatabaseAway` when `error` means that the database itself can't be used."""
    if isinstance(error, DatabaseAway):
        raise error
    if isinstance(error, PoolTimeout):
        raise DatabaseAway("no connection is free") from error
    if not isinstance(error, DBAPIError):
        return
    message = str(error.orig).lower()
    if database.is_sqlite and any(word in message for word in _SQLITE_AWAY):
        raise DatabaseAway(message) from error
    state = getattr(error.orig, "sqlstate", None) or ""
    if state[:2] in _POSTGRES_AWAY or state in _POSTGRES_AWAY:
        raise DatabaseAway(f"{type(error.orig).__name__} ({state})") from error
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

"""Publishes what stands in a service's outbox, in order, and marks it after the confirm.

An event that waits for its time may be withdrawn. When it is due, the relay first makes it an
ordinary row, in a transaction, and publishes it only if it was still there.
"""

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select, text, update
from sqlalchemy.orm import Session

from shared.bus.alerts import alert_once
from shared.bus.messages import Bus, BusAway, OutMessage
from shared.crypto import SealBroken
from shared.db import Database, service_of
from shared.db.common import outbox
from shared.db.types import opened, sealed_text
from shared.events import StaffAlerted

BATCH = 500
RETURNED_RETRY = timedelta(minutes=1)
_LOCK_KEY = 0x67726970  # "grip"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Due:
    """A row to publish; `body` is None when no configured key opens it."""

    id: int
    event_id: str
    type: str
    body: str | None
    returned_before: bool


@dataclass(frozen=True, slots=True)
class _Settled:
    """What became of a batch and still has to be written down."""

    sent: list[int]
    returned: list[_Due]


class Relay:
    """One service's relay. Any number may stand by; one at a time is active."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._alone = threading.Lock()
        self._away = False
        self._unmarked: _Settled | None = None

    def step(self, now: datetime) -> bool:
        """Publish up to 500 due events; True when more may wait."""
        with self._leading() as leads:
            return self._publish(now) if leads else False

    def _publish(self, now: datetime) -> bool:
        self._mark(now)
        rows = self._due(now)
        try:
            confirmed = self._send([row for row in rows if row.body is not None])
        except BusAway as error:
            if not self._away:
                log.warning("bus away", service=self._database.service, why=str(error))
            self._away = True
            return False
        if self._away:
            log.warning("bus back", service=self._database.service)
        self._away = False
        sent = [row.id for row in rows if row.event_id in confirmed]
        self._unmarked = _Settled(sent, [row for row in rows if row.event_id not in confirmed])
        self._mark(now)
        return len(rows) == BATCH

    def _send(self, rows: Sequence[_Due]) -> frozenset[str]:
        if not rows:
            self._bus.keep_alive()
            return frozenset()
        messages = [OutMessage(row.event_id, row.type, row.body or "") for row in rows]
        return self._bus.publish(messages).confirmed

    def _due(self, now: datetime) -> list[_Due]:
        query = (
            select(
                outbox.c.id,
                outbox.c.event_id,
                outbox.c.type,
                outbox.c.returned_at,
                outbox.c.created_at,
                outbox.c.available_at,
                sealed_text(outbox.c.envelope).label("sealed"),
            )
            .where(
                outbox.c.sent_at.is_(None),
                outbox.c.available_at <= now,
                or_(outbox.c.returned_at.is_(None), outbox.c.returned_at <= now - RETURNED_RETRY),
            )
            .order_by(outbox.c.id)
            .limit(BATCH)
        )
        with self._database.reading() as session:
            rows = session.execute(query).all()
            due = [
                _Due(
                    row.id,
                    row.event_id,
                    row.type,
                    _opened(session, row.sealed),
                    row.returned_at is not None,
                )
                for row in rows
            ]
        gone = self._withdrawn([row.id for row in rows if row.available_at > row.created_at])
        return [row for row in due if row.id not in gone]

    def _withdrawn(self, deferred: Sequence[int]) -> set[int]:
        """Take up rows whose time has come; those of them that were withdrawn meanwhile."""
        if not deferred:
            return set()
        mine = update(outbox).where(outbox.c.id.in_(deferred), outbox.c.sent_at.is_(None))
        mine = mine.values(available_at=outbox.c.created_at).returning(outbox.c.id)
        kept = self._database.run(lambda session: set(session.scalars(mine)))
        return set(deferred) - kept

    def _mark(self, now: datetime) -> None:
        """Write down what was published; while that fails, nothing more is published."""
        settled = self._unmarked
        if settled is None:
            return
        self._database.run(lambda session: _write_down(session, settled, now))
        self._unmarked = None

    @contextlib.contextmanager
    def _leading(self) -> Iterator[bool]:
        """Whether this relay is the active one, for the length of the block."""
        if not self._alone.acquire(blocking=False):
            yield False
            return
        try:
            if self._database.is_sqlite:
                yield True
            else:
                yield from self._with_advisory_lock()
        finally:
            self._alone.release()

    def _with_advisory_lock(self) -> Iterator[bool]:
        with self._database.engine.connect() as connection:
            key = {"key": _LOCK_KEY}
            leads = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key))
            connection.commit()
            try:
                yield leads
            finally:
                if leads:
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)
                    connection.commit()


def _write_down(session: Session, settled: _Settled, now: datetime) -> None:
    if settled.sent:
        chosen = outbox.c.id.in_(settled.sent)
        session.execute(update(outbox).where(chosen).values(sent_at=now))
    if not settled.returned:
        return
    chosen = outbox.c.id.in_([row.id for row in settled.returned])
    session.execute(update(outbox).where(chosen).values(returned_at=now))
    for row in settled.returned:
        if row.returned_before:
            continue
        service = service_of(session)
        if row.body is None:
            log.error("no key opens this event", service=service, event_id=row.event_id)
            title = "An event can't be read: a key is missing"
            alert_once(session, "sealed", title, severity="urgent", now=now)
        else:
            log.error("no queue takes this event", service=service, type=row.type)
            if row.type != StaffAlerted.TYPE:
                title = "An event finds no queue: they need to be declared again"
                alert_once(session, "unroutable", title, severity="warning", now=now)


def _opened(session: Session, sealed: str) -> str | None:
    try:
        return opened(session, sealed)
    except SealBroken:
        return None

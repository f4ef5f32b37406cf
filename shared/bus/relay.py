"""Publishes what stands in a service's outbox, in order, and marks it after the confirm."""

import contextlib
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import or_, select, text, update

from shared.bus import outbox as outbox_door
from shared.bus.messages import Bus, BusAway, OutMessage
from shared.db import Database, entropy_of
from shared.db.common import outbox
from shared.events import StaffAlerted

BATCH = 500
RETURNED_RETRY = timedelta(minutes=1)
_LOCK_KEY = 0x67726970  # "grip"

log = structlog.get_logger()


class Relay:
    """One service's relay. Any number may stand by; one at a time is active."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._alone = threading.Lock()
        self._away = False

    def step(self, now: datetime) -> bool:
        """Publish up to 500 due events; True when more may wait."""
        with self._leading() as leads:
            return self._publish(now) if leads else False

    def _publish(self, now: datetime) -> bool:
        rows = self._due(now)
        try:
            if not rows:
                self._bus.keep_alive()
                return False
            result = self._bus.publish(
                [OutMessage(row.event_id, row.type, row.envelope) for row in rows]
            )
        except BusAway as error:
            if not self._away:
                log.warning("bus away", service=self._database.service, why=str(error))
            self._away = True
            return False
        if self._away:
            log.info("bus back", service=self._database.service)
        self._away = False
        self._mark(rows, result.confirmed, now)
        return len(rows) == BATCH

    def _due(self, now: datetime) -> Sequence[Any]:
        query = (
            select(outbox)
            .where(
                outbox.c.sent_at.is_(None),
                outbox.c.available_at <= now,
                or_(outbox.c.returned_at.is_(None), outbox.c.returned_at <= now - RETURNED_RETRY),
            )
            .order_by(outbox.c.id)
            .limit(BATCH)
        )
        with self._database.reading() as session:
            return session.execute(query).all()

    def _mark(self, rows: Sequence[Any], confirmed: frozenset[str], now: datetime) -> None:
        sent = [row.id for row in rows if row.event_id in confirmed]
        returned = [row for row in rows if row.event_id not in confirmed]
        with self._database.transaction() as session:
            session.execute(update(outbox).where(outbox.c.id.in_(sent)).values(sent_at=now))
            ids = [row.id for row in returned]
            session.execute(update(outbox).where(outbox.c.id.in_(ids)).values(returned_at=now))
            for type_ in sorted({row.type for row in returned if row.returned_at is None}):
                log.error("no queue takes this event", service=self._database.service, type=type_)
                if type_ != StaffAlerted.TYPE:
                    alert = _unroutable(self._database.service, entropy_of(session).uuid())
                    outbox_door.add(session, alert, now=now)

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


def _unroutable(service: str, alert_id: str) -> StaffAlerted:
    return StaffAlerted(
        alert_id=alert_id,
        roles=("admin",),
        severity="warning",
        title="An event finds no queue: they need to be declared again",
        url=f"/{service}/operations/",
    )

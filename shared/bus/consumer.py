"""Moves messages from a service's queue into its inbox."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from shared.bus.burial import bury
from shared.bus.inbox import DatabaseAway, Handler, Inbox
from shared.bus.messages import Bus, BusAway, dead_queue, events_queue
from shared.db import Database
from shared.events.base import Event
from shared.heartbeat import beat
from shared.logs import where

BATCH = 50
FIRST_PROBE = timedelta(seconds=1)
LAST_PROBE = timedelta(seconds=30)

log = structlog.get_logger()


class Consumer:
    """One service's consumer; any number may run beside each other."""

    def __init__(
        self, database: Database, bus: Bus, subscriptions: Mapping[type[Event], Handler[Any]]
    ) -> None:
        self._database = database
        self._bus = bus
        self.inbox = Inbox(database, subscriptions)
        self._queue = events_queue(database.service)
        self._bus_away = False
        self._database_away = False
        self._patience = FIRST_PROBE
        self._probe_at = datetime.min.replace(tzinfo=UTC)

    @property
    def listens(self) -> bool:
        """Whether broker and database answered at the last step."""
        return not (self._bus_away or self._database_away)

    def step(self, now: datetime, *, wait: float = 0.0) -> bool:
        """Handle up to 50 messages; waits at most `wait` seconds for the first.

        True when there may be more.
        """
        if self._database_away and not self._is_back(now):
            return False
        try:
            deliveries = self._bus.receive(self._queue, limit=BATCH, wait=wait)
            if deliveries:
                self._take(deliveries, now)
            self._note_bus(away=False)
            return bool(deliveries) and not self._database_away
        except BusAway as error:
            self._note_bus(away=True, why=str(error))
            return False

    def _take(self, deliveries: list[Any], now: datetime) -> None:
        try:
            self.inbox.take([each.body for each in deliveries], now)
        except Exception as error:
            why = str(error)[:200] if isinstance(error, DatabaseAway) else where(error)
            log.error("database away", service=self._database.service, why=why)
            self._database_away = True
            self._patience = FIRST_PROBE
            self._probe_at = now + self._patience
            self._bus.release(deliveries)
            return
        self._bus.ack(deliveries)

    def _is_back(self, now: datetime) -> bool:
        """Whether the database takes a write again; asked ever more rarely.

        Reading would not tell: a full disk and a read-only stand-in answer SELECT 1. Taking and
        releasing events instead would use up the broker's patience with each of them.
        """
        if now < self._probe_at:
            return False
        try:
            with self._database.transaction() as session:
                beat(session, "probe", now)
        except Exception:
            self._patience = min(self._patience * 2, LAST_PROBE)
            self._probe_at = now + self._patience
            return False
        log.warning("database back", service=self._database.service)
        self._database_away = False
        return True

    def _note_bus(self, *, away: bool, why: str = "") -> None:
        if away and not self._bus_away:
            log.warning("bus away", service=self._database.service, why=why)
        self._bus_away = away


class DeadLetters:
    """Moves what the broker gave up delivering into dead rows, where staff can see it."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._queue = dead_queue(database.service)

    def step(self, now: datetime) -> bool:
        """Move up to 50; True when there may be more. Waits while the broker is away."""
        try:
            deliveries = self._bus.receive(self._queue, limit=BATCH, wait=0.0)
            try:
                for each in deliveries:
                    self._bury(each.body, now)
            except Exception:
                self._bus.release(deliveries)  # what was buried already is known by its id
                raise
            self._bus.ack(deliveries)
            return len(deliveries) == BATCH
        except BusAway:
            return False  # the relay and the consumer report that

    def _bury(self, body: bytes, now: datetime) -> None:
        self._database.run(
            lambda session: bury(session, body, "the broker gave up delivering it", now)
        )

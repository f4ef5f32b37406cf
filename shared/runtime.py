"""A service at work: its relay, its consumer and its periodic steps, as threads or by hand."""

import contextlib
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete

from shared import heartbeat
from shared.bus.consumer import Consumer, DeadLetters
from shared.bus.messages import Bus
from shared.bus.relay import Relay
from shared.bus.retry import RetryFailed
from shared.clock import Clock
from shared.db import NOTIFY_CHANNEL, Database
from shared.db.common import inbox, outbox, rate_limit
from shared.scheduler import Loop, Ticker
from shared.service import Job, Service

OUTBOX_KEPT = timedelta(days=14)
INBOX_KEPT = timedelta(days=60)
LIMITS_KEPT = timedelta(days=1)

log = structlog.get_logger()


class Worker:
    """Everything of one service that is not a web request."""

    def __init__(self, service: Service, bus: Bus) -> None:
        self.service = service
        self.relay = Relay(service.database, bus)
        self.consumer = Consumer(service.database, bus, service.subscriptions)
        retry = RetryFailed(service.database, self.consumer.inbox)
        dead = DeadLetters(service.database, bus)
        self.jobs: list[Job] = [
            Job("retry-failed", timedelta(seconds=1), retry.step),
            Job("dead-letters", timedelta(seconds=10), dead.step),
            Job("heartbeat", timedelta(seconds=15), self.beat),
            Job("forget-sent", timedelta(hours=1), self._forget),
            *service.jobs,
        ]

    def beat(self, now: datetime) -> bool:
        """Note that this service hears events, unless it does not."""
        if self.consumer.listens:
            with self.service.database.transaction() as session:
                heartbeat.beat(session, "consumer", now)
        return False

    def _forget(self, now: datetime) -> bool:
        """Delete what the event flow no longer needs: sent events, old ids, old counters."""
        with self.service.database.transaction() as session:
            session.execute(delete(outbox).where(outbox.c.sent_at < now - OUTBOX_KEPT))
            handled = inbox.c.status.in_(["handled", "superseded", "dropped"])
            old = inbox.c.received_at < now - INBOX_KEPT
            session.execute(delete(inbox).where(handled, old))
            session.execute(delete(rate_limit).where(rate_limit.c.window_start < now - LIMITS_KEPT))
        return False


class Runner:
    """Runs workers in threads until it is stopped."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._loops: list[Loop] = []
        self._listeners: list[Listener] = []
        self._workers: list[Worker] = []
        self._ticker = Ticker(clock)

    def add(self, worker: Worker) -> None:
        """Run this worker too."""
        name = worker.service.name
        self._workers.append(worker)
        wake = threading.Event()
        worker.service.database.on_commit(wake.set)
        if not worker.service.database.is_sqlite:
            self._listeners.append(Listener(worker.service.database, wake))
        self._loops.append(Loop(f"{name}-relay", worker.relay.step, self._clock, wake=wake))
        self._loops.append(
            Loop(
                f"{name}-consumer",
                lambda now: worker.consumer.step(now, wait=1.0),
                self._clock,
                pause_s=0.2,
            )
        )
        for job in worker.jobs:
            self.tick(f"{name}-{job.name}", job)

    def tick(self, name: str, job: Job) -> None:
        """Run a periodic step that belongs to no single service."""
        self._ticker.add(name, job)

    def _threads(self) -> list["Loop | Listener"]:
        return [*self._loops, *self._listeners]

    def start(self) -> None:
        """Begin."""
        for each in self._threads():
            each.start()
        for worker in self._workers:
            # Readiness should not have to wait for the first tick; a failure shows in the ticks.
            with contextlib.suppress(Exception):
                worker.beat(self._clock.now())
        self._ticker.start()

    def stop(self, within_s: float = 8.0) -> None:
        """Let every step that runs finish, at most `within_s` seconds in all."""
        until = time.monotonic() + within_s
        for each in self._threads():
            each.stop()
        self._ticker.stop(max(0.1, until - time.monotonic()))
        for each in self._threads():
            each.join(max(0.1, until - time.monotonic()))


class Listener:
    """Wakes a relay when another process commits events to the outbox (PostgreSQL LISTEN)."""

    def __init__(self, database: Database, wake: threading.Event) -> None:
        self._database = database
        self._wake = wake
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name=f"{database.service}-listen", daemon=True
        )

    def start(self) -> None:
        """Begin listening."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end."""
        self._stopping.set()

    def join(self, timeout_s: float) -> None:
        """Wait until it has ended."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except Exception as error:
                # The relay still polls every second; this only costs speed.
                log.warning("listen broke off", why=type(error).__name__)
                self._stopping.wait(1.0)

    def _listen(self) -> None:
        raw = self._database.engine.raw_connection()
        try:
            connection = raw.driver_connection
            assert connection is not None  # noqa: S101 - a live pool entry has one
            connection.autocommit = True
            connection.execute(f"LISTEN {NOTIFY_CHANNEL}")
            while not self._stopping.is_set():
                for _ in connection.notifies(timeout=1.0, stop_after=1):
                    self._wake.set()
        finally:
            raw.invalidate()


def settle(step: Callable[[], bool], *, at_most: int = 10_000) -> None:
    """Call `step` until it finds nothing more to do."""
    for _ in range(at_most):
        if not step():
            return
    raise RuntimeError(f"still not settled after {at_most} steps")

"""Drives all three services in one thread, at a time that the caller sets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import Client

from services.commands.serving import OneOrigin
from services.commands.system import System, build_system
from shared.bus.messages import Bus
from shared.clock import ManualClock
from shared.entropy import Entropy, SeededEntropy
from shared.runtime import Worker, settle
from shared.service import Job


class Driver:
    """The whole system under one hand: nothing happens unless a step is called."""

    def __init__(self, system: System, clock: ManualClock) -> None:
        self.system = system
        self.clock = clock
        self.workers = [Worker(service, system.bus) for service in system.services.values()]
        self._due: dict[str, datetime] = {}

    def settle(self) -> None:
        """Carry events between the services until none waits; no time passes."""
        settle(self._carry)

    def run_jobs(self, *names: str) -> None:
        """Settle, call every periodic step until none says that more waits, and settle again.

        With `names`, only the steps that these services add themselves.
        """
        self.settle()
        for worker in self.workers:
            wanted = worker.service.name in names
            for job in worker.service.jobs if wanted else () if names else worker.jobs:
                self._exhaust(job)
        self.settle()

    def advance(self, delta: timedelta, *, hop: timedelta = timedelta(minutes=15)) -> None:
        """Let `delta` pass in hops; at each the steps that have become due are called."""
        end = self.clock.now() + delta
        self.settle()
        while self.clock.now() < end:
            self.clock.set(min(end, self.clock.now() + hop))
            for worker in self.workers:
                for job in worker.jobs:
                    self._if_due(f"{worker.service.name}-{job.name}", job)
            self.settle()

    def browser(self) -> Client:
        """A client that keeps cookies and reaches all services at one origin."""
        apps = {name: service.app for name, service in self.system.services.items()}
        return Client(OneOrigin(apps))

    def client(self, service: str) -> FlaskClient:
        """Flask's test client of one service."""
        return self.system.services[service].app.test_client()

    def _carry(self) -> bool:
        now = self.clock.now()
        relayed = [worker.relay.step(now) for worker in self.workers]
        consumed = [worker.consumer.step(now) for worker in self.workers]
        return any(relayed) or any(consumed)

    def _if_due(self, name: str, job: Job) -> None:
        if self._due.get(name, self.clock.now()) <= self.clock.now():
            self._exhaust(job)
            self._due[name] = self.clock.now() + job.every

    def _exhaust(self, job: Job) -> None:
        settle(lambda: job.step(self.clock.now()))


@contextmanager
def driving(
    folder: Path,
    *,
    start: datetime,
    bus: Bus | None = None,
    entropy: Entropy | None = None,
    **settings: Any,
) -> Iterator[Driver]:
    """A driver over fresh, migrated databases; SQLite files in `folder` unless told otherwise."""
    clock = ManualClock(start)
    given = {"data_dir": folder, "public_base_url": "http://127.0.0.1:8000", **settings}
    system = build_system(clock=clock, entropy=entropy or SeededEntropy("driver"), bus=bus, **given)
    try:
        system.migrate()
        yield Driver(system, clock)
    finally:
        system.close()

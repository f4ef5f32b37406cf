"""What a service is made of, as its bootstrap hands it to whoever runs it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import MetaData

from shared.bus.inbox import Handler
from shared.clock import Clock
from shared.db import Database
from shared.entropy import Entropy
from shared.events.base import Event


@dataclass(frozen=True, slots=True)
class Parts:
    """What differs between a real run and a run in virtual time."""

    clock: Clock
    entropy: Entropy
    stopping: Callable[[], bool] = field(default=lambda: False)
    """Whether the process is about to end: a long step asks before it begins another call."""


@dataclass(frozen=True, slots=True)
class Job:
    """A periodic step: `step(now)` does a bounded amount of work and says whether more waits."""

    name: str
    every: timedelta
    step: Callable[[datetime], bool]


def _nothing() -> list[str]:
    return []


@dataclass(slots=True)
class Service:
    """One service, built: its database, its pages, what it listens to and its periodic steps."""

    name: str
    database: Database
    app: Flask
    subscriptions: Mapping[type[Event], Handler[Any]]
    jobs: Sequence[Job]
    migrations: Path
    metadata: MetaData
    ready: Callable[[], list[str]] = field(default=_nothing)
    """What keeps it from its work; empty when nothing does."""
    notes: Callable[[], list[str]] = field(default=_nothing)
    """What staff should look into though it runs, in words without secrets."""

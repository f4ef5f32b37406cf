"""Whole systems for the fault tests: embedded, separate, and with a gate before the broker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.running.broker import Gate
from tests.running.process import free_port
from tests.running.systems import NAMES, Embedded, Separate


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Embedded]:
    """The embedded system, started."""
    system = Embedded(tmp_path)
    system.start()
    yield system
    system.stop()


@pytest.fixture
def gate(rabbitmq_url: str) -> Iterator[Gate]:
    """A gate before the broker."""
    parts = urlsplit(rabbitmq_url)
    made = Gate(free_port(), (parts.hostname or "127.0.0.1", parts.port or 5672))
    yield made
    made.shut()


@pytest.fixture
def separate(
    tmp_path: Path, postgres_url: Callable[[str], str], rabbitmq_url: str, gate: Gate
) -> Iterator[Separate]:
    """Separate processes on PostgreSQL and RabbitMQ, the latter behind the gate; not started."""
    parts = urlsplit(rabbitmq_url)
    behind = parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{gate.port}")
    databases = {name: postgres_url(name) for name in NAMES}
    system = Separate(tmp_path, databases=databases, bus_url=behind.geturl())
    system.prepare()
    yield system
    system.stop()

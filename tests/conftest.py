"""Servers and browsers the tests need, and what happens when they are absent."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
import structlog
from kombu import Connection

from shared.clock import ManualClock
from shared.crypto import Cipher
from shared.db import Database
from shared.entropy import SeededEntropy

POSTGRES = os.environ.get("GRIP_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/postgres")
RABBITMQ = os.environ.get("GRIP_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672")
FIELD_KEY = "dGVzdHMtb25seS1rZXktZG8tbm90LXVzZS1hbnl3aGU="
NOW = datetime(2027, 1, 4, 15, 0, tzinfo=UTC)

DatabaseFactory = Callable[[str], Database]


def absent(what: str, why: str) -> None:
    """Skip by name, or fail when GRIP_TEST_REQUIRE names `what`."""
    required = {part.strip() for part in os.environ.get("GRIP_TEST_REQUIRE", "").split(",")}
    message = f"needs {what}: {why}"
    if what in required:
        pytest.fail(message)
    pytest.skip(message)


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=2):
            return True
    except OSError:
        return False


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The URL of a PostgreSQL server on which databases may be made."""
    if not _listens(POSTGRES):
        absent("postgres", "no server listens at GRIP_TEST_POSTGRES")
    return POSTGRES


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[Callable[[str], str]]:
    """Makes fresh PostgreSQL databases that are dropped after the test."""
    made: list[str] = []

    def make(label: str) -> str:
        name = f"grip_test_{label}_{uuid4().hex[:12]}"
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        made.append(name)
        return postgres_server.rsplit("/", 1)[0] + f"/{name}"

    yield make
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        for name in made:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def rabbitmq_vhost() -> Iterator[str]:
    """The URL of a RabbitMQ virtual host for this run of the tests."""
    if not _listens(RABBITMQ):
        absent("rabbitmq", "no broker listens at GRIP_TEST_RABBITMQ")
    control = shutil.which("rabbitmqctl")
    if control is None:
        absent("rabbitmq", "rabbitmqctl is needed to make a virtual host")
    vhost = f"grip_test_{uuid4().hex[:12]}"
    user = urlsplit(RABBITMQ).username or "guest"

    def ctl(*words: str) -> None:
        subprocess.run(
            [str(control), "-q", *words], check=True, timeout=60, stdin=subprocess.DEVNULL
        )

    ctl("add_vhost", vhost)
    ctl("set_permissions", "-p", vhost, user, ".*", ".*", ".*")
    yield f"{RABBITMQ}/{vhost}"
    ctl("delete_vhost", vhost)


@pytest.fixture
def rabbitmq_url(rabbitmq_vhost: str) -> Iterator[str]:
    """The URL of a virtual host that holds nothing; what the test declares is deleted after it."""
    yield rabbitmq_vhost
    with Connection(rabbitmq_vhost) as connection:
        channel = connection.channel()
        for service in ("booking", "cohort", "notify", "here", "there"):
            channel.queue_delete(f"{service}.events")
            channel.queue_delete(f"{service}.dead")
        for exchange in ("grip.events", "grip.dead"):
            channel.exchange_delete(exchange)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that Playwright can drive."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        absent("browser", "no chromium on PATH")
    return str(found)


@pytest.fixture(params=["sqlite", "postgres"])
def any_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DatabaseFactory]:
    """Makes empty databases for a service: the test runs once on each kind."""
    made: list[Database] = []

    def make(service: str) -> Database:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path / f'{service}.sqlite3'}"
        else:
            url = request.getfixturevalue("postgres_url")(service)
        made.append(new_database(url, service))
        return made[-1]

    if request.param == "postgres":
        request.getfixturevalue("postgres_url")
    yield make
    for each in made:
        each.dispose()


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[DatabaseFactory]:
    """Makes empty SQLite databases for a service."""
    made: list[Database] = []

    def make(service: str) -> Database:
        made.append(new_database(f"sqlite:///{tmp_path / f'{service}.sqlite3'}", service))
        return made[-1]

    yield make
    for each in made:
        each.dispose()


def new_database(url: str, service: str) -> Database:
    """A database handle with the tests' key and a seeded source of ids."""
    entropy = SeededEntropy(f"{service}-{url}")
    return Database(url, service=service, cipher=Cipher([FIELD_KEY]), entropy=entropy)


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at Monday, January 4, 2027, 10:00 in New York."""
    return ManualClock(NOW)


@pytest.fixture(autouse=True)
def _plain_logs() -> Iterator[None]:
    """No test inherits the log set-up of another."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()

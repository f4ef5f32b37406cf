"""A bus of each kind, and a service that does nothing but listen."""

from collections.abc import Callable, Iterator

import pytest

from shared.bus.connect import make_bus
from shared.bus.messages import Bus
from shared.db import Database
from shared.db.testing import create_all
from tests.integration.bus.listener import Listener


@pytest.fixture(params=["memory", "rabbitmq"])
def any_bus(request: pytest.FixtureRequest) -> Iterator[Bus]:
    """The test runs once on each kind of bus."""
    if request.param == "rabbitmq":
        bus = make_bus(request.getfixturevalue("rabbitmq_url"))
    else:
        bus = make_bus("memory://")
    yield bus
    bus.close()


@pytest.fixture
def publisher(any_database: Callable[[str], Database]) -> Database:
    """A service's database with an outbox."""
    database = any_database("booking")
    create_all(database)
    return database


@pytest.fixture
def listener(any_database: Callable[[str], Database]) -> Listener:
    """A service that listens."""
    return Listener(any_database("notify"))

"""A bus of each kind, and a service that does nothing but listen."""

from collections.abc import Iterator

import pytest

from shared.bus.connect import make_bus
from shared.bus.messages import Bus


@pytest.fixture(params=["memory", "rabbitmq"])
def any_bus(request: pytest.FixtureRequest) -> Iterator[Bus]:
    """The test runs once on each kind of bus."""
    if request.param == "rabbitmq":
        bus = make_bus(request.getfixturevalue("rabbitmq_url"))
    else:
        bus = make_bus("memory://")
    yield bus
    bus.close()

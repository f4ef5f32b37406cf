"""What passes over a bus, and what every bus must do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

EXCHANGE = "grip.events"
DEAD_EXCHANGE = "grip.dead"


class BusAway(Exception):
    """The broker can't be reached or broke off; nothing is known to have been taken."""

    slug = "bus-away"


@dataclass(frozen=True, slots=True)
class OutMessage:
    """An event to publish: its id, its routing key (the event type) and its JSON."""

    id: str
    routing_key: str
    body: str


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a batch: ids the broker took, and ids that no queue wanted."""

    confirmed: frozenset[str]
    returned: frozenset[str]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that was received and not yet acknowledged."""

    body: bytes
    queue: str
    tag: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Topology:
    """The queues of all services: for each service the event types that it subscribes to."""

    bindings: Mapping[str, frozenset[str]]


def events_queue(service: str) -> str:
    """The queue of a service."""
    return f"{service}.events"


def dead_queue(service: str) -> str:
    """Where the broker puts what a service could not take."""
    return f"{service}.dead"


class Bus(Protocol):
    """A broker. Every method may raise `BusAway`."""

    def declare(self, topology: Topology) -> None:
        """Make exchanges, queues and bindings that are not there yet."""
        ...

    def publish(self, messages: Sequence[OutMessage]) -> Published:
        """Publish in order and wait until the broker has answered for each."""
        ...

    def send_to(self, queue: str, messages: Sequence[OutMessage]) -> None:
        """Put messages into one queue only, past the exchange."""
        ...

    def receive(self, queue: str, *, limit: int, wait: float) -> list[Delivery]:
        """Up to `limit` messages; waits at most `wait` seconds for the first."""
        ...

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Say that these were taken; they will not come again."""
        ...

    def release(self, deliveries: Sequence[Delivery]) -> None:
        """Give these back, to be delivered again."""
        ...

    def keep_alive(self) -> None:
        """Called about every second by whoever publishes, so that the broker hears from us."""
        ...

    def ping(self) -> None:
        """Ask the broker for a sign of life."""
        ...

    def close(self) -> None:
        """Let go of all connections; never raises."""
        ...

"""The bus of the embedded set-up: kombu's in-process transport.

It can lose what is in flight when the process dies; `shared.bus.replay` makes up for that.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, ClassVar

from kombu import Connection, Exchange, Queue
from kombu.transport import memory, virtual

from shared.bus.messages import (
    EXCHANGE,
    Delivery,
    OutMessage,
    Published,
    Topology,
    events_queue,
)
from shared.events.envelope import CONTENT_TYPE

_monotonic = time.monotonic


def _private_transport() -> type[memory.Transport]:
    """A transport whose queues are seen by one bus only (kombu's are global to the process)."""

    class PrivateChannel(memory.Channel):  # type: ignore[misc]
        queues: ClassVar[dict[str, Any]] = {}

    class PrivateTransport(memory.Transport):  # type: ignore[misc]
        Channel = PrivateChannel
        global_state = virtual.BrokerState()

    return PrivateTransport


class MemoryBus:
    """All services of one process; any thread may call any method."""

    def __init__(self) -> None:
        self._connection = Connection(transport=_private_transport())
        self._lock = threading.Lock()
        self._arrived: dict[str, threading.Condition] = defaultdict(
            lambda: threading.Condition(self._lock)
        )
        self._channels: dict[str, Any] = {}
        self._publisher: Any = self._connection.channel()
        self._routes: dict[str, set[str]] = defaultdict(set)

    def declare(self, topology: Topology) -> None:
        """Make the exchange, one queue for each service, and the bindings."""
        exchange = Exchange(EXCHANGE, "topic", durable=True)
        with self._lock:
            for service, types in topology.bindings.items():
                name = events_queue(service)
                Queue(name, channel=self._publisher).declare()
                for type_ in sorted(types):
                    bound = Queue(name, exchange, routing_key=type_, channel=self._publisher)
                    bound.declare()
                    self._routes[type_].add(name)

    def publish(self, messages: Sequence[OutMessage]) -> Published:
        """Put each message into every queue bound to its type, at once."""
        returned = {each.id for each in messages if not self._routes.get(each.routing_key)}
        wanted = [each for each in messages if each.id not in returned]
        with self._lock:
            for each in wanted:
                self._put(EXCHANGE, each.routing_key, each)
            for name in {q for each in wanted for q in self._routes[each.routing_key]}:
                self._arrived[name].notify_all()
        return Published(frozenset(each.id for each in wanted), frozenset(returned))

    def send_to(self, queue: str, messages: Sequence[OutMessage]) -> None:
        """Put messages into one queue only."""
        with self._lock:
            for each in messages:
                self._put("", queue, each)
            self._arrived[queue].notify_all()

    def receive(self, queue: str, *, limit: int, wait: float) -> list[Delivery]:
        """Up to `limit` messages of `queue`; waits at most `wait` seconds for the first."""
        until = _monotonic() + wait
        with self._lock:
            found = self._take(queue, limit)
            while not found and (left := until - _monotonic()) > 0:
                self._arrived[queue].wait(left)
                found = self._take(queue, limit)
            return found

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Forget these. One by one: `multiple` acknowledges only one tag on this transport."""
        with self._lock:
            for each in deliveries:
                self._channel(each.queue).basic_ack(each.tag)

    def release(self, deliveries: Sequence[Delivery]) -> None:
        """Put these back into their own queue (kombu's requeue would go to every bound queue)."""
        with self._lock:
            for each in deliveries:
                self._put("", each.queue, OutMessage("", each.queue, each.body.decode()))
                self._channel(each.queue).basic_ack(each.tag)

    def keep_alive(self) -> None:
        """Nothing to do within one process."""

    def ping(self) -> None:
        """Always there."""

    def close(self) -> None:
        """Let go of the connection; what was in flight is gone."""
        self._connection.release()

    def _put(self, exchange: str, key: str, message: OutMessage) -> None:
        prepared = self._publisher.prepare_message(
            message.body, content_type=CONTENT_TYPE, content_encoding="utf-8", properties={}
        )
        self._publisher.basic_publish(prepared, exchange=exchange, routing_key=key)

    def _take(self, queue: str, limit: int) -> list[Delivery]:
        found: list[Delivery] = []
        channel = self._channel(queue)
        while len(found) < limit and (message := channel.basic_get(queue)) is not None:
            found.append(Delivery(_bytes(message.body), queue, message.delivery_tag))
        return found

    def _channel(self, queue: str) -> Any:
        """The one channel that reads `queue`; a second one would lose messages when it closes."""
        if queue not in self._channels:
            self._channels[queue] = self._connection.channel()
        return self._channels[queue]


def _bytes(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body

"""RabbitMQ through kombu: topic exchange, quorum queues, confirms collected in batches."""

import contextlib
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import amqp
from kombu import Connection, Exchange, Queue
from kombu.exceptions import OperationalError

from shared.bus.messages import (
    DEAD_EXCHANGE,
    EXCHANGE,
    BusAway,
    Delivery,
    OutMessage,
    Published,
    Topology,
    dead_queue,
    events_queue,
)
from shared.events.envelope import CONTENT_TYPE

CONFIRM_WITHIN_S = 15.0
PREFETCH = 100
HEARTBEAT_S = 60
# Requeues and closed connections both count, so it must be far above what a bad day brings.
DELIVERY_LIMIT = 50

_monotonic = time.monotonic
_FAILURES = (OSError, amqp.AMQPError, OperationalError)


class AmqpBus:
    """A RabbitMQ broker. One connection to publish, and one for each queue that is read."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._publisher = _Publisher(url)
        self._receivers: dict[str, _Receiver] = {}
        self._lock = threading.Lock()

    def declare(self, topology: Topology) -> None:
        """Make exchanges, quorum queues and bindings; a queue of other arguments is an error."""
        with _as_away(), _connect(self._url) as connection:
            channel = connection.channel()
            exchange = Exchange(EXCHANGE, "topic", durable=True, channel=channel)
            dead = Exchange(DEAD_EXCHANGE, "direct", durable=True, channel=channel)
            exchange.declare()
            dead.declare()
            for service, types in topology.bindings.items():
                _dead_letters(service, dead, channel)
                queue = _events(service, exchange, channel)
                for type_ in sorted(types):
                    queue.bind_to(exchange, routing_key=type_)

    def publish(self, messages: Sequence[OutMessage]) -> Published:
        """Publish in order, mandatory, and collect the broker's confirms."""
        with self._publisher.lock, _as_away(self._publisher.drop):
            return self._publisher.publish(messages, exchange=EXCHANGE)

    def send_to(self, queue: str, messages: Sequence[OutMessage]) -> None:
        """Put messages into one queue only."""
        with self._publisher.lock, _as_away(self._publisher.drop):
            self._publisher.publish(messages, exchange="", key=queue)

    def receive(self, queue: str, *, limit: int, wait: float) -> list[Delivery]:
        """Up to `limit` messages of `queue`; waits at most `wait` seconds for the first."""
        receiver = self._receiver(queue)
        with receiver.lock, _as_away(receiver.drop):
            return receiver.receive(limit, wait)

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledge; those of a connection that has gone will simply come again."""
        for each in deliveries:
            receiver = self._receiver(each.queue)
            with receiver.lock, _as_away(receiver.drop):
                receiver.settle(each, lambda channel, tag: channel.basic_ack(tag))

    def release(self, deliveries: Sequence[Delivery]) -> None:
        """Requeue; those of a connection that has gone are requeued by the broker anyway."""
        for each in deliveries:
            receiver = self._receiver(each.queue)
            with receiver.lock, _as_away(receiver.drop):
                receiver.settle(each, lambda channel, tag: channel.basic_reject(tag, requeue=True))

    def keep_alive(self) -> None:
        """Send the publisher's heartbeat when one is due."""
        with self._publisher.lock, _as_away(self._publisher.drop):
            self._publisher.keep_alive()

    def ping(self) -> None:
        """Open and close a connection."""
        with _as_away(), _connect(self._url) as connection:
            connection.connect()

    def close(self) -> None:
        """Close all connections."""
        self._publisher.drop()
        for receiver in self._receivers.values():
            receiver.drop()

    def _receiver(self, queue: str) -> "_Receiver":
        with self._lock:
            if queue not in self._receivers:
                self._receivers[queue] = _Receiver(self._url, queue)
            return self._receivers[queue]


class _Link:
    """A connection and a channel that are opened when needed and dropped on any trouble."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Any = None
        self.channel: Any = None
        self.lock = threading.Lock()

    def open(self) -> Any:
        if self.channel is None:
            self._connection = _connect(self._url)
            self._connection.connect()
            self.channel = self._connection.channel()
            self.prepare(self.channel)
        return self.channel

    def prepare(self, channel: Any) -> None:
        """Set a fresh channel up."""

    def drop(self) -> None:
        connection, self._connection, self.channel = self._connection, None, None
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.collect()

    def keep_alive(self) -> None:
        """Read the broker's heartbeats, which wait in the socket, and send ours when due."""
        if self._connection is not None:
            self.drain(0.001)
            self._connection.heartbeat_check()

    def drain(self, wait: float) -> bool:
        """Handle what the broker says within `wait` seconds; False when it said nothing."""
        try:
            self._connection.drain_events(timeout=wait)
        except TimeoutError:
            return False
        return True


class _Publisher(_Link):
    """Publishes batches and pairs the broker's answers with them by delivery tag."""

    def prepare(self, channel: Any) -> None:
        channel.confirm_select()
        self._sent = 0
        self._pending: dict[int, str] = {}
        self._returned: set[str] = set()
        self._refused = False
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)

    def publish(
        self, messages: Sequence[OutMessage], *, exchange: str, key: str | None = None
    ) -> Published:
        channel = self.open()
        self._returned.clear()
        for each in messages:
            self._sent += 1
            self._pending[self._sent] = each.id
            message = amqp.Message(
                each.body,
                content_type=CONTENT_TYPE,
                content_encoding="utf-8",
                delivery_mode=2,
                message_id=each.id,
            )
            channel.basic_publish(
                message, exchange=exchange, routing_key=key or each.routing_key, mandatory=True
            )
        self._wait_for_answers()
        returned = frozenset(self._returned)
        return Published(frozenset(each.id for each in messages) - returned, returned)

    def _wait_for_answers(self) -> None:
        until = _monotonic() + CONFIRM_WITHIN_S
        while self._pending and not self._refused:
            left = until - _monotonic()
            if left <= 0 or not self.drain(left):
                raise BusAway(f"no confirm for {len(self._pending)} events")
        if self._refused:
            raise BusAway("the broker refused an event")

    def _on_ack(self, tag: int, multiple: bool) -> None:
        if multiple:
            for each in [known for known in self._pending if known <= tag]:
                del self._pending[each]
        else:
            self._pending.pop(tag, None)

    def _on_nack(self, _tag: int, _multiple: bool) -> None:
        self._refused = True

    def _on_return(self, _error: Any, _exchange: str, _key: str, message: Any) -> None:
        self._returned.add(message.properties.get("message_id", ""))


class _Receiver(_Link):
    """Reads one queue with a prefetch window."""

    def __init__(self, url: str, queue: str) -> None:
        super().__init__(url)
        self._queue = queue
        self._buffer: deque[Any] = deque()

    def prepare(self, channel: Any) -> None:
        self._buffer.clear()
        channel.basic_qos(prefetch_size=0, prefetch_count=PREFETCH, a_global=False)
        channel.basic_consume(self._queue, callback=self._buffer.append)

    def receive(self, limit: int, wait: float) -> list[Delivery]:
        channel = self.open()
        self.keep_alive()
        if not self._buffer:
            self.drain(max(wait, 0.001))
        while len(self._buffer) < limit and self.drain(0.001):
            pass
        taken = [self._buffer.popleft() for _ in range(min(limit, len(self._buffer)))]
        return [_delivery(self._queue, channel, each) for each in taken]

    def settle(self, delivery: Delivery, how: Any) -> None:
        channel, tag = delivery.tag
        if channel is self.channel:
            how(channel, tag)


def _delivery(queue: str, channel: Any, message: Any) -> Delivery:
    body = message.body
    return Delivery(
        body.encode() if isinstance(body, str) else bytes(body),
        queue,
        (channel, message.delivery_tag),
    )


def _events(service: str, exchange: Exchange, channel: Any) -> Queue:
    arguments = {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_EXCHANGE,
        "x-dead-letter-routing-key": dead_queue(service),
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    name = events_queue(service)
    queue = Queue(name, durable=True, queue_arguments=arguments, channel=channel)
    queue.queue_declare()
    return queue


def _dead_letters(service: str, exchange: Exchange, channel: Any) -> None:
    name = dead_queue(service)
    arguments = {"x-queue-type": "quorum"}
    queue = Queue(name, durable=True, queue_arguments=arguments, channel=channel)
    queue.queue_declare()
    queue.bind_to(exchange, routing_key=name)


def _connect(url: str) -> Connection:
    options = {"socket_settings": {socket.TCP_USER_TIMEOUT: 30000}}
    return Connection(url, connect_timeout=4, heartbeat=HEARTBEAT_S, transport_options=options)


@contextlib.contextmanager
def _as_away(drop: Any = None) -> Iterator[None]:
    """Turn any failure of the connection into `BusAway`, and never use that connection again."""
    try:
        yield
    except (BusAway, *_FAILURES) as error:
        if drop is not None:
            drop()
        if isinstance(error, BusAway):
            raise
        raise BusAway(f"{type(error).__name__}: {error}") from error

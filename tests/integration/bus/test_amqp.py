"""What only RabbitMQ can do wrong."""

import time

import pytest
from kombu import Connection

from shared.bus import amqp
from shared.bus.amqp import AmqpBus
from shared.bus.messages import EXCHANGE, BusAway, OutMessage, Topology, events_queue

TOPOLOGY = Topology({"here": frozenset({"a.b"})})


def _message(name: str) -> OutMessage:
    return OutMessage(name, "a.b", "{}")


def test_a_refused_event_is_not_taken_for_confirmed(rabbitmq_url: str) -> None:
    bus = AmqpBus(rabbitmq_url)
    bus.declare(TOPOLOGY)
    with Connection(rabbitmq_url) as connection:
        channel = connection.channel()
        arguments = {"x-max-length": 1, "x-overflow": "reject-publish"}
        channel.queue_declare("there.events", durable=True, auto_delete=False, arguments=arguments)
        channel.queue_bind("there.events", EXCHANGE, "a.b")
        with pytest.raises(BusAway, match="refused"):
            for number in range(20):
                bus.publish([_message(f"m{number}")])
        channel.queue_delete("there.events")
    assert bus.publish([_message("after")]).confirmed == {"after"}
    bus.close()


def test_a_quiet_publisher_stays_connected(
    rabbitmq_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(amqp, "HEARTBEAT_S", 1)
    bus = AmqpBus(rabbitmq_url)
    bus.declare(TOPOLOGY)
    bus.publish([_message("first")])
    until = time.monotonic() + 5
    while time.monotonic() < until:
        bus.keep_alive()
        time.sleep(0.1)
    assert bus.publish([_message("second")]).confirmed == {"second"}
    bus.close()


def test_a_broker_that_does_not_answer_is_away() -> None:
    bus = AmqpBus("amqp://guest:guest@127.0.0.1:1/")
    for act in (bus.ping, lambda: bus.publish([_message("m")]), lambda: bus.declare(TOPOLOGY)):
        with pytest.raises(BusAway):
            act()
    with pytest.raises(BusAway):
        bus.receive(events_queue("here"), limit=1, wait=0.1)
    bus.close()


def test_what_was_received_comes_again_after_the_connection_broke(rabbitmq_url: str) -> None:
    bus = AmqpBus(rabbitmq_url)
    bus.declare(TOPOLOGY)
    bus.publish([_message("m")])
    (lost,) = bus.receive(events_queue("here"), limit=1, wait=5.0)
    bus.close()
    bus.ack([lost])  # of a connection that has gone: says nothing to the broker
    (again,) = bus.receive(events_queue("here"), limit=1, wait=5.0)
    bus.ack([again])
    assert bus.receive(events_queue("here"), limit=1, wait=0.2) == []
    bus.close()

"""What every bus must do; the in-process one obeys the same contract as RabbitMQ."""

from shared.bus.messages import Bus, Delivery, OutMessage, Topology, events_queue

TOPOLOGY = Topology({"here": frozenset({"a.b", "a.c"}), "there": frozenset({"a.b"})})


def _messages(count: int, key: str = "a.b") -> list[OutMessage]:
    return [OutMessage(f"{key}-{n}", key, f'{{"n": {n}}}') for n in range(count)]


def _receive(bus: Bus, service: str, count: int) -> list[Delivery]:
    """Until `count` have come or nothing more comes for two seconds."""
    found: list[Delivery] = []
    while len(found) < count:
        new = bus.receive(events_queue(service), limit=count - len(found), wait=2.0)
        if not new:
            break
        found += new
    return found


def test_a_published_message_reaches_every_bound_queue_and_no_other(any_bus: Bus) -> None:
    any_bus.declare(TOPOLOGY)
    published = any_bus.publish([*_messages(1, "a.b"), *_messages(1, "a.c")])
    assert published.confirmed == {"a.b-0", "a.c-0"}
    assert len(_receive(any_bus, "here", 2)) == 2
    assert [each.body for each in _receive(any_bus, "there", 2)] == [b'{"n": 0}']


def test_messages_arrive_in_the_order_of_publishing(any_bus: Bus) -> None:
    any_bus.declare(TOPOLOGY)
    sent = _messages(1200)
    assert len(any_bus.publish(sent).confirmed) == 1200
    received: list[Delivery] = []
    while len(received) < 1200 and (new := _receive(any_bus, "here", 50)):
        any_bus.ack(new)
        received += new
    assert [each.body.decode() for each in received] == [each.body for each in sent]


def test_a_message_no_queue_wants_is_returned_and_the_rest_is_confirmed(any_bus: Bus) -> None:
    any_bus.declare(TOPOLOGY)
    published = any_bus.publish([*_messages(1), OutMessage("lost", "nobody.wants", "{}")])
    assert published.returned == {"lost"}
    assert published.confirmed == {"a.b-0"}


def test_an_acknowledged_message_does_not_come_again(any_bus: Bus) -> None:
    any_bus.declare(TOPOLOGY)
    any_bus.publish(_messages(3))
    any_bus.ack(_receive(any_bus, "here", 3))
    assert any_bus.receive(events_queue("here"), limit=3, wait=0.2) == []


def test_a_released_message_comes_again_to_its_own_queue_only(any_bus: Bus) -> None:
    any_bus.declare(TOPOLOGY)
    any_bus.publish(_messages(1))
    any_bus.ack(_receive(any_bus, "there", 1))
    any_bus.release(_receive(any_bus, "here", 1))
    assert len(_receive(any_bus, "here", 1)) == 1
    assert any_bus.receive(events_queue("there"), limit=1, wait=0.2) == []


def test_a_message_sent_to_one_queue_reaches_only_that_queue(any_bus: Bus) -> None:
    any_bus.declare(TOPOLOGY)
    any_bus.send_to(events_queue("there"), _messages(1))
    assert len(_receive(any_bus, "there", 1)) == 1
    assert any_bus.receive(events_queue("here"), limit=1, wait=0.2) == []


def test_declaring_twice_changes_nothing(any_bus: Bus) -> None:
    any_bus.declare(TOPOLOGY)
    any_bus.publish(_messages(1))
    any_bus.declare(TOPOLOGY)
    assert len(_receive(any_bus, "here", 2)) == 1

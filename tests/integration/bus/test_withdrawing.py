"""An event that waits for its time can be taken back, and never both taken back and published."""

import threading
from datetime import timedelta

from sqlalchemy import select

from shared.bus import outbox
from shared.bus.messages import Bus, Topology, events_queue
from shared.bus.relay import Relay
from shared.clock import ManualClock
from shared.db import Database
from shared.db.common import outbox as table
from shared.events import PersonErased

MINUTE = timedelta(minutes=1)


def add(
    publisher: Database, clock: ManualClock, person: str = "p", wait: timedelta = MINUTE
) -> str:
    """An event that waits, and its id."""
    event = PersonErased(person_id=person)
    at = clock.now()
    return publisher.run(lambda s: outbox.add(s, event, now=at, available_at=at + wait))


def withdraw(publisher: Database, clock: ManualClock, event_id: str) -> bool:
    return publisher.run(lambda s: outbox.withdraw(s, event_id, now=clock.now()))


def listen(bus: Bus) -> None:
    bus.declare(Topology({"notify": frozenset({"person.erased"})}))


def published(bus: Bus) -> int:
    heard = bus.receive(events_queue("notify"), limit=50, wait=0.2)
    bus.ack(heard)
    return len(heard)


def rows(publisher: Database) -> int:
    with publisher.reading() as session:
        return len(session.execute(select(table.c.id)).all())


def test_what_is_withdrawn_in_time_is_never_published(
    any_bus: Bus, publisher: Database, clock: ManualClock
) -> None:
    listen(any_bus)
    event_id = add(publisher, clock)
    assert withdraw(publisher, clock, event_id)
    clock.advance(2 * MINUTE)
    Relay(publisher, any_bus).step(clock.now())
    assert (published(any_bus), rows(publisher)) == (0, 0)
    assert not withdraw(publisher, clock, event_id)


def test_what_is_due_stands_whether_the_relay_came_or_not(
    any_bus: Bus, publisher: Database, clock: ManualClock
) -> None:
    listen(any_bus)
    event_id = add(publisher, clock)
    clock.advance(MINUTE)
    assert not withdraw(publisher, clock, event_id)
    Relay(publisher, any_bus).step(clock.now())
    assert published(any_bus) == 1


def test_a_slow_clock_takes_nothing_back_that_the_relay_has_taken_up(
    any_bus: Bus, publisher: Database, clock: ManualClock
) -> None:
    listen(any_bus)
    event_id = add(publisher, clock)
    Relay(publisher, any_bus).step(clock.now() + MINUTE)
    assert not withdraw(publisher, clock, event_id)
    assert (published(any_bus), rows(publisher)) == (1, 1)


def test_an_event_that_never_waited_cannot_be_withdrawn(
    publisher: Database, clock: ManualClock
) -> None:
    event_id = add(publisher, clock, wait=timedelta(0))
    assert not withdraw(publisher, clock, event_id)


def test_the_relay_leaves_out_what_is_being_withdrawn_while_it_looks(
    any_bus: Bus, publisher: Database, clock: ManualClock
) -> None:
    listen(any_bus)
    kept, gone = add(publisher, clock, "kept"), add(publisher, clock, "gone")
    due = clock.now() + MINUTE
    relay = threading.Thread(target=Relay(publisher, any_bus).step, args=(due,))
    with publisher.transaction() as session:
        assert outbox.withdraw(session, gone, now=clock.now())
        relay.start()  # it waits for this row, or for its turn to write
    relay.join()
    assert published(any_bus) == 1
    with publisher.reading() as session:
        assert session.scalars(select(table.c.event_id)).all() == [kept]


def test_of_undo_and_relay_in_the_same_moment_exactly_one_wins(
    any_bus: Bus, publisher: Database, clock: ManualClock
) -> None:
    listen(any_bus)
    ids = [add(publisher, clock, str(number)) for number in range(30)]
    relay, due = Relay(publisher, any_bus), clock.now() + MINUTE
    taken: list[str] = []

    def take_back() -> None:
        taken.extend(each for each in ids if withdraw(publisher, clock, each))

    racers = [threading.Thread(target=take_back), threading.Thread(target=relay.step, args=(due,))]
    for each in racers:
        each.start()
    for each in racers:
        each.join()
    relay.step(due)
    assert len(taken) + published(any_bus) == len(ids) == len(taken) + rows(publisher)

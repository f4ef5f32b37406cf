"""From one service's transaction to another's: nothing lost, nothing done twice, any order."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from shared.bus import Meta, dead, outbox
from shared.bus.consumer import Consumer
from shared.bus.inbox import MAX_TRIES, Inbox
from shared.bus.messages import Bus, BusAway, Topology, events_queue
from shared.bus.relay import Relay
from shared.bus.replay import DiffReplay
from shared.bus.retry import RetryFailed
from shared.clock import ManualClock
from shared.db import Database
from shared.db.common import inbox
from shared.db.common import outbox as outbox_table
from shared.db.testing import create_all
from shared.events import (
    Contact,
    ContactUpdated,
    PersonErased,
    PersonMerged,
    SmsConsent,
    StaffAlerted,
)
from shared.events.envelope import Envelope
from tests.integration.bus.listener import Listener

Factory = Callable[[str], Database]
NOBODY = SmsConsent(granted=False)


def _contact(version: int) -> ContactUpdated:
    person = Contact(
        person_id="p1",
        version=version,
        name=f"Name {version}",
        email="someone@example.org",
        phone=None,
        timezone="America/New_York",
        locale="en",
        sms_consent=NOBODY,
    )
    return ContactUpdated(person_id="p1", person=person, sequence=version)


def _topology(bus: Bus) -> None:
    bus.declare(Topology({"notify": frozenset({"contact.updated", "person.erased"})}))


def _consume(consumer: Consumer, clock: ManualClock) -> None:
    while consumer.step(clock.now(), wait=1.0):
        pass


def test_an_event_of_a_committed_transaction_is_heard_once(
    any_bus: Bus, publisher: Database, listener: Listener, clock: ManualClock
) -> None:
    _topology(any_bus)
    with publisher.transaction() as session:
        outbox.add(session, PersonErased(person_id="p1"), now=clock.now())
    relay = Relay(publisher, any_bus)
    relay.step(clock.now())
    relay.step(clock.now())
    _consume(Consumer(listener.database, any_bus, listener.subscriptions), clock)
    assert listener.heard() == ["erased p1"]


def test_an_event_of_a_transaction_that_failed_is_never_published(
    publisher: Database, clock: ManualClock
) -> None:
    with pytest.raises(RuntimeError), publisher.transaction() as session:
        outbox.add(session, PersonErased(person_id="p1"), now=clock.now())
        raise RuntimeError("no")
    with publisher.reading() as session:
        assert session.execute(select(outbox_table)).all() == []


def test_an_event_waits_until_it_is_available(
    any_bus: Bus, publisher: Database, listener: Listener, clock: ManualClock
) -> None:
    _topology(any_bus)
    later = clock.now() + timedelta(minutes=1)
    with publisher.transaction() as session:
        outbox.add(session, PersonErased(person_id="p"), now=clock.now(), available_at=later)
    relay, consumer = (
        Relay(publisher, any_bus),
        Consumer(listener.database, any_bus, listener.subscriptions),
    )
    relay.step(clock.now())
    assert not consumer.step(clock.now(), wait=0.2)
    clock.set(later)
    relay.step(clock.now())
    _consume(consumer, clock)
    assert listener.heard() == ["erased p"]


def test_every_order_and_number_of_deliveries_ends_in_the_newest_state(
    listener: Listener, clock: ManualClock
) -> None:
    envelopes = [
        Envelope(f"c{version}", "/booking", clock.now(), _contact(version)) for version in (1, 2, 3)
    ]
    bodies = [each.to_json().encode() for each in envelopes]
    for number, order in enumerate(permutations(bodies)):
        with listener.database.transaction() as session:
            for table in ("heard", "inbox", "inbox_subject"):
                session.execute(text(f"DELETE FROM {table}"))
        door = Inbox(listener.database, listener.subscriptions)
        mixed = [*order, *order]
        random.Random(number).shuffle(mixed)
        door.take(mixed, clock.now())
        door.take(list(order), clock.now())
        heard = listener.in_order()
        assert heard == sorted(set(heard)), "an older state was applied after a newer one"
        assert heard[-1] == "Name 3"
        skipped = {"superseded": 3 - len(heard)} if len(heard) < 3 else {}
        assert listener.statuses() == {"handled": len(heard)} | skipped


def test_one_bad_event_in_a_batch_does_not_hold_up_the_others(
    listener: Listener, clock: ManualClock
) -> None:
    def refuse(_session: Session, _event: PersonErased, _meta: Meta) -> None:
        raise ValueError("someone@example.org is odd")

    door = Inbox(listener.database, {**listener.subscriptions, PersonErased: refuse})
    events = [_contact(1), PersonErased(person_id="p2")]
    bodies = [
        Envelope(f"e{n}", "/booking", clock.now(), event).to_json().encode()
        for n, event in enumerate(events)
    ]
    door.take(bodies, clock.now())
    assert listener.heard() == ["Name 1"]
    assert listener.statuses() == {"handled": 1, "failed": 1}


def test_a_failing_event_is_retried_with_back_off_then_dead_then_alerted(
    listener: Listener, clock: ManualClock
) -> None:
    listener.fail_with = ValueError("no")
    door = Inbox(listener.database, listener.subscriptions)
    body = Envelope("e1", "/booking", clock.now(), PersonErased(person_id="p")).to_json()
    door.take([body.encode()], clock.now())
    retry = RetryFailed(listener.database, door)
    waits: list[timedelta] = []
    while listener.statuses() == {"failed": 1}:
        retry.step(clock.now())
        with listener.database.reading() as session:
            due = session.scalar(select(inbox.c.next_try_at))
        if due is not None:
            waits.append(due - clock.now())
            retry.step(due - timedelta(milliseconds=1))
            clock.set(due)
    assert listener.statuses() == {"dead": 1}
    assert len(waits) >= MAX_TRIES - 2
    assert waits == sorted(waits)
    assert waits[-1] >= timedelta(minutes=40)
    assert listener.heard() == []
    with listener.database.reading() as session:
        assert session.scalars(select(outbox_table.c.type)).all() == [StaffAlerted.TYPE]


def test_a_dead_event_can_be_retried_or_dropped_by_hand(
    listener: Listener, clock: ManualClock
) -> None:
    door = Inbox(listener.database, listener.subscriptions)
    _kill(listener, door, clock, "e1")
    _kill(listener, door, clock, "e2")
    listener.fail_with = None
    with listener.database.transaction() as session:
        assert [each.event_id for each in dead.list_dead(session)] == ["e1", "e2"]
        event, json = dead.show(session, "e1")
        assert "ValueError" in (event.error or "")
        assert "p-e1" in json
        dead.retry(session, "e1", clock.now())
        dead.drop(session, "e2", clock.now())
    RetryFailed(listener.database, door).step(clock.now())
    assert listener.heard() == ["erased p-e1"]
    assert listener.statuses() == {"handled": 1, "dropped": 1}
    with (
        listener.database.transaction() as session,
        pytest.raises(dead.NoSuchDeadEvent, match="e2"),
    ):
        dead.retry(session, "e2", clock.now())


def _kill(listener: Listener, door: Inbox, clock: ManualClock, event_id: str) -> None:
    listener.fail_with = ValueError("no")
    event = PersonErased(person_id=f"p-{event_id}")
    door.take([Envelope(event_id, "/booking", clock.now(), event).to_json().encode()], clock.now())
    retry = RetryFailed(listener.database, door)
    for _ in range(MAX_TRIES):
        clock.advance(timedelta(hours=2))
        retry.step(clock.now())


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe garbage",
        b"{}",
        b'{"specversion":"1.0"}',
        b"[" * 50_000,
        (
            b'{"specversion":"1.0","id":"x","source":"/b","type":"never.heard","time":'
            b'"2027-01-01T00:00:00Z","subject":"a/b","dataschema":"/events/never.heard/1","data":{}}'
        ),
        (
            b'{"specversion":"1.0","id":"x","source":"/b","type":"person.erased","time":'
            b'"2027-01-01T00:00:00Z","subject":"person/p","dataschema":"/events/person.erased/9",'
            b'"data":{"person_id":"p"}}'
        ),
    ],
)
def test_what_is_no_known_event_becomes_a_visible_dead_row(
    listener: Listener, clock: ManualClock, body: bytes
) -> None:
    door = Inbox(listener.database, listener.subscriptions)
    door.take([body], clock.now())
    door.take([body], clock.now())
    with listener.database.reading() as session:
        (only,) = dead.list_dead(session)
    assert only.status == "dead"
    assert only.error


def test_event_data_is_not_readable_in_the_database(
    publisher: Database, listener: Listener, clock: ManualClock
) -> None:
    listener.fail_with = ValueError("someone@example.org")
    with publisher.transaction() as session:
        outbox.add(session, _contact(1), now=clock.now())
    door = Inbox(listener.database, listener.subscriptions)
    body = Envelope("e1", "/booking", clock.now(), _contact(1)).to_json()
    door.take([body.encode()], clock.now())
    for database in (publisher, listener.database):
        with database.reading() as session:
            for table in ("outbox", "inbox"):
                for row in session.execute(text(f"SELECT * FROM {table}")):
                    assert "someone@example.org" not in str(row)


class AwayBus:
    """A broker that is down."""

    def publish(self, _messages: object) -> None:
        raise BusAway("down")

    def receive(self, *_: object, **__: object) -> None:
        raise BusAway("down")

    def keep_alive(self) -> None:
        raise BusAway("down")


def test_while_the_broker_is_away_events_wait_in_the_outbox(
    any_bus: Bus, publisher: Database, listener: Listener, clock: ManualClock
) -> None:
    _topology(any_bus)
    with publisher.transaction() as session:
        outbox.add(session, PersonErased(person_id="p"), now=clock.now())
    away = Relay(publisher, AwayBus())  # type: ignore[arg-type]
    assert away.step(clock.now()) is False
    Relay(publisher, any_bus).step(clock.now())
    _consume(Consumer(listener.database, any_bus, listener.subscriptions), clock)
    assert listener.heard() == ["erased p"]


def test_an_event_no_queue_takes_alerts_once_and_does_not_block_the_rest(
    any_bus: Bus, publisher: Database, listener: Listener, clock: ManualClock
) -> None:
    any_bus.declare(Topology({"notify": frozenset({"person.erased", "staff.alerted"})}))
    with publisher.transaction() as session:
        outbox.add(session, PersonMerged(into_id="a", from_id="b"), now=clock.now())
        outbox.add(session, PersonErased(person_id="p"), now=clock.now())
    relay = Relay(publisher, any_bus)
    for _ in range(3):
        relay.step(clock.now())
        clock.advance(timedelta(minutes=2))
    with publisher.reading() as session:
        unsent = session.scalars(
            select(outbox_table.c.type).where(outbox_table.c.sent_at.is_(None))
        ).all()
        alerts = session.scalars(
            select(outbox_table.c.id).where(outbox_table.c.type == StaffAlerted.TYPE)
        ).all()
    assert unsent == ["person.merged"]
    assert len(alerts) == 1
    _consume(Consumer(listener.database, any_bus, listener.subscriptions), clock)
    assert listener.heard() == ["erased p"]


def test_two_relays_at_once_publish_in_order_and_nothing_twice_needlessly(
    postgres_url: Callable[[str], str], clock: ManualClock
) -> None:
    from tests.conftest import new_database

    database = new_database(postgres_url("booking"), "booking")
    create_all(database)
    relay = Relay(database, AwayBus())  # type: ignore[arg-type]
    other = Relay(new_database(str(database.engine.url), "booking"), AwayBus())  # type: ignore[arg-type]
    with relay._leading() as first, other._leading() as second:
        assert (first, second) == (True, False)
    with other._leading() as again:
        assert again is True
    database.dispose()


def test_diff_replay_delivers_what_a_dead_process_had_in_flight(
    sqlite_database: Factory, clock: ManualClock
) -> None:
    from shared.bus.memory import MemoryBus

    publisher, listener = sqlite_database("booking"), Listener(sqlite_database("notify"))
    create_all(publisher)
    lost, fresh = MemoryBus(), MemoryBus()
    _topology(lost)
    _topology(fresh)
    for number in range(25):
        with publisher.transaction() as session:
            outbox.add(session, PersonErased(person_id=f"p{number:02}"), now=clock.now())
    Relay(publisher, lost).step(clock.now())
    consumer = Consumer(listener.database, lost, listener.subscriptions)
    listener.database.run(lambda s: s.execute(insert(inbox).values(_known(publisher, clock.now()))))
    del consumer, lost
    replay = DiffReplay(
        publisher=publisher,
        consumer=listener.database,
        types={"person.erased"},
        bus=fresh,
    )
    while replay.step(clock.now()):
        pass
    _consume(Consumer(listener.database, fresh, listener.subscriptions), clock)
    assert len(listener.heard()) == 24
    clock.advance(timedelta(minutes=5))
    replay.step(clock.now())
    assert fresh.receive(events_queue("notify"), limit=50, wait=0.1) == []


def _known(publisher: Database, now: datetime) -> dict[str, object]:
    """An inbox row for the first event of `publisher`, as if it had been handled."""
    with publisher.reading() as session:
        first = session.execute(select(outbox_table).order_by(outbox_table.c.id)).first()
    assert first is not None
    return {
        "event_id": first.event_id,
        "type": first.type,
        "source": "/booking",
        "subject": first.subject,
        "status": "handled",
        "attempts": 0,
        "received_at": now,
    }


def test_diff_replay_leaves_alone_what_was_just_sent(
    sqlite_database: Factory, clock: ManualClock
) -> None:
    from shared.bus.memory import MemoryBus

    publisher, listener = sqlite_database("booking"), Listener(sqlite_database("notify"))
    create_all(publisher)
    bus = MemoryBus()
    _topology(bus)
    replay = DiffReplay(
        publisher=publisher, consumer=listener.database, types={"person.erased"}, bus=bus
    )
    replay.step(clock.now())
    with publisher.transaction() as session:
        outbox.add(session, PersonErased(person_id="p"), now=clock.now())
    Relay(publisher, bus).step(clock.now())
    replay.step(clock.now())
    assert len(bus.receive(events_queue("notify"), limit=9, wait=0.1)) == 1
    clock.advance(timedelta(seconds=4))
    replay.step(clock.now())
    replay.step(clock.now())
    assert len(bus.receive(events_queue("notify"), limit=9, wait=0.1)) == 1


def test_replay_by_hand_repeats_nothing_that_was_handled(
    any_bus: Bus, publisher: Database, listener: Listener, clock: ManualClock
) -> None:
    _topology(any_bus)
    since = clock.now()
    with publisher.transaction() as session:
        outbox.add(session, PersonErased(person_id="p"), now=clock.now())
    relay, consumer = (
        Relay(publisher, any_bus),
        Consumer(listener.database, any_bus, listener.subscriptions),
    )
    relay.step(clock.now())
    _consume(consumer, clock)
    assert publisher.run(lambda session: outbox.send_again(session, since=since)) == 1
    relay.step(clock.now())
    _consume(consumer, clock)
    assert listener.heard() == ["erased p"]

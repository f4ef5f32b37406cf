"""Full disks, poison, lost keys, dead brokers: what the event flow does when things go wrong."""

import json
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from shared.bus import Meta, dead, outbox
from shared.bus.consumer import Consumer, DeadLetters
from shared.bus.inbox import Inbox
from shared.bus.memory import MemoryBus
from shared.bus.messages import Bus, OutMessage, Published, Topology, dead_queue, events_queue
from shared.bus.relay import Relay
from shared.bus.replay import DiffReplay
from shared.bus.retry import RetryFailed
from shared.clock import ManualClock
from shared.crypto import Cipher
from shared.db import Database
from shared.db.common import inbox
from shared.db.common import outbox as outbox_table
from shared.db.testing import create_all
from shared.events import PersonErased, PersonMerged, StaffAlerted
from shared.events.envelope import Envelope
from tests.integration.bus.listener import Listener

Factory = Callable[[str], Database]
TYPES = frozenset({"contact.updated", "person.erased"})


def _erased(clock: ManualClock, *ids: str) -> list[OutMessage]:
    return [
        OutMessage(
            each,
            "person.erased",
            Envelope(each, "/booking", clock.now(), PersonErased(person_id=each)).to_json(),
        )
        for each in ids
    ]


def _ids(count: int) -> list[str]:
    return [f"e{number:03}" for number in range(count)]


def fill_disk(database: Database, *tables: str, verb: str = "INSERT") -> None:
    """From now on writing to `tables` fails as it does on a full disk; reading goes on."""
    with database.transaction() as session:
        for table in tables:
            if database.is_sqlite:
                body = "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
                session.execute(
                    text(f"CREATE TRIGGER full_{table} BEFORE {verb} ON {table} {body}")
                )
                continue
            session.execute(
                text(
                    f"CREATE FUNCTION full_{table}() RETURNS trigger LANGUAGE plpgsql AS "
                    "$$ BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = '53100'; END $$"
                )
            )
            session.execute(
                text(
                    f"CREATE TRIGGER full_{table} BEFORE {verb} ON {table} "
                    f"FOR EACH ROW EXECUTE FUNCTION full_{table}()"
                )
            )


def free_disk(database: Database, *tables: str) -> None:
    """Writing works again."""
    with database.transaction() as session:
        for table in tables:
            of = "" if database.is_sqlite else f" ON {table}"
            session.execute(text(f"DROP TRIGGER full_{table}{of}"))


def test_events_wait_while_the_database_takes_no_write_and_all_arrive_afterwards(
    any_bus: Bus, listener: Listener, clock: ManualClock
) -> None:
    any_bus.declare(Topology({"notify": TYPES}))
    any_bus.publish(_erased(clock, *_ids(130)))
    consumer = Consumer(listener.database, any_bus, listener.subscriptions)
    fill_disk(listener.database, "inbox", "heartbeat")
    for _ in range(80):
        assert consumer.step(clock.now(), wait=0.05) is False
        clock.advance(timedelta(seconds=1))
    assert not _listens(consumer)
    free_disk(listener.database, "inbox", "heartbeat")
    clock.advance(timedelta(minutes=1))
    while consumer.step(clock.now(), wait=1.0):
        pass
    assert _listens(consumer)
    assert len(listener.heard()) == 130
    assert listener.statuses() == {"handled": 130}
    assert any_bus.receive(dead_queue("notify"), limit=9, wait=0.1) == []


def _listens(consumer: Consumer) -> bool:
    return consumer.listens


def test_what_the_broker_gave_up_becomes_a_dead_row_even_after_a_full_disk(
    any_bus: Bus, listener: Listener, clock: ManualClock
) -> None:
    any_bus.declare(Topology({"notify": TYPES}))
    any_bus.send_to(dead_queue("notify"), _erased(clock, "e1", "e2"))
    letters = DeadLetters(listener.database, any_bus)
    fill_disk(listener.database, "inbox")
    for _ in range(3):
        with pytest.raises(Exception, match="full"):
            _until_something(letters, clock)
    free_disk(listener.database, "inbox")
    while listener.statuses() != {"dead": 2}:
        letters.step(clock.now())
    with listener.database.transaction() as session:
        dead.retry(session, "e1", clock.now())
    door = Inbox(listener.database, listener.subscriptions)
    RetryFailed(listener.database, door).step(clock.now())
    assert listener.heard() == ["erased e1"]


def _until_something(letters: DeadLetters, clock: ManualClock) -> None:
    for _ in range(10_000):
        letters.step(clock.now())


def test_a_poisonous_event_does_not_hold_up_the_batch_it_came_in(
    listener: Listener, clock: ManualClock
) -> None:
    good = [each.body.encode() for each in _erased(clock, *_ids(30))]
    wire = json.loads(good[0])
    poison = [
        wire | {"id": "p1", "subject": "person/\0"},
        wire | {"id": "p2\0"},
        wire | {"id": "p3", "source": "/boo\0king"},
        wire | {"id": "p4", "dataschema": "x" * 300_000},
        wire | {"id": "p5", "data": {"person_id": "\ud800"}},
    ]
    bodies = [*good[:10], *[json.dumps(each).encode() for each in poison], *good[10:]]
    Inbox(listener.database, listener.subscriptions).take(bodies, clock.now())
    assert len(listener.heard()) == 30
    with listener.database.reading() as session:
        buried = dead.list_dead(session)
    assert len(buried) == len(poison)
    assert all(len(each.error or "") < 1000 for each in buried)


def test_a_hundred_deaths_of_one_cause_alert_staff_once_an_hour(
    listener: Listener, clock: ManualClock
) -> None:
    door = Inbox(listener.database, listener.subscriptions)
    for number in range(100):
        door.take([b"garbage %d" % number], clock.now())
    assert _alerts(listener.database) == 1
    clock.advance(timedelta(minutes=61))
    door.take([b"garbage again"], clock.now())
    assert _alerts(listener.database) == 2


def test_many_unroutable_events_alert_once_and_go_out_when_there_is_a_queue(
    any_bus: Bus, publisher: Database, clock: ManualClock
) -> None:
    any_bus.declare(Topology({"notify": frozenset({"staff.alerted"})}))
    relay = Relay(publisher, any_bus)
    for number in range(20):
        with publisher.transaction() as session:
            event = PersonMerged(into_id=f"a{number}", from_id="b")
            outbox.add(session, event, now=clock.now())
        relay.step(clock.now())
        clock.advance(timedelta(seconds=5))
    assert _alerts(publisher) == 1
    any_bus.declare(Topology({"notify": frozenset({"person.merged"})}))
    clock.advance(timedelta(minutes=2))
    relay.step(clock.now())
    with publisher.reading() as session:
        unsent = select(outbox_table.c.type).where(outbox_table.c.sent_at.is_(None))
        assert session.scalars(unsent).all() == []


def _alerts(database: Database) -> int:
    with database.reading() as session:
        found = select(outbox_table.c.id).where(outbox_table.c.type == StaffAlerted.TYPE)
        return len(session.execute(found).all())


class CountingBus(MemoryBus):
    """The in-process bus, counting what is published."""

    def __init__(self) -> None:
        super().__init__()
        self.published = 0

    def publish(self, messages: Sequence[OutMessage]) -> Published:
        self.published += len(messages)
        return super().publish(messages)


def test_a_relay_that_cannot_mark_rows_does_not_publish_them_over_and_over(
    publisher: Database, clock: ManualClock
) -> None:
    bus = CountingBus()
    bus.declare(Topology({"notify": TYPES}))
    with publisher.transaction() as session:
        for each in _ids(40):
            outbox.add(session, PersonErased(person_id=each), now=clock.now())
    relay = Relay(publisher, bus)
    fill_disk(publisher, "outbox", verb="UPDATE")
    for _ in range(5):
        with pytest.raises(Exception, match="full"):
            relay.step(clock.now())
    free_disk(publisher, "outbox")
    relay.step(clock.now())
    relay.step(clock.now())
    assert bus.published == 40


def test_a_row_no_key_opens_holds_up_nothing_and_can_be_dropped(
    publisher: Database, listener: Listener, clock: ManualClock
) -> None:
    lost = Cipher(["bG9zdC1sb3N0LWxvc3QtbG9zdC1sb3N0LWxvc3QtbG8="]).seal("{}")
    bus = MemoryBus()
    bus.declare(Topology({"notify": TYPES | {"staff.alerted"}}))
    with publisher.transaction() as session:
        outbox.add(session, PersonErased(person_id="p1"), now=clock.now())
        outbox.add(session, PersonErased(person_id="p2"), now=clock.now())
        session.execute(text("UPDATE outbox SET envelope = :lost WHERE id = 1"), {"lost": lost})
    Relay(publisher, bus).step(clock.now())
    consumer = Consumer(listener.database, bus, listener.subscriptions)
    while consumer.step(clock.now()):
        pass
    assert listener.heard() == ["erased p2"]
    assert _alerts(publisher) == 1
    listener.fail_with = ValueError("no")
    consumer.inbox.take([_erased(clock, "p3")[0].body.encode()], clock.now())
    with listener.database.transaction() as session:
        both = "UPDATE inbox SET envelope = :lost, error = :lost WHERE event_id = 'p3'"
        session.execute(text(both), {"lost": lost})
    clock.advance(timedelta(minutes=1))
    RetryFailed(listener.database, consumer.inbox).step(clock.now())
    with listener.database.transaction() as session:
        assert "GRIP_FIELD_KEYS" in (dead.list_dead(session)[0].error or "")
        dead.drop(session, "p3", clock.now())
    assert listener.statuses() == {"handled": 1, "dropped": 1}


def test_two_workers_do_not_try_one_event_twice_in_one_round(
    listener: Listener, clock: ManualClock
) -> None:
    listener.fail_with = ValueError("no")
    door = Inbox(listener.database, listener.subscriptions)
    door.take([each.body.encode() for each in _erased(clock, *_ids(5))], clock.now())
    clock.advance(timedelta(seconds=30))
    workers = [
        threading.Thread(target=RetryFailed(listener.database, door).step, args=(clock.now(),))
        for _ in range(4)
    ]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    with listener.database.reading() as session:
        assert set(session.scalars(select(inbox.c.attempts))) == {2}


def test_a_failed_event_is_kept_in_the_words_it_came_in(
    listener: Listener, clock: ManualClock
) -> None:
    listener.fail_with = ValueError("no")
    wire = json.loads(_erased(clock, "p1")[0].body)
    wire["data"]["added_later"] = "by a newer publisher"
    door = Inbox(listener.database, listener.subscriptions)
    door.take([json.dumps(wire).encode()], clock.now())
    with listener.database.reading() as session:
        assert json.loads(dead.show(session, "p1")[1]) == wire


@pytest.mark.parametrize("ending", ["retried", "dropped"])
def test_an_event_that_is_done_with_leaves_nothing_behind(
    listener: Listener, clock: ManualClock, ending: str
) -> None:
    listener.fail_with = ValueError("Rosa Diaz is odd")
    door = Inbox(listener.database, listener.subscriptions)
    door.take([_erased(clock, "p1")[0].body.encode()], clock.now())
    listener.fail_with = None
    if ending == "dropped":
        listener.database.run(lambda session: dead.drop(session, "p1", clock.now()))
    else:
        clock.advance(timedelta(minutes=1))
        RetryFailed(listener.database, door).step(clock.now())
    with listener.database.reading() as session:
        row = session.execute(select(inbox)).one()
    assert (row.envelope, row.error, row.next_try_at) == (None, None, None)


def test_a_large_event_the_broker_gave_up_can_be_retried_whole(
    listener: Listener, clock: ManualClock
) -> None:
    wire = json.loads(_erased(clock, "p1")[0].body)
    wire["data"]["added_later"] = "x" * 300_000
    bus = MemoryBus()
    bus.send_to(dead_queue("notify"), [OutMessage("p1", "person.erased", json.dumps(wire))])
    DeadLetters(listener.database, bus).step(clock.now())
    listener.database.run(lambda session: dead.retry(session, "p1", clock.now()))
    RetryFailed(listener.database, Inbox(listener.database, listener.subscriptions)).step(
        clock.now()
    )
    assert listener.heard() == ["erased p1"]


def test_diff_replay_does_not_send_for_ever_what_a_service_can_not_read(
    sqlite_database: Factory, clock: ManualClock
) -> None:
    publisher, listener = sqlite_database("booking"), Listener(sqlite_database("notify"))
    create_all(publisher)
    bus = CountingBus()
    bus.declare(Topology({"notify": TYPES}))
    with publisher.transaction() as session:
        outbox.add(session, PersonErased(person_id="p1"), now=clock.now())
    _age(publisher)
    Relay(publisher, bus).step(clock.now())
    replay = DiffReplay(publisher=publisher, consumer=listener.database, types=TYPES, bus=bus)
    consumer = Consumer(listener.database, bus, listener.subscriptions)
    for _ in range(6):
        consumer.step(clock.now())
        clock.advance(timedelta(seconds=40))
        replay.step(clock.now())
    assert bus.receive(events_queue("notify"), limit=9, wait=0.1) == []
    assert listener.statuses() == {"dead": 1}


def _age(publisher: Database) -> None:
    """Let the only waiting event be of a version that nobody knows."""
    with publisher.transaction() as session:
        row = session.execute(select(outbox_table)).one()
        old = row.envelope.replace("person.erased/1", "person.erased/9")
        session.execute(outbox_table.delete())
        kept = dict(row._mapping) | {"envelope": old}
        session.execute(insert(outbox_table).values(kept))


def test_a_released_event_is_delivered_many_times_over(any_bus: Bus, clock: ManualClock) -> None:
    any_bus.declare(Topology({"notify": TYPES}))
    any_bus.publish(_erased(clock, "p1"))
    for _ in range(20):
        (delivery,) = any_bus.receive(events_queue("notify"), limit=9, wait=5.0)
        any_bus.release([delivery])
    assert len(any_bus.receive(events_queue("notify"), limit=9, wait=5.0)) == 1


def test_a_handler_may_publish_and_its_event_shares_its_fate(
    publisher: Database, clock: ManualClock
) -> None:
    def answer(session: Session, event: PersonErased, meta: Meta) -> None:
        outbox.add(session, PersonMerged(into_id=event.person_id, from_id="x"), now=meta.now)
        if event.person_id == "bad":
            raise ValueError("no")

    door = Inbox(publisher, {PersonErased: answer})
    door.take([each.body.encode() for each in _erased(clock, "good", "bad")], clock.now())
    with publisher.reading() as session:
        subjects = session.scalars(select(outbox_table.c.subject)).all()
    assert subjects == ["person/good"]

"""The threads around the steps: woken, bounded in stopping, quiet in trouble."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from shared.bus import outbox
from shared.bus.memory import MemoryBus
from shared.clock import ManualClock, SystemClock
from shared.db import Database
from shared.db.common import inbox
from shared.db.common import outbox as outbox_table
from shared.db.testing import create_all
from shared.events import PersonErased
from shared.runtime import Listener, Runner, Worker
from shared.scheduler import Loop, Ticker, Trouble
from shared.service import Job, Service
from tests.conftest import new_database


def _worker(database: Database) -> Worker:
    service = Service(
        name=database.service,
        database=database,
        app=None,  # type: ignore[arg-type]
        subscriptions={},
        jobs=(),
        migrations=None,  # type: ignore[arg-type]
        metadata=None,  # type: ignore[arg-type]
    )
    return Worker(service, MemoryBus())


def test_a_commit_in_another_process_wakes_the_relay(
    postgres_url: Callable[[str], str], clock: ManualClock
) -> None:
    url = postgres_url("booking")
    here, elsewhere = new_database(url, "booking"), new_database(url, "booking")
    create_all(here)
    woken = threading.Event()
    listener = Listener(here, woken)
    listener.start()
    for _ in range(50):  # until it listens
        with elsewhere.transaction() as session:
            outbox.add(session, PersonErased(person_id="p"), now=clock.now())
        if woken.wait(0.2):
            break
    assert woken.is_set()
    listener.stop()
    listener.join(5)
    for each in (here, elsewhere):
        each.dispose()


def test_a_stop_does_not_wait_longer_than_it_may_for_a_slow_step() -> None:
    entered, leave = threading.Event(), threading.Event()

    def slow(_now: datetime) -> bool:
        entered.set()
        leave.wait(20)
        return False

    ticker = Ticker(SystemClock())
    ticker.add("slow", Job("slow", timedelta(seconds=0.05), slow))
    ticker.start()
    assert entered.wait(5)
    assert ticker.stop(0.2) is False
    leave.set()


def test_a_stop_waits_for_the_step_that_runs() -> None:
    entered, done = threading.Event(), threading.Event()

    def step(_now: datetime) -> bool:
        entered.set()
        done.wait(0.3)
        done.set()
        return False

    ticker = Ticker(SystemClock())
    ticker.add("step", Job("step", timedelta(seconds=0.05), step))
    ticker.start()
    assert entered.wait(5)
    assert ticker.stop(10) is True
    assert done.is_set()


def test_a_loop_survives_a_step_that_raises() -> None:
    calls: list[int] = []
    enough = threading.Event()

    def step(_now: datetime) -> bool:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("once")
        enough.set()
        return False

    loop = Loop("step", step, SystemClock(), pause_s=0.01)
    loop.start()
    assert enough.wait(10)
    loop.stop()
    loop.join(5)


def test_trouble_is_said_once_and_tried_ever_more_rarely(
    capsys: pytest.CaptureFixture[str],
) -> None:
    trouble = Trouble("step")
    pauses = []
    for _ in range(10):
        trouble.failed(ValueError("Rosa Diaz"))
        pauses.append(trouble.pause_s)
    trouble.passed()
    said = capsys.readouterr()
    text = said.out + said.err
    assert text.count("step failed") == 1
    assert text.count("works again") == 1
    assert "Rosa" not in text
    assert pauses == sorted(pauses)
    assert pauses[-1] == 30
    assert trouble.pause_s == 0


def test_a_runner_relays_what_is_committed_and_stops(
    sqlite_database: Callable[[str], Database],
) -> None:
    database = sqlite_database("booking")
    create_all(database)
    worker = _worker(database)
    runner = Runner(SystemClock())
    runner.add(worker)
    runner.start()
    with database.transaction() as session:
        outbox.add(session, PersonErased(person_id="p"), now=SystemClock().now())
    for _ in range(200):
        with database.reading() as session:
            if session.scalar(select(outbox_table.c.returned_at)) is not None:
                break
        threading.Event().wait(0.02)
    else:
        pytest.fail("the relay did not come round")
    runner.stop(within_s=5)


def test_only_what_the_event_flow_no_longer_needs_is_forgotten(
    sqlite_database: Callable[[str], Database], clock: ManualClock
) -> None:
    database = sqlite_database("booking")
    create_all(database)
    now = clock.now()
    with database.transaction() as session:
        for age, sent in ((1, True), (13, True), (15, True), (400, False)):
            at = now - timedelta(days=age)
            event_id = outbox.add(session, PersonErased(person_id=str(age)), now=at)
            if sent:
                mine = outbox_table.c.event_id == event_id
                session.execute(outbox_table.update().where(mine).values(sent_at=at))
        for age, status in ((1, "handled"), (61, "handled"), (61, "dead"), (61, "failed")):
            row = {
                "event_id": f"{age}-{status}",
                "type": "a",
                "source": "b",
                "subject": "c",
                "status": status,
                "attempts": 1,
                "received_at": now - timedelta(days=age),
            }
            session.execute(insert(inbox).values(row))
    (forget,) = [job for job in _worker(database).jobs if job.name == "forget-sent"]
    forget.step(now)
    with database.reading() as session:
        kept = session.scalars(select(outbox_table.c.subject)).all()
        known = set(session.scalars(select(inbox.c.event_id)))
        assert session.scalar(select(func.count()).select_from(inbox)) == 3
    assert kept == ["person/1", "person/13", "person/400"]
    assert known == {"1-handled", "61-dead", "61-failed"}

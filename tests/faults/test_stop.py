"""SIGTERM: a request in flight finishes, and the process ends in time with status 0."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
import requests

from tests.running.process import Process
from tests.running.prospects import Prospect, book, offered
from tests.running.rows import select
from tests.running.systems import Embedded, Separate

WITHIN_S = 10


@contextmanager
def sqlite_held(path: str) -> Iterator[None]:
    """Holds the write lock, so that a booking waits."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("ROLLBACK")
    connection.close()


@contextmanager
def postgres_held(url: str) -> Iterator[None]:
    """Holds the outbox, so that a booking waits."""
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE outbox IN EXCLUSIVE MODE")
        yield
        connection.rollback()


def stop_in_flight(url: str, start: str, process: Process, hold: Callable[[], object]) -> None:
    """Book while `hold` makes the booking wait, ask the process to end, and let the booking go."""
    answers: list[requests.Response] = []
    with hold():  # type: ignore[attr-defined]
        asking = threading.Thread(
            target=lambda: answers.append(book(url, Prospect(1), start)), daemon=True
        )
        asking.start()
        time.sleep(1.0)
        assert not answers, "the booking did not wait, so nothing is in flight"
        asked_to_end = time.monotonic()
        process.terminate()
        time.sleep(1.0)
        assert process.exit_code is None, "it ended with a request in flight"
    asking.join(WITHIN_S)
    assert [answer.status_code for answer in answers] == [201]
    assert process.wait(WITHIN_S) == 0, process.text[-2000:]
    assert time.monotonic() - asked_to_end < WITHIN_S


def test_embedded_process_finishes_the_request_and_ends_well(embedded: Embedded) -> None:
    start = offered(embedded.url)[0]
    path = embedded.database_url("booking").removeprefix("sqlite:///")
    stop_in_flight(embedded.url, start, embedded.process, lambda: sqlite_held(path))
    rows = select(embedded.database_url("booking"), "SELECT status FROM consult")
    assert [row[0] for row in rows] == ["booked"]


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_web_process_finishes_the_request_and_the_worker_ends_well(separate: Separate) -> None:
    separate.start(services=("booking",))
    url = separate.direct("booking", 0)
    start = offered(url)[0]
    held = separate.database_url("booking")
    stop_in_flight(url, start, separate.web["booking"][0], lambda: postgres_held(held))
    worker = separate.workers["booking"]
    worker.terminate()
    assert worker.wait(WITHIN_S) == 0, worker.text[-2000:]


def test_idle_process_ends_at_once(embedded: Embedded) -> None:
    asked = time.monotonic()
    embedded.process.terminate()
    assert embedded.process.wait(WITHIN_S) == 0
    assert time.monotonic() - asked < 5

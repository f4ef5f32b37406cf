"""RabbitMQ is away for a while, in the middle of a working day."""

from __future__ import annotations

import time

import pytest

from tests.running.broker import Gate
from tests.running.prospects import Prospect, book, offered
from tests.running.rows import event_ids, inbox, select
from tests.running.systems import Separate, settled

AWAY_S = 8.0


@pytest.mark.postgres
@pytest.mark.rabbitmq
def test_bookings_succeed_while_the_broker_is_away_and_messages_follow(
    separate: Separate, gate: Gate
) -> None:
    separate.start(services=("booking", "notify"))
    url = separate.direct("booking", 0)
    starts = offered(url)
    assert book(url, Prospect(0), starts[0]).status_code == 201
    await_handled(separate, 1)

    gate.shut()
    away_until = time.monotonic() + AWAY_S
    for number in range(1, 5):
        asked = time.monotonic()
        assert book(url, Prospect(number), starts[number * 3]).status_code == 201
        assert time.monotonic() - asked < 2, "a booking waited for the broker"
    while time.monotonic() < away_until:
        time.sleep(0.1)
    booked = event_ids(separate.database_url("booking"), "consult.booked")
    known = set(inbox(separate.database_url("notify")))
    assert len(booked) == 5
    assert len(booked & known) == 1, "an event passed a shut gate"

    gate.open()
    await_handled(separate, 5)
    people = select(
        separate.database_url("notify"),
        "SELECT DISTINCT person_id FROM message WHERE purpose = 'consult_booked'",
    )
    assert len(people) == 5


def await_handled(system: Separate, bookings: int) -> None:
    """Wait until notify has handled every booking, and fail with what it lacks."""
    settled(system, within_s=40)
    booked = event_ids(system.database_url("booking"), "consult.booked")
    handled = inbox(system.database_url("notify"))
    assert len(booked) == bookings
    assert {handled[event_id] for event_id in booked} <= {"handled", "superseded"}

"""What consult events make of people, in any order and number."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from services.cohort.consumer import subscriptions
from services.cohort.keys import Keys
from services.cohort.tables import (
    ApplicantRow,
    ConsultRow,
    NoTextsRow,
    PersonRow,
    ReachRow,
    ReplyRow,
)
from shared.bus.inbox import Inbox
from shared.db import Database
from shared.events import (
    ConsultBooked,
    ConsultCancelled,
    ConsultState,
    ContactOptedIn,
    ContactOptedOut,
    ContactUpdated,
    Meeting,
    MessageDelivered,
    MessageFailed,
    ReplyReceived,
)
from shared.events.base import Event
from shared.events.envelope import Envelope
from tests.integration.cohort.conftest import NOW, completed, contact


def state(
    kind: type[ConsultState], number: int, *, sequence: int, version: int = 1, name: str = ""
) -> ConsultState:
    start = datetime(2027, 1, 14, 19, 40, tzinfo=UTC) + timedelta(days=sequence)
    return kind(
        consult_id=f"consult-{number}",
        person=contact(number, version=version, name=name),
        consultant_id="staff-1",
        consultant="Our team",
        starts_at=start,
        ends_at=start + timedelta(minutes=20),
        venue_timezone="America/New_York",
        meeting=Meeting(kind="phone"),
        manage_url="https://example.org/m",
        rebook_url="https://example.org/r",
        status="cancelled" if kind is ConsultCancelled else "booked",
        by="person",
        revision=sequence,
        sequence=sequence,
    )


def story() -> list[tuple[datetime, Event]]:
    renamed = contact(1, version=2, name="Renamed")
    return [
        (NOW, state(ConsultBooked, 1, sequence=1)),
        (NOW + timedelta(minutes=1), state(ConsultBooked, 2, sequence=1)),
        (NOW + timedelta(minutes=2), state(ConsultCancelled, 2, sequence=2)),
        (
            NOW + timedelta(minutes=3),
            ContactUpdated(person_id="person-1", person=renamed, sequence=1),
        ),
        (NOW + timedelta(minutes=4), completed(1, "undecided")),
        (
            NOW + timedelta(minutes=5),
            completed(1).model_copy(update={"person": renamed}),
        ),
        (NOW + timedelta(minutes=6), completed(3, "not_a_fit")),
        (NOW + timedelta(minutes=7), completed(1, consult="consult-9")),
    ]


def outcome(database: Database) -> tuple[object, ...]:
    with database.reading() as session:
        people = [(p.person_id, p.version, p.name) for p in session.scalars(select(PersonRow))]
        consults = [
            (c.consult_id, c.status, c.starts_at, c.outcome)
            for c in session.scalars(select(ConsultRow))
        ]
        applicants = [
            (a.person_id, a.consult_id, a.qualified_at, a.status)
            for a in session.scalars(select(ApplicantRow))
        ]
    return sorted(people), sorted(consults, key=str), sorted(applicants)


@pytest.mark.parametrize("seed", range(6))
def test_any_order_and_number_of_deliveries_ends_in_the_same_people(
    database: Database, keys: Keys, seed: int
) -> None:
    order = random.Random(seed)
    bodies = [
        Envelope(id=f"event-{n}", source="/booking", time=at, event=event).to_json().encode()
        for n, (at, event) in enumerate(story())
    ]
    deliveries = bodies + order.sample(bodies, 4)
    if seed:
        order.shuffle(deliveries)
    inbox = Inbox(database, subscriptions(keys))
    for start in range(0, len(deliveries), 3):
        inbox.take(deliveries[start : start + 3], NOW + timedelta(hours=1))
    people, consults, applicants = outcome(database)
    assert people == [
        ("person-1", 2, "Renamed"),
        ("person-2", 1, "Person 2"),
        ("person-3", 1, "Person 3"),
    ]
    assert applicants == [("person-1", "consult-1", NOW + timedelta(minutes=5), "waiting")]
    assert [(c[0], c[1], c[3]) for c in consults] == [  # type: ignore[attr-defined]
        ("consult-1", "booked", "qualified"),
        ("consult-2", "cancelled", None),
        ("consult-3", None, "not_a_fit"),
        ("consult-9", None, "qualified"),
    ]


def test_only_qualified_makes_an_applicant(database: Database, keys: Keys) -> None:
    handlers = subscriptions(keys)
    inbox = Inbox(database, handlers)
    for number, result in enumerate(("not_a_fit", "undecided")):
        event = completed(number, result)
        body = Envelope(id=f"e{number}", source="/booking", time=NOW, event=event)
        inbox.take([body.to_json().encode()], NOW)
    _, consults, applicants = outcome(database)
    assert applicants == []
    assert len(consults) == 2  # type: ignore[arg-type]


def hear(database: Database, keys: Keys, *heard: tuple[datetime, Event]) -> None:
    inbox = Inbox(database, subscriptions(keys))
    for at, event in heard:
        envelope = Envelope(id=f"{at}-{hash(event)}", source="/notify", time=at, event=event)
        inbox.take([envelope.to_json().encode()], NOW)


def message(kind: type[MessageFailed] | type[MessageDelivered], number: int) -> Event:
    return kind(message_id=f"m{number}", person_id="person-1", purpose="reminder", channel="sms")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_only_the_latest_message_says_whether_a_person_is_reached(
    database: Database, keys: Keys, order: tuple[int, ...]
) -> None:
    news = [
        (NOW, message(MessageDelivered, 1)),
        (NOW + timedelta(hours=1), message(MessageDelivered, 2)),
        (NOW + timedelta(hours=2), message(MessageFailed, 3)),
    ]
    hear(database, keys, *(news[n] for n in order))
    with database.reading() as session:
        assert session.scalars(select(ReachRow.reached)).all() == [False]


def test_a_later_opt_in_lifts_an_opt_out_even_when_heard_first(
    database: Database, keys: Keys
) -> None:
    out = ContactOptedOut(phone_hash="h", person_ids=("person-1", "person-2"), sequence=1)
    lifted = ContactOptedIn(phone_hash="h", person_ids=("person-1", "person-2"), sequence=2)
    hear(database, keys, (NOW, lifted), (NOW, out))
    with database.reading() as session:
        assert session.scalars(select(NoTextsRow)).all() == []
    hear(database, keys, (NOW, out.model_copy(update={"sequence": 3})))
    with database.reading() as session:
        assert len(session.scalars(select(NoTextsRow.person_id)).all()) == 2


def test_an_answer_is_kept_once(database: Database, keys: Keys) -> None:
    answer = ReplyReceived(reply_id="r", person_id="person-1", intent="confirm")
    hear(database, keys, (NOW, answer), (NOW + timedelta(hours=1), answer))
    with database.reading() as session:
        assert session.scalars(select(ReplyRow.intent)).all() == ["confirm"]
